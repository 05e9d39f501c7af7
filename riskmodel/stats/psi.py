"""The population stability index: how far the shares of bins now lie from those of a reference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2

from riskmodel.core import Interval, Vector
from riskmodel.errors import DataError
from riskmodel.stats.interval import of_noncentrality


@dataclass(frozen=True)
class Shift:
    """The index with its 95 % interval, and its test that both samples come from one distribution."""

    index: Interval
    statistic: float
    p_value: float
    freedom: int
    critical: float  # the index that one distribution exceeds in 5 %


def psi(reference: ArrayLike, current: ArrayLike) -> float | None:
    """The sum over bins of (a - e) ln(a / e), a and e the shares now and in the reference.

    Parameters
    ----------
    reference, current
        Rows in each bin (B), in the same order. Where one of them has a bin without rows that the other has rows in,
        half a row is added to each bin of both, so that the index stays finite.

    Returns
    -------
    float or None
        From 0 on; None where one bin holds all rows, or one of them has none.

    Examples
    --------
    >>> round(psi([50, 30, 20], [40, 30, 30]), 4)
    0.0629
    >>> round(psi([50, 50, 0], [40, 30, 30]), 4)
    1.3361
    """
    shift = shifted(reference, current)
    return None if shift is None else shift.index.value


def shifted(reference: ArrayLike, current: ArrayLike) -> Shift | None:
    """The index with interval and test, from the counts (B) that `psi` takes.

    PSI / (1/n + 1/m) is held against chi-square with B - 1 degrees of freedom (Yurdakul and Naranjo 2020); the interval
    inverts the noncentral chi-square. Raises: DataError unless both have as many bins.
    """
    before, after = (np.asarray(counts, np.float64) for counts in (reference, current))
    if before.shape != after.shape or before.ndim != 1:
        raise DataError(f"both samples must have the same bins, however: {before.shape} and {after.shape}")
    used = (before + after) > 0
    freedom = int(used.sum()) - 1
    if freedom < 1 or not before.sum() or not after.sum():
        return None
    before, after = before[used], after[used]
    scale = float(1 / before.sum() + 1 / after.sum())
    value = _index(before, after)
    low, high = of_noncentrality(value / scale, freedom)
    index = Interval(value, min(value, low * scale), max(value, high * scale))
    critical = scale * float(chi2.ppf(0.95, freedom))
    return Shift(index, value / scale, float(chi2.sf(value / scale, freedom)), freedom, critical)


def _index(before: Vector, after: Vector) -> float:
    if not (before.all() and after.all()):
        before, after = before + 0.5, after + 0.5
    expected, actual = before / before.sum(), after / after.sum()
    return float(((actual - expected) * np.log(actual / expected)).sum())
