"""Criteria: one plain function each, to the importance of a layer's weights, or of the neurons of all layers.

`l1`, `l2` and `group` are magnitudes too, of the network after training under that penalty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from numpy.typing import NDArray

from riskmodel.pruning.algorithms.networks.criteria import neurons, redundancy, surgeon, weights
from riskmodel.pruning.algorithms.networks.criteria.layer import Layer, neuron_layers, weight_layers

__all__ = ["OF_NEURONS", "OF_WEIGHTS", "Layer", "NeuronCriterion", "WeightCriterion", "neuron_layers", "weight_layers"]

Criterion = Callable[[Layer], NDArray[Any]]
OfNeurons = Callable[[Sequence[Layer]], Sequence[NDArray[Any]]]
NeuronCriterion = Literal[
    "random", "magnitude", "activity", "variance", "wanda", "taylor", "fisher", "correlation", "cosine", "obs",
    "l1", "l2", "group",
]  # fmt: skip
WeightCriterion = Literal[
    "random", "magnitude", "lamp", "wanda", "snip", "taylor", "fisher", "sparsegpt", "obs", "l1", "l2", "group"
]


def each(criterion: Criterion) -> OfNeurons:
    """Of every layer by itself."""
    return lambda layers: [criterion(layer) for layer in layers]


OF_NEURONS: Mapping[str, OfNeurons] = {
    "random": each(neurons.random),
    "magnitude": each(neurons.magnitude),
    "activity": each(neurons.activity),
    "variance": each(neurons.variance),
    "wanda": each(neurons.wanda),
    "taylor": each(neurons.taylor),
    "fisher": each(neurons.fisher),
    "correlation": each(redundancy.correlation),
    "cosine": each(redundancy.cosine),
    "obs": surgeon.neurons,
    "l1": each(neurons.magnitude),
    "l2": each(neurons.magnitude),
    "group": each(neurons.magnitude),
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
