"""Margins as XGBoost adds them up: in single precision, the intercept first, then tree after tree.

Each addition rounds its partial sum s by up to u |s|, u = 2**-24 (Higham 2002, Accuracy and Stability of Numerical
Algorithms, section 4.2), so that T trees may move a margin by u times the sum of all |s|. For some thousand trees this
is more than a millionth of a PD, though nothing is wrong; and as a bound it is some hundred times what happens, and
would let real differences pass. The order of the additions is known: so the very sum is taken, and what a library says
is held to it as tightly as ever. What is left is the way from margin to PD, a few u.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from riskmodel.core import Matrix, Vector
from riskmodel.trees.ensemble import TreeEnsemble

_BLOCK = 1 << 22  # values of trees that are in memory at once


def margins(ensemble: TreeEnsemble, matrix: Matrix) -> Vector:
    """Log-odds (n) of rows (n x features), every addition rounded to single precision."""
    rows = max(1, _BLOCK // max(1, len(ensemble.trees)))
    blocks = [_added(ensemble, matrix[start : start + rows]) for start in range(0, len(matrix), rows)]
    return np.concatenate(blocks) if blocks else np.zeros(0)


def pds(ensemble: TreeEnsemble, matrix: Matrix) -> Vector:
    """PDs (n) of these margins."""
    pd: Vector = expit(margins(ensemble, matrix))
    return pd


def _added(ensemble: TreeEnsemble, matrix: Matrix) -> Vector:
    total = np.full(len(matrix), _intercept(ensemble.intercept), np.float32)
    for values in ensemble.tree_margins(matrix).T:
        total += values.astype(np.float32)
    return total.astype(np.float64)


def _intercept(log_odds: float) -> np.float32:
    """By way of the probability that the file holds, as XGBoost comes by it."""
    with np.errstate(divide="ignore", over="ignore"):
        single = -np.log(np.float32(1) / np.float32(expit(log_odds)) - np.float32(1))
    return np.float32(single if np.isfinite(single) else log_odds)
