"""Draws the rows of each sample: by date where a time column is named, at random where none is or the TOML says so."""

from __future__ import annotations

from typing import Literal

import numpy as np

from riskmodel.config import SplitShares
from riskmodel.core import Outcome
from riskmodel.datasets.split.chance import deal
from riskmodel.datasets.split.keys import Days
from riskmodel.datasets.split.periods import SEEN_EARLIER, TOO_YOUNG, border, by_date
from riskmodel.datasets.split.rows import Positions, Rows, require_both
from riskmodel.errors import DataError
from riskmodel.stats.sample_size import FOR_VARIANCE


def draw(  # noqa: PLR0917 - what rows are drawn by
    default: Outcome,
    shares: SplitShares,
    seed: int,
    when: Days | None = None,
    borrower: Positions | None = None,
    test: int | None = None,
) -> Rows:
    """The rows of each sample, from the outcome, the dates and the borrowers alone (n each).

    The last `test` rows are the test sample, where given: the others are drawn as if they were all, and a borrower of
    theirs is in no test row.

    At random, the test rows are dealt first, then selection, then tune: with the same table and seed they stay the same
    whatever the other shares are.

    Raises: DataError for a sample of fewer than 2 bads or 2 goods, or where dates are needed and too few or not there.
    """
    if test is not None:
        rows = _beside(default, shares, seed, when, borrower, test)
    elif way(shares, when) == "random":
        rows = _at_random(default, shares, seed, borrower)
    elif when is not None:
        rows = by_date(default, when, shares, seed, borrower)
    else:
        raise DataError('split.how = "time" needs data.time: the column that says when each row was decided')
    require_both(rows, default)
    return rows


def way(shares: SplitShares, when: Days | None) -> Literal["random", "time"]:
    """How rows are drawn: as the TOML says, or by time where there are dates."""
    return shares.how or ("random" if when is None else "time")


def _beside(  # noqa: PLR0917 - as `draw` has them
    default: Outcome, shares: SplitShares, seed: int, when: Days | None, borrower: Positions | None, test: int
) -> Rows:
    """Development and selection from the first rows, and all others for test."""
    own = len(default) - test
    held, rest = np.arange(own, len(default)), slice(0, own)
    first = None if borrower is None else borrower[rest]
    if way(shares, when) == "random":
        drawn = _at_random(default[rest], shares, seed, first, test=False)
    elif when is not None:
        drawn = by_date(default[rest], when[rest], shares, seed, first, until=when.max())
    else:
        raise DataError('split.how = "time" needs data.time: the column that says when each row was decided')
    young = np.zeros(test, bool)
    if when is not None and way(shares, when) == "time":
        young = (when.max() - when[held]).astype(np.int64) < shares.window_days
    known = ~young & (False if borrower is None else np.isin(borrower[held], borrower[rest]))
    left_out = dict(drawn.left_out)
    for why, those in ((TOO_YOUNG, young), (SEEN_EARLIER, known)):
        if those.any():
            left_out[why] = np.concatenate([left_out.get(why, held[:0]), held[those]])
    return Rows(drawn.train, drawn.tune, drawn.selection, held[~young & ~known], left_out)


def _at_random(
    default: Outcome, shares: SplitShares, seed: int, borrower: Positions | None, *, test: bool = True
) -> Rows:
    for name in ("gap_days", "window_days"):
        if getattr(shares, name):
            raise DataError(f"split.{name} needs a split by time, however: the rows are drawn at random")
    wanted = {"selection": shares.selection, "tune": shares.tune}
    if test:
        wanted = {"test": shares.test, **wanted}
    none = np.empty(0, np.int64)
    return Rows(**{"test": none, **deal(default, wanted, "train", seed, borrower)}, left_out={})


def latest(tune: Positions, default: Outcome, shares: SplitShares, when: Days | None) -> Positions | None:
    """The rows of tune that recalibrate: the latest of it, by whole dates; None where all of them do.

    Raises: DataError where there are no dates, or where fewer than 2 bads or 2 goods are left.
    """
    if shares.latest == 1:
        return None
    if when is None:
        raise DataError("split.latest needs data.time: the column that says when each row was decided")
    start = border(when[tune], shares.latest * len(tune))
    recent = tune if start is None else tune[when[tune] >= start]
    bads = int(default[recent].sum())
    if min(bads, len(recent) - bads) < FOR_VARIANCE:
        raise DataError(
            f"split.latest: the latest {shares.latest:g} of tune must have at least {FOR_VARIANCE} bads and goods, "
            f"however: {bads} bads in {len(recent)} rows, from {np.min(when[recent])} on"
        )
    return recent
