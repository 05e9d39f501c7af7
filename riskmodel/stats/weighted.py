"""Rows that stand for more than themselves: a weight w says for how many of the whole population a row was drawn.

Every function takes `weight` as numbers (n), at least 0, or as None where each row counts once. Only their ratios
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
    """The weights, if they can be. Raises: DataError for one that is missing, infinite or negative, or if all are 0."""
    if len(wrong := weight[~(np.isfinite(weight) & (weight >= 0))]):
        raise DataError(f"{name} must be finite and not negative, however: {wrong[0]:g}")
    if not weight.any():
        raise DataError(f"{name} must be above 0 in some rows, however: all are 0")
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


def counts(codes: NDArray[np.intp], size: int, weight: Vector | None = None) -> Vector:
    """What each of `size` codes holds, scaled to as many rows as there are."""
    if weight is None:
        return np.bincount(codes, minlength=size).astype(np.float64)
    return np.asarray(np.bincount(codes, weight, size) * (len(codes) / weight.sum()), np.float64)
