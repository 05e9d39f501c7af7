"""Rows that stand for more than themselves: a weight w says for how many of the whole population a row was drawn.

Every function takes `weight` as numbers (n) above 0, or as None where each row counts once. Only their ratios
matter. A weighted mean is sum(w x) / sum(w); its variance is that of the sum of w (x - mean) (Horvitz and Thompson
1952, linearised as in Sarndal, Swensson and Wretman 1992, 5.5), and not that of sum(w) rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector
from riskmodel.errors import DataError


def checked(weight: Vector, name: str) -> Vector:
    """The weights, if they can be. Raises: DataError for one that is missing, infinite, or not above 0."""
    wrong = ~(np.isfinite(weight) & (weight > 0))
    if wrong.any():
        row = int(wrong.argmax())
        raise DataError(f"{name} must be finite and above 0 in every row, however: {weight[row]:g} in row {row}")
    return weight


def mean(values: NDArray[Any], weight: Vector | None = None) -> float:
    """Of rows (n)."""
    return float(values.mean() if weight is None else weight @ values / weight.sum())


def total(values: NDArray[Any], weight: Vector | None = None) -> float:
    """The sum over rows (n), scaled to as many rows as there are: counts stay counts of rows that were read."""
    return float(values.sum()) if weight is None else mean(values, weight) * len(values)


def influence_on_mean(values: NDArray[Any], weight: Vector | None = None) -> Vector:
    """How much each row (n) moves the mean; it adds up to 0."""
    if weight is None:
        moves: Vector = (values - values.mean()) / len(values)
        return moves
    return np.asarray(weight * (values - mean(values, weight)) / weight.sum(), np.float64)


def kish(weight: Vector | None, rows: int) -> float:
    """How many rows of equal weight say as much of a figure that has nothing to do with the weights (Kish 1965)."""
    return float(rows) if weight is None else float(weight.sum() ** 2 / (weight @ weight))


def least_effective(weight: Vector | None, rows: int) -> float:
    """How many rows there would be if all weighed as much as the heaviest: what one spoilt row can take at most."""
    return float(rows) if weight is None else float(weight.sum() / weight.max())


def quantile(values: Vector, shares: NDArray[Any] | float, weight: Vector | None = None) -> NDArray[np.float64]:
    """The values (n) below which so much of the weight lies; with equal weights numpy's own, interpolated."""
    if weight is None:
        return np.asarray(np.quantile(values, shares), np.float64)
    order = np.argsort(values, kind="stable")
    ordered, mass = values[order], weight[order]
    before = np.cumsum(mass) - mass
    span = before[-1] or 1.0
    return np.asarray(np.interp(shares, before / span, ordered), np.float64)


def shares(codes: NDArray[np.intp], size: int, weight: Vector | None = None) -> Vector:
    """What share of the weight each of `size` codes holds."""
    return np.asarray(np.bincount(codes, weight, size) / (len(codes) if weight is None else weight.sum()), np.float64)


def effective_counts(successes: NDArray[np.bool_], weight: Vector | None = None) -> tuple[int, int]:
    """True rows, and all (n): as counts of so many independent rows as have a share of the same variance, rounded.

    Tests and intervals of counts then hold for weighted rows (Rao and Scott 1992, Biometrics 48, 577-585). A share of 0
    or 1 has no variance: rows then count as Kish says.
    """
    rows = len(successes)
    if weight is None or not rows:
        return int(successes.sum()), rows
    if successes.all() or not successes.any():
        trials = max(1, round(kish(weight, rows)))
        return trials * int(successes[0]), trials
    moves, share = influence_on_mean(successes, weight), mean(successes, weight)
    trials = max(1, round(share * (1 - share) / float(moves @ moves)))
    return round(share * trials), trials
