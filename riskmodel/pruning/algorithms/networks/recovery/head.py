"""The members' heads fitted anew by ridge logistic regression on the last layer's activations (IRLS): seconds.

The ridge pulls towards the head as it is; how strongly is chosen on tune, where the head never gets worse.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import solve
from scipy.special import expit

from riskmodel.core import Matrix, Vector
from riskmodel.networks import Network, Taught

ROWS = 20_000  # of train, at most
RIDGES = (1.0, 10.0, 100.0, 1000.0)
STEPS = 6


def refitted_head(network: Network, train: Taught, tune: Taught) -> Network:
    """The network with the best of its own head and of one for each of `RIDGES`, by log-loss on tune."""
    last = network.hidden(train.inputs[:ROWS])[-1].astype(np.float64)
    target, weight = train.target[:ROWS], train.relative[:ROWS]
    candidates = [network, *(_with_head(network, last, target, weight, ridge) for ridge in RIDGES)]
    return min(candidates, key=tune.loss)


def _with_head(network: Network, last: Matrix, target: Vector, weight: Vector, ridge: float) -> Network:
    starts = (np.append(network.head[m], network.head_bias[m]).astype(np.float64) for m in range(network.members))
    heads = [_logistic(last[:, m], target, start, ridge, weight) for m, start in enumerate(starts)]
    kind = network.head.dtype
    head, bias = np.array([h[:-1] for h in heads], kind), np.array([h[-1] for h in heads], kind)
    return network.with_matrices((*network.weights, head), (*network.biases, bias))


def _logistic(inputs: Matrix, target: Vector, start: Vector, ridge: float, weight: Vector | float = 1.0) -> Vector:
    """Newton's steps to the least log-loss + ridge / 2 |w - start|^2; zeros stay, the offset is free."""
    free = np.append(start[:-1] != 0, True)
    design = np.column_stack([inputs, np.ones(len(inputs))])[:, free]
    weights, pull = start[free].copy(), np.append(np.full(int(free.sum()) - 1, ridge), 1e-6)
    for _ in range(STEPS):
        pd = expit(design @ weights)
        gradient = design.T @ (weight * (pd - target)) + pull * (weights - start[free])
        curvature = (design * (weight * pd * (1 - pd))[:, None]).T @ design
        weights -= solve(curvature + np.diag(pull), gradient, assume_a="pos")
    head = start.copy()
    head[free] = weights
    return head
