"""Draws the rows of each sample: by date where a time column is named, at random where none is or the TOML says so."""

from __future__ import annotations

from typing import Literal

import numpy as np

from riskmodel.config import SplitShares
from riskmodel.core import Outcome
from riskmodel.datasets.split.chance import deal
from riskmodel.datasets.split.periods import Days, border, by_date
from riskmodel.datasets.split.rows import Positions, Rows, require_both
from riskmodel.errors import DataError
from riskmodel.stats.sample_size import FOR_VARIANCE


def draw(
    default: Outcome,
    shares: SplitShares,
    seed: int,
    when: Days | None = None,
    borrower: Positions | None = None,
) -> Rows:
    """The rows of each sample, from the outcome, the dates and the borrowers alone (n each).

    At random, the test rows are dealt first, then selection, then tune: with the same table and seed they stay the same
    whatever the other shares are.

    Raises: DataError for a sample of fewer than 2 bads or 2 goods, or where dates are needed and too few or not there.
    """
    if way(shares, when) == "random":
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


def _at_random(default: Outcome, shares: SplitShares, seed: int, borrower: Positions | None) -> Rows:
    for name in ("gap_days", "window_days"):
        if getattr(shares, name):
            raise DataError(f"split.{name} needs a split by time, however: the rows are drawn at random")
    wanted = {"test": shares.test, "selection": shares.selection, "tune": shares.tune}
    return Rows(**deal(default, wanted, "train", seed, borrower), left_out={})


def latest(tune: Positions, default: Outcome, shares: SplitShares, when: Days | None) -> Positions | None:
    """The rows of tune that recalibrate: the latest of it, by whole dates; None where all of them do.

    Raises: DataError where there are no dates, or where fewer than 2 bads or 2 goods are left.
    """
    if shares.latest == 1:
        return None
    if when is None:
        raise DataError("split.latest needs data.time: the column that says when each row was decided")
    start = border(when[tune], shares.latest * len(tune))
    found = tune if start is None else tune[when[tune] >= start]
    bads = int(default[found].sum())
    if min(bads, len(found) - bads) < FOR_VARIANCE:
        raise DataError(
            f"split.latest: the latest {shares.latest:g} of tune must have at least {FOR_VARIANCE} bads and goods, "
            f"however: {bads} bads in {len(found)} rows, from {np.min(when[found])} on"
        )
    return found
