"""Backward elimination of whole trees, the weights of all that stay fitted again: optimal brain surgeon on log-loss.

Hassibi and Stork (1993): where the loss is quadratic, to take out weight j and let all others make up for it costs
w_j^2 / (2 [H^-1]_jj). The quadratic is drawn anew each time a quarter of the trees has gone.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from riskmodel.core import Matrix, Outcome, Vector

PART = 0.25  # of the trees that go before the loss is drawn anew
PULL = 0.01  # of the ridge towards weights of 1, against the curvature of an average tree
STEPS = 3  # of Newton, each time


def surgeon_order(margins: Matrix, default: Outcome, rows: Vector | None = None) -> list[int]:
    """Columns of centred tree margins (n x trees) in the order in which they go; `rows` (n) is how much each counts."""
    mass = np.full(len(default), 1 / len(default)) if rows is None else rows / rows.sum()
    left, gone = np.arange(margins.shape[1]), list[int]()
    rate = float(np.clip(mass @ default, 1e-6, 1 - 1e-6))
    weights = np.r_[np.log(rate / (1 - rate)), np.ones(len(left))]
    while len(left):
        weights, inverse = _fitted(margins[:, left], default, mass, weights)
        for _ in range(max(1, int(PART * len(left)))):
            cost = weights[1:] ** 2 / np.diag(inverse)[1:]
            out = 1 + int(np.argmin(cost.astype(np.float32)))  # of equal trees the first, whatever a processor adds up
            weights, inverse = _without(weights, inverse, out)
            gone.append(int(left[out - 1]))
            left = np.delete(left, out - 1)
    return gone


def _fitted(margins: Matrix, default: Outcome, mass: Vector, start: Vector) -> tuple[Vector, Matrix]:
    """Intercept and weights with the least log-loss, and the inverse of its curvature there."""
    columns, weights = np.column_stack([np.ones(len(margins)), margins]), start
    for _ in range(STEPS):
        pd = expit(columns @ weights)
        curved = (columns * (mass * pd * (1 - pd))[:, None]).T @ columns
        ridge = np.r_[0.0, np.full(len(start) - 1, PULL * max(float(np.diag(curved)[1:].mean()), 1e-12))]
        inverse = np.linalg.pinv(curved + np.diag(ridge), hermitian=True)
        weights = weights - inverse @ (columns.T @ (mass * (pd - default)) + ridge * (weights - 1))
    return weights, inverse


def _without(weights: Vector, inverse: Matrix, out: int) -> tuple[Vector, Matrix]:
    """The best weights with that one at 0, and the inverse curvature of the others."""
    column = inverse[:, out] / inverse[out, out]
    kept = np.delete(np.arange(len(weights)), out)
    less = inverse - np.outer(column, inverse[out])
    return (weights - column * weights[out])[kept], less[np.ix_(kept, kept)]
