"""Sees an outcome window that closes: the youngest loans have had less time to turn bad, and look better than they are.

Loans are cut by date into periods of about equal size. The window closes where the last periods fall one below the
other, the last one surely below the first half. An improving portfolio can look alike: it is a question, not a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from riskmodel.core import Outcome, Vector
from riskmodel.stats.words import percent

PERIODS, FEWEST = 12, 6
FALL = 0.9  # the last rate, by that of the first half
SURE = float(norm.isf(0.001))  # one-sided: many tables are looked at
NEAR = 1.0  # standard errors below the first half that a whole window may have

Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class Closing:
    """What the dates say: the rate of the first half, those of the youngest periods, and the window that leaves out."""

    before: float
    last: tuple[float, ...]
    window_days: int

    @property
    def in_words(self) -> str:
        rates = ", ".join(f"{percent(rate, 1)}" for rate in self.last)
        return (
            f"the bad rate falls towards the end ({percent(self.before, 1)} in the first half, then {rates}): the "
            "youngest loans may not have their outcome yet; "
            f"split.window_days = {self.window_days} would leave them out"
        )


def closing(days: Days, default: Outcome) -> Closing | None:
    """Whether the outcome window closes in the dates of loans (n) and their outcomes (n); None where it does not."""
    known = ~np.isnat(days)
    days, default = days[known].astype("M8[D]"), default[known]
    starts = _starts(days) if len(days) else days
    if len(starts) < FEWEST:
        return None
    period = np.searchsorted(starts, days, side="right") - 1
    rows = np.bincount(period).astype(np.float64)
    rates = np.bincount(period, default) / rows
    half = len(starts) // 2
    before = float((rates[:half] @ rows[:half]) / rows[:half].sum())
    first = _first_of_fall(rates, rows, before, half)
    if first is None:
        return None
    window = int((days.max() - starts[first]).astype(int)) + 1
    return Closing(before, tuple(rates[first:].tolist()), window)


def _starts(days: Days) -> Days:
    """The first day of each period: whole days, about equal in rows."""
    ordered = np.sort(days)
    return np.unique(ordered[np.arange(PERIODS) * len(ordered) // PERIODS])


def _first_of_fall(rates: Vector, rows: Vector, before: float, half: int) -> int | None:
    """The first of the last periods that lie below the first half, each but for chance below the one before it."""
    error = np.sqrt(np.maximum(before * (1 - before), 1e-12) / rows)
    below = (before - rates) / error
    if below[-1] < SURE or rates[-1] > FALL * before:
        return None
    first = len(rates) - 1
    while first > half and below[first - 1] > NEAR and rates[first - 1] >= rates[first] - error[first]:
        first -= 1
    return first
