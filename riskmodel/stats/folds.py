"""Folds of rows in which what belongs together stays together: rows of one borrower and, out of time, of a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from riskmodel.errors import RiskModelError

Positions = NDArray[np.intp]
By = Literal["row", "borrower", "period"]


@dataclass(frozen=True, eq=False)
class Folds:
    """The rows of each fold, and those that what scores them may be fitted on; `by` is what never parts."""

    held: tuple[Positions, ...]
    fits: tuple[Positions, ...]
    by: By

    def __len__(self) -> int:
        return len(self.held)


def folds(
    default: NDArray[np.int8],
    count: int,
    seed: int,
    *,
    borrower: NDArray[Any] | None = None,
    days: NDArray[np.datetime64] | None = None,
) -> Folds:
    """`count` folds of rows (n), stratified by outcome; with `days` as many periods of about as many rows, by date.

    A period's rows are scored by what all other periods taught, less the rows of its borrowers. Fewer dates than folds
    make fewer folds.

    Raises
    ------
    RiskModelError
        Where a class has too few rows, or the dates or borrowers are fewer than two.
    """
    fewest = int(min(default.sum(), len(default) - default.sum()))
    if fewest < count:
        raise RiskModelError(
            f"folds must be at most the rows of the rarer class, however: {count} folds, {fewest} rows"
        )
    held = _at_random(default, count, seed, borrower) if days is None else periods(days, count)
    if len(held) < 2:
        raise RiskModelError("folds by period need two dates or more, however: one")
    fits = tuple(_others(rows, len(default), borrower) for rows in held)
    for rows in fits:
        if len(rows) == 0 or np.ptp(default[rows]) == 0:
            raise RiskModelError("the rows beside each fold must have bads and goods, however: one has not")
    return Folds(tuple(held), fits, "period" if days is not None else "row" if borrower is None else "borrower")


def periods(days: NDArray[np.datetime64], count: int) -> list[Positions]:
    """Rows by date in at most `count` periods of about as many rows, the earliest first; no date is in two."""
    distinct, place, rows = np.unique(days, return_inverse=True, return_counts=True)
    middle = np.cumsum(rows) - rows / 2  # of each date, among all rows
    block = np.minimum((middle / len(days) * count).astype(np.intp), count - 1)
    of_row = block[place]
    return [np.flatnonzero(of_row == number) for number in np.unique(block)] if len(distinct) else []


def _at_random(default: NDArray[np.int8], count: int, seed: int, borrower: NDArray[Any] | None) -> Sequence[Positions]:
    nothing = np.zeros(len(default))
    if borrower is None:
        split = StratifiedKFold(count, shuffle=True, random_state=seed).split(nothing, default)
    else:
        split = StratifiedGroupKFold(count, shuffle=True, random_state=seed).split(nothing, default, borrower)
    return [np.asarray(held) for _, held in split]


def _others(held: Positions, count: int, borrower: NDArray[Any] | None) -> Positions:
    free = np.ones(count, np.bool_)
    free[held] = False
    if borrower is not None:
        free &= ~np.isin(borrower, borrower[held])
    return np.flatnonzero(free)
