"""What a cut took from each layer's sums is given back by the weights that are left, in closed form, layer by layer.

The inputs are those of the network as it is cut so far, what they are fitted to is what the whole network summed, so
that a later layer makes up for what the earlier ones could not. Works for any criterion; no outcome is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from scipy.linalg import solve

from riskmodel.core import Matrix, Vector
from riskmodel.networks import Array, Network, Single, traced

RIDGE = 1e-3  # of the inputs' mean variance: pulls towards the weights as they were

Compensation = Literal["none", "bias", "merge", "least_squares"]
Fit = Callable[[Matrix, Matrix, Matrix], Matrix]


def compensated(
    whole: Network, cut: Network, kept: Sequence[Sequence[int]], encoded: Single, how: Compensation
) -> Network:
    """`cut` with new weights and offsets; `kept` are its neurons' positions in each hidden layer of `whole`.

    none: as it is. bias: the offsets take the mean of what is missing. merge: a neuron that went gives its weights to
    the one that it is most like (`merged`), then bias. least_squares: all weights that are not zero are refitted.
    """
    if how == "none":
        return cut
    start = merged(whole, cut, kept, encoded) if how == "merge" else cut
    return _layer_by_layer(whole, start, kept, encoded, refitted if how == "least_squares" else as_they_are)


def _layer_by_layer(whole: Network, cut: Network, kept: Sequence[Sequence[int]], encoded: Single, fit: Fit) -> Network:
    aims, current = traced(whole, encoded).sums, traced(cut, encoded).inputs[0]
    matrices: list[Array] = []
    offsets: list[Array] = []
    for matrix, aim, rows in zip(cut.weights, aims[:-1], kept, strict=True):
        flat, due = current.reshape(-1, current.shape[2]), aim[..., list(rows)].reshape(-1, len(rows))
        weights, offset = affine_fit(flat, due, matrix, fit)
        matrices.append(weights)
        offsets.append(offset)
        current = np.maximum(current @ weights.T + offset, 0)
    heads = [affine_fit(current[:, m], aims[-1][:, [m]], cut.head[[m]], fit) for m in range(cut.members)]
    matrices.append(np.concatenate([weights for weights, _ in heads]))
    offsets.append(np.concatenate([offset for _, offset in heads]))
    kind = cut.head.dtype
    return cut.with_matrices([m.astype(kind) for m in matrices], [o.astype(kind) for o in offsets])


def affine_fit(inputs: Matrix, due: Matrix, weights: Array, fit: Fit) -> tuple[Matrix, Vector]:
    """Weights and the offset with which the mean is right."""
    mean, mean_due = inputs.mean(axis=0), due.mean(axis=0)
    weights = fit(inputs - mean, due - mean_due, weights.astype(np.float64))
    return weights, mean_due - weights @ mean


def as_they_are(inputs: Matrix, due: Matrix, weights: Matrix) -> Matrix:  # noqa: ARG001 - one of two ways to fit
    return weights


def refitted(inputs: Matrix, due: Matrix, weights: Matrix) -> Matrix:
    """Argmin |inputs w - due|^2 + ridge |w - weights|^2 for each output, over the weights that are not zero.

    With fewer rows than inputs, or inputs that never vary, the ridge decides what the rows leave open.
    """
    product = inputs.T @ inputs
    ridge = RIDGE * np.trace(product) / len(product) or 1.0
    product += ridge * np.eye(len(product))
    right = due.T @ inputs + ridge * weights
    if weights.all():
        return np.ascontiguousarray(solve(product, right.T, assume_a="pos").T)
    refitted = np.zeros_like(weights)
    for row, at in enumerate(weights != 0):
        if at.any():
            refitted[row, at] = solve(product[np.ix_(at, at)], right[row, at], assume_a="pos")
    return refitted


def merged(whole: Network, cut: Network, kept: Sequence[Sequence[int]], encoded: Single) -> Network:
    """Each neuron that went adds its outgoing weights, by the slope of its activation on the most correlated one left.

    Exact for a neuron that is a multiple of another one, or constant (Srinivas and Babu 2015, arXiv 1507.06149).
    """
    matrices: list[Array] = list(cut.matrices)
    for i, (activations, stay) in enumerate(zip(traced(whole, encoded).inputs[1:], kept, strict=True)):
        flat = activations.reshape(-1, activations.shape[2])
        rows = kept[i + 1] if i + 1 < len(kept) else range(whole.members)
        taken = _shares(flat - flat.mean(axis=0), list(stay))
        given = whole.matrices[i + 1][list(rows)].astype(np.float64) @ taken.T
        matrices[i + 1] = np.where(cut.matrices[i + 1] != 0, given, 0).astype(cut.head.dtype)
    return cut.with_matrices(matrices)


def _shares(centred: Matrix, stay: list[int]) -> Matrix:
    """What each neuron that stays says of each that there was, kept x all: itself wholly, one for each that went."""
    product = centred.T @ centred
    variances = np.maximum(np.diag(product), 1e-12)
    shares = np.zeros((len(stay), len(product)))
    shares[np.arange(len(stay)), stay] = 1
    for gone in np.setdiff1d(np.arange(len(product)), stay):
        best = int(np.argmax(product[stay, gone] ** 2 / variances[stay]))
        shares[best, gone] = product[stay[best], gone] / variances[stay[best]]
    return shares
