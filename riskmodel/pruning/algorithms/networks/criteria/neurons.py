"""What a neuron is worth, by each criterion the literature names: a layer in, one importance a neuron out.

a: a neuron's activation; g: the gradient of a row's own log-loss by it; W: the weights into it; V: those out of it.
"""

from __future__ import annotations

import numpy as np

from riskmodel.core import Vector
from riskmodel.pruning.algorithms.networks.criteria.layer import Layer


def random(layer: Layer) -> Vector:
    """Drawn: the control that every other criterion has to beat."""
    return layer.random.random(len(layer.matrix))


def magnitude(layer: Layer) -> Vector:
    """sqrt(|W|^2 + |V|^2), the group norm (Li et al. 2017, arXiv 1608.08710)."""
    out = sum((block.weights**2).sum(axis=0) for block in layer.blocks)
    norm: Vector = np.sqrt((layer.matrix**2).sum(axis=1) + out)
    return norm


def activity(layer: Layer) -> Vector:
    """The share of rows for which a > 0: one less APoZ (Hu et al. 2016, arXiv 1607.03250)."""
    return np.mean([(block.inputs > 0).mean(axis=0) for block in layer.blocks], axis=0)


def variance(layer: Layer) -> Vector:
    """var(a) |V|^2: what is lost once the mean is moved into the offset (minimum variance; needs bias correction)."""
    return np.sum([block.inputs.var(axis=0) * (block.weights**2).sum(axis=0) for block in layer.blocks], axis=0)


def wanda(layer: Layer) -> Vector:
    """|a| times the sum of |V|, of Sun et al. 2024 (arXiv 2306.11695) summed over what the neuron feeds."""
    return np.sum(
        [np.linalg.norm(block.inputs, axis=0) * np.abs(block.weights).sum(axis=0) for block in layer.blocks], axis=0
    )


def taylor(layer: Layer) -> Vector:
    """Mean |a g|: how much the loss moves, to first order, without it (Molchanov et al. 2017, arXiv 1611.06440)."""
    return np.sum([np.abs(b.inputs * (b.deltas @ b.weights)).mean(axis=0) for b in layer.blocks], axis=0)


def fisher(layer: Layer) -> Vector:
    """Mean (a g)^2 / 2, the diagonal Fisher information of its gate (Theis et al. 2018, arXiv 1801.05787)."""
    return np.sum([((b.inputs * (b.deltas @ b.weights)) ** 2).mean(axis=0) / 2 for b in layer.blocks], axis=0)
