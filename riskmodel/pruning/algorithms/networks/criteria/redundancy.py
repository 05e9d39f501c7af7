"""Neurons that say what another one says already: the one that merges at the least cost goes, again and again.

Merged into neuron i, neuron j leaves var(a_j) |V_j|^2 (1 - r_ij^2) unsaid. `compensate = "merge"` does the merging: it
gives the weights of what went to the neuron that is most like it.
"""

from __future__ import annotations

import numpy as np

from riskmodel.core import Matrix, Vector
from riskmodel.pruning.algorithms.networks.criteria.layer import Layer


def correlation(layer: Layer) -> Vector:
    """r: the correlation of activations, as in NoiseOut (Babaeizadeh et al. 2016, arXiv 1611.06211)."""
    activations = _activations(layer)
    return _merged_away(activations - activations.mean(axis=0), layer)


def cosine(layer: Layer) -> Vector:
    """r: the cosine of activations, not centred (Srinivas and Babu 2015, arXiv 1507.06149, have that of weights)."""
    return _merged_away(_activations(layer), layer)


def _activations(layer: Layer) -> Matrix:
    return np.concatenate([block.inputs for block in layer.blocks])


def _merged_away(columns: Matrix, layer: Layer) -> Vector:
    """The costs added up by the time a neuron goes; the last one left has the most."""
    out = np.sum([(block.weights**2).sum(axis=0) for block in layer.blocks], axis=0)
    unsaid = (columns**2).mean(axis=0) * out * (1 - _squared_cosines(columns))  # [i, j]: of j merged into i
    np.fill_diagonal(unsaid, np.inf)
    importance, lost = np.full(len(out), np.inf), 0.0
    for _ in range(len(out) - 1):
        at = np.unravel_index(np.argmin(unsaid), unsaid.shape)
        importance[at[1]] = lost = lost + float(unsaid[at])
        unsaid[at[1]] = unsaid[:, at[1]] = np.inf
    return np.where(np.isinf(importance), lost + 1, importance)


def _squared_cosines(columns: Matrix) -> Matrix:
    """Of each pair, in [0, 1]; a column of zeros is like every other, since nothing is lost without it."""
    norms = np.linalg.norm(columns, axis=0)
    zero = norms <= 1e-12 * max(norms.max(), 1.0)
    directions = columns / np.where(zero, 1, norms)
    alike = np.minimum((directions.T @ directions) ** 2, 1)
    alike[zero] = alike[:, zero] = 1
    return alike
