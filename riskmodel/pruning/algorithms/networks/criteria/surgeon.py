"""Optimal brain surgeon: what a removal costs after all that is left has been refitted, one removal after the other.

H is the Hessian of a block's squared error, the covariance of its inputs, damped; centred, since offsets refit freely.
Sources: Hassibi and Stork 1993; Frantar and Alistarh 2022 (OBC, arXiv 2208.11580), 2023 (SparseGPT, arXiv 2301.00774);
Kurtic et al. 2023 (ZipLM, arXiv 2302.04089).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from riskmodel.core import Matrix, Vector
from riskmodel.jit import jitted
from riskmodel.pruning.algorithms.networks.criteria.layer import Block, Layer

DAMPING = 0.01  # of the mean diagonal
COLUMNS = 32  # SparseGPT decides on so many at a time


def hessian(inputs: Matrix) -> Matrix:
    """The damped covariance of N x inputs; where nothing varies, the identity."""
    centred = inputs - inputs.mean(axis=0)
    product = centred.T @ centred / max(len(inputs), 1)
    return product + np.eye(len(product)) * (DAMPING * np.trace(product) / len(product) or 1.0)


def _telling(block: Block) -> Matrix:
    """The weights, zero where an input never varies: the offset says the same, and the damping would hide it."""
    return np.where(np.ptp(block.inputs, axis=0) > 0, block.weights, 0)


class _Elimination:
    """The neurons of one layer, of which one after the other goes."""

    def __init__(self, layer: Layer) -> None:
        self.weights = [_telling(block) for block in layer.blocks]
        self.inverses = [np.linalg.inv(hessian(block.inputs)) for block in layer.blocks]
        self.left, self.lost = np.ones(len(layer.matrix), np.bool_), 0.0
        self.importance = np.empty(len(self.left))

    def drop(self) -> int:
        """The neuron that costs least goes: V_q^2 / [H^-1]_qq, summed over outputs, on top of what is lost already."""
        pairs = list(zip(self.weights, self.inverses, strict=True))
        costs = sum((weight**2).sum(axis=0) / np.where(self.left, np.diag(inverse), 1) for weight, inverse in pairs)
        gone = int(np.argmin(np.where(self.left, costs, np.inf)))
        self.lost = float(np.nextafter(self.lost + float(np.asarray(costs)[gone]), np.inf))  # ties stay in order
        self.importance[gone], self.left[gone] = self.lost, False
        shares = [inverse[gone] / inverse[gone, gone] for inverse in self.inverses]
        self.weights = [w - np.outer(w[:, gone], share) for w, share in zip(self.weights, shares, strict=True)]
        self.inverses = [i - np.outer(i[:, gone], share) for i, share in zip(self.inverses, shares, strict=True)]
        return gone

    def forget(self, block: int, output: int) -> None:
        """A neuron that a block leads to is gone: what it is given is not missed."""
        self.weights[block][output] = 0


Fed = Callable[[int, int], Iterable[tuple[int, int, int]]]


def neurons(layers: Sequence[Layer], fed: Fed | None = None) -> list[Vector]:
    """Structured OBS: what is lost by the time a neuron goes. Layers lose the same share at a time, the last first.

    So a neuron is judged by what it gives to those that still stand when it goes, not to all there ever were. `fed`
    names what makes a neuron, by its layer and its place there: layer, block and output; without it each layer is made
    by the one before.
    """
    going = [_Elimination(layer) for layer in layers]
    turns = [((j + 1) / len(layer.left), i) for i, layer in enumerate(going) for j in range(len(layer.left))]
    for _, i in sorted(turns, key=lambda turn: (turn[0], -turn[1])):
        gone = going[i].drop()
        for layer, block, output in _before(going, i, gone) if fed is None else fed(i, gone):
            going[layer].forget(block, output)
    return [layer.importance for layer in going]


def _before(going: Sequence[_Elimination], layer: int, neuron: int) -> Iterable[tuple[int, int, int]]:
    return [(layer - 1, block, neuron) for block in range(len(going[layer - 1].weights))] if layer > 0 else []


def weights(layer: Layer) -> Matrix:
    """Exact OBS for each output: w_q^2 / [H^-1]_qq at the time a weight goes, and never less than for one before it."""
    return np.concatenate([_traces(_telling(b), np.linalg.inv(hessian(b.inputs))) for b in layer.blocks])


@jitted(nogil=True)
def _traces(weights: Matrix, whole: Matrix) -> Matrix:
    """Outputs x inputs; the inverse shrinks as weights go, so that a row takes a third of inputs^3 steps."""
    importance = np.zeros_like(weights)
    for row in range(len(weights)):
        weight, inverse = weights[row].copy(), whole.copy()
        left, highest = np.arange(weights.shape[1]), 0.0
        for count in range(len(left), 0, -1):
            best, at = np.inf, 0
            for i in range(count):
                cost = weight[left[i]] ** 2 / inverse[left[i], left[i]]
                if cost < best:
                    best, at = cost, i
            gone = left[at]
            highest = max(highest, best)
            importance[row, gone] = highest
            left[at] = left[count - 1]
            shift = weight[gone] / inverse[gone, gone]
            for i in range(count - 1):
                p = left[i]
                weight[p] -= shift * inverse[gone, p]
                share = inverse[p, gone] / inverse[gone, gone]
                for j in range(count - 1):
                    inverse[p, left[j]] -= share * inverse[gone, left[j]]
    return importance


def sparsegpt(layer: Layer) -> Matrix:
    """SparseGPT's mask: w_q^2 / U_qq^2, a few columns at a time, what they lose made up by the columns after them.

    U is the upper Cholesky factor of H^-1. The mask depends on `layer.keep`: what it keeps lies above what it drops.
    """
    return np.concatenate([_swept(b, layer.keep) for b in layer.blocks])


def _swept(block: Block, keep: float) -> Matrix:
    weights = _telling(block)
    upper = np.linalg.cholesky(np.linalg.inv(hessian(block.inputs))).T
    scores = np.empty_like(weights)
    for start in range(0, weights.shape[1], COLUMNS):
        columns = slice(start, start + COLUMNS)
        score = weights[:, columns] ** 2 / np.diag(upper)[columns] ** 2
        order = np.empty(score.size)
        order[np.argsort(score, axis=None, kind="stable")] = np.arange(score.size) / score.size
        stays = order.reshape(score.shape) >= 1 - keep
        scores[:, columns] = stays + order.reshape(score.shape)
        for i, column in enumerate(range(start, start + score.shape[1])):
            lost = np.where(stays[:, i], 0, weights[:, column]) / upper[column, column]
            weights[:, column:] -= np.outer(lost, upper[column, column:])
    return scores
