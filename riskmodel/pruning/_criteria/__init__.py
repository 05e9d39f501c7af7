"""Criteria: one plain function each, from a layer to the importance of its neurons or of its weights.

`l1`, `l2` and `group` are magnitudes too, of the network after training under that penalty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from numpy.typing import NDArray

from riskmodel.pruning._criteria import neurons, redundancy, surgeon, weights
from riskmodel.pruning._criteria.layer import Layer, neuron_layers, weight_layers

__all__ = ["OF_NEURONS", "OF_WEIGHTS", "Layer", "NeuronCriterion", "WeightCriterion", "neuron_layers", "weight_layers"]

Criterion = Callable[[Layer], NDArray[Any]]
NeuronCriterion = Literal[
    "random", "magnitude", "activity", "variance", "wanda", "taylor", "fisher", "correlation", "cosine", "obs",
    "l1", "l2", "group",
]  # fmt: skip
WeightCriterion = Literal[
    "random", "magnitude", "lamp", "wanda", "snip", "taylor", "fisher", "sparsegpt", "obs", "l1", "l2", "group"
]

OF_NEURONS: Mapping[str, Criterion] = {
    "random": neurons.random,
    "magnitude": neurons.magnitude,
    "activity": neurons.activity,
    "variance": neurons.variance,
    "wanda": neurons.wanda,
    "taylor": neurons.taylor,
    "fisher": neurons.fisher,
    "correlation": redundancy.correlation,
    "cosine": redundancy.cosine,
    "obs": surgeon.neurons,
    "l1": neurons.magnitude,
    "l2": neurons.magnitude,
    "group": neurons.magnitude,
}
OF_WEIGHTS: Mapping[str, Criterion] = {
    "random": weights.random,
    "magnitude": weights.magnitude,
    "lamp": weights.lamp,
    "wanda": weights.wanda,
    "snip": weights.snip,
    "taylor": weights.taylor,
    "fisher": weights.fisher,
    "sparsegpt": surgeon.sparsegpt,
    "obs": surgeon.weights,
    "l1": weights.magnitude,
    "l2": weights.magnitude,
    "group": weights.magnitude,
}
