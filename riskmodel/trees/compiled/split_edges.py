"""Where the answers of splits change, as the largest number below in double precision, whatever the library rounds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector
from riskmodel.trees.ensemble import Rules

ZERO = float(np.float32(1e-35))  # LightGBM takes all that is no farther from 0 for 0


def last_left(thresholds: Vector, rules: Rules) -> Vector:
    """The largest number that goes left of each threshold (n); what LightGBM takes for 0 is on one side."""
    if rules == "xgboost":
        return _below(thresholds.astype(np.float32))
    near = np.abs(thresholds) <= ZERO
    return np.where(near, np.where(thresholds >= 0, ZERO, np.nextafter(-ZERO, -np.inf)), thresholds)


def category_edges(codes: NDArray[np.int64], rules: Rules) -> Vector:
    """The edges around the numbers that mean these codes (n): only the whole part counts, and -0.5 is LightGBM's 0."""
    lower, upper = codes.astype(np.float64), codes + 1.0
    if rules == "lightgbm":
        edges = np.concatenate([np.nextafter(lower, -np.inf), np.nextafter(upper, -np.inf)])
        return np.where(edges < 0, -1.0, edges)
    single = lower.astype(np.float32)
    beyond = np.maximum(upper.astype(np.float32), np.nextafter(single, np.float32(np.inf)))
    edges = np.concatenate([_below(single), _below(beyond)])
    return np.where(edges < 0, np.nextafter(0.0, -1.0), edges)


def _below(single: NDArray[np.float32]) -> Vector:
    """The largest number that single precision rounds to below each; -inf where there is none."""
    with np.errstate(over="ignore"):  # infinity is a neighbour like any other
        middle = (_wide(np.nextafter(single, np.float32(-np.inf))) + _wide(single)) / 2
        rounded = middle.astype(np.float32)
    below = np.where(rounded < single, middle, np.nextafter(middle, -np.inf))
    return np.where(single == -np.inf, -np.inf, below)


def _wide(values: NDArray[np.float32]) -> Vector:
    """In double precision, where single precision's infinity is the power of two after its largest number."""
    wide = values.astype(np.float64)
    return np.where(np.isinf(wide), np.copysign(2.0**128, wide), wide)
