"""Cuts by date: no row of development is later than one of selection, and none of selection later than one of test.

Rows of one date never part. Test has the latest rows and selection the latest before it, each of the size that comes
nearest to its share; gaps are taken from what is earlier. Train and tune are dealt at random within development: train
then has the latest loans too, and what stops a scorer early is like what it is fitted on. Recalibration may be told to
use the latest part of tune alone.
"""

from __future__ import annotations

import numpy as np

from riskmodel.config import SplitShares
from riskmodel.core import Outcome
from riskmodel.datasets.split.chance import deal
from riskmodel.datasets.split.keys import Days
from riskmodel.datasets.split.rows import Positions, Rows
from riskmodel.errors import DataError

TOO_YOUNG = "younger than split.window_days"
IN_A_GAP = "in a gap of split.gap_days"
SEEN_EARLIER = "borrower of an earlier sample"


def by_date(
    default: Outcome,
    when: Days,
    shares: SplitShares,
    seed: int,
    borrower: Positions | None = None,
    *,
    until: np.datetime64 | None = None,
) -> Rows:
    """The samples by their dates (n, days); a borrower of an earlier sample is left out of later ones.

    `until` is the last day of a test sample that lies apart: none is drawn then.

    Raises: DataError where the dates are too few.
    """
    test = until is None
    age = ((when.max() if until is None else until) - when).astype(np.int64)
    rows = np.flatnonzero(age >= shares.window_days)
    left_out = {TOO_YOUNG: np.flatnonzero(age < shares.window_days)}
    earlier, gap, latest = rows, rows[:0], rows[:0]
    if test:
        earlier, gap, latest = _latest(rows, when, shares.test * len(rows), shares.gap_days)
    development, second_gap, selection = _latest(earlier, when, shares.selection * len(rows), shares.gap_days)
    left_out[IN_A_GAP] = np.sort(np.concatenate([gap, second_gap]))
    if borrower is not None:
        new, old = _without(selection, borrower, development)
        newest, oldest = _without(latest, borrower, np.concatenate([development, new]))
        selection, latest, left_out[SEEN_EARLIER] = new, newest, np.sort(np.concatenate([old, oldest]))
    dealt = _development(default, development, shares, seed, borrower, test)
    return Rows(**dealt, selection=selection, test=latest, left_out={why: r for why, r in left_out.items() if len(r)})


def _latest(rows: Positions, when: Days, wanted: float, gap_days: int) -> tuple[Positions, Positions, Positions]:
    """What is earlier, what lies in the gap, and the latest rows: about so many."""
    start = border(when[rows], wanted)
    if start is None:
        spent = f" once a gap of {gap_days} days is left out" if gap_days else ""
        raise DataError(f"data.time: must have at least three different dates to split by{spent}, however: fewer")
    before = when[rows] < start - np.timedelta64(gap_days, "D")
    after = when[rows] >= start
    return rows[before], rows[~before & ~after], rows[after]


def border(when: Days, wanted: float) -> np.datetime64 | None:
    """The date from which on there are nearest to so many rows, and earlier ones too; None for fewer than two dates."""
    distinct, counts = np.unique(when, return_counts=True)
    if len(distinct) < 2:
        return None
    from_here_on = np.cumsum(counts[::-1])[::-1]
    nearest: np.datetime64 = distinct[1 + np.argmin(np.abs(from_here_on[1:] - wanted))]
    return nearest


def _without(rows: Positions, borrower: Positions, earlier: Positions) -> tuple[Positions, Positions]:
    """The rows of new borrowers, and the rows of those who were there before."""
    known_borrower = np.isin(borrower[rows], borrower[earlier])
    return rows[~known_borrower], rows[known_borrower]


def _development(  # noqa: PLR0917
    default: Outcome, rows: Positions, shares: SplitShares, seed: int, borrower: Positions | None, test: bool
) -> dict[str, Positions]:
    tune = shares.tune / (1 - shares.selection - shares.test) if test else shares.tune / (1 - shares.selection)
    codes = None if borrower is None else np.unique(borrower[rows], return_inverse=True)[1]
    return {name: rows[part] for name, part in deal(default[rows], {"tune": tune}, "train", seed, codes).items()}
