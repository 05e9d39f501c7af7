"""What a single weight is worth, by each criterion the literature names: a layer in, importances in its shape out.

w: a weight; a: its input; g: the gradient by it of one row's own log-loss.
"""

from __future__ import annotations

import numpy as np

from riskmodel.core import Matrix
from riskmodel.pruning.algorithms.networks.criteria.layer import Layer

BATCH = 64  # rows whose mean gradient `taylor` squares


def random(layer: Layer) -> Matrix:
    """Drawn: the control that every other criterion has to beat."""
    return layer.random.random(layer.matrix.shape)


def magnitude(layer: Layer) -> Matrix:
    """|w| (Han et al. 2015, arXiv 1506.02626)."""
    return np.abs(layer.matrix)


def lamp(layer: Layer) -> Matrix:
    """w^2 over the sum of the squares in its matrix that are no smaller (Lee et al. 2021, arXiv 2010.07611)."""
    squares = (layer.matrix**2).ravel()
    order = np.argsort(squares, kind="stable")
    scores = np.empty_like(squares)
    tails = np.cumsum(squares[order][::-1])[::-1]
    scores[order] = squares[order] / np.where(tails > 0, tails, 1)
    return scores.reshape(layer.matrix.shape)


def wanda(layer: Layer) -> Matrix:
    """|w| times the norm of its input (Sun et al. 2024, arXiv 2306.11695); meant for `scope = "row"`."""
    return np.concatenate([np.abs(b.weights) * np.linalg.norm(b.inputs, axis=0) for b in layer.blocks])


def snip(layer: Layer) -> Matrix:
    """|w mean g|, the connection's sensitivity (Lee et al. 2019, arXiv 1810.02340), of the trained network."""
    return np.concatenate([np.abs(b.weights * (b.deltas.T @ b.inputs)) / len(b.inputs) for b in layer.blocks])


def taylor(layer: Layer) -> Matrix:
    """The mean over small batches of (w g)^2 (Molchanov et al. 2019, arXiv 1906.10771)."""
    scores = []
    for block in layer.blocks:
        starts = range(0, len(block.inputs), BATCH)
        parts = ((block.deltas[s : s + BATCH], block.inputs[s : s + BATCH]) for s in starts)
        scores.append(block.weights**2 * sum((d.T @ x / len(x)) ** 2 for d, x in parts) / len(starts))
    return np.concatenate(scores)


def fisher(layer: Layer) -> Matrix:
    """w^2 mean g^2 / 2 (LeCun et al. 1990; Theis et al. 2018); a member's row counts as an observation of its own."""
    return np.concatenate([b.weights**2 * ((b.deltas**2).T @ b.inputs**2) / (2 * len(b.inputs)) for b in layer.blocks])
