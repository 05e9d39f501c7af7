"""Which decisions a small change of the numbers turns: shown by rows that were scored, excluded by bounds that hold.

Every number of a row may change by a share of its feature's spread, all at once; missing values and categories stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from riskmodel.core import Column, Kind, Mask, Matrix, Scorer, Vector
from riskmodel.evaluation.robustness.box_halving import halved
from riskmodel.evaluation.robustness.margin_ranges import MarginRange, range_of
from riskmodel.evaluation.robustness.nearby_search import NearbyRows, searched
from riskmodel.trees import HasTrees
from riskmodel.trees.worst_case.box_branching import BoxSearch

SHARE = 0.01  # of a feature's spread
MOST, SCORED = 5_000, 1_000_000  # rows, and scores that the first step of their search may take
QUARTILES = 1.349  # standard deviations of a normal law between its quartiles


class Way(StrEnum):
    """How the rows were looked at."""

    EXACT = "exact"
    BOUNDS = "search and bounds"
    SEARCH = "search alone"


@dataclass(frozen=True, eq=False)
class TurnedNearby:
    """Of n rows: for which a row of the other decision is at hand (`turned`), and for which none is excluded (`open_`).

    Parameters
    ----------
    open_
        At least `turned`; None where nothing but a search was possible.
    alone
        For which a change of one feature alone turns the decision (n x features), its ends tried.
    """

    way: Way
    turned: Mask
    open_: Mask | None
    alone: NDArray[np.bool_]


def spread(matrix: Matrix, features: Sequence[Column]) -> Vector:
    """Of each feature: the standard deviation, or that by the quartiles where it is less (Silverman 1986, eq. 3.31).

    A few large amounts then do not make "1 % of the spread" a large change for everybody. 0 for a category.
    """
    out = np.zeros(len(features))
    for i, column in enumerate(features):
        known = matrix[np.isfinite(matrix[:, i]), i]
        if column.kind is Kind.NUMERIC and not column.source and len(known):
            low, high = np.quantile(known, [0.25, 0.75])
            deviation, quartiles = float(known.std()), float(high - low) / QUARTILES
            out[i] = min(deviation, quartiles) if quartiles > 0 else deviation
    return out


def affordable(features: int) -> int:
    """How many rows are looked at, at most: fewer of a wide table."""
    return max(1, min(MOST, SCORED // (2 * features + 1)))


def turned_nearby(scorer: Scorer, matrix: Matrix, cutoff: float, share: float = SHARE) -> TurnedNearby:
    """Whether each row (n x features) has a row near it that is decided otherwise.

    Parameters
    ----------
    scorer
        Trees and most networks are bounded; others are searched alone.
    matrix
        Rows in the scorer's own columns; the spread of each column is that of these rows.
    cutoff
        PD from which an application is declined.
    share
        Of the spread, by which every number may change either way.

    Returns
    -------
    TurnedNearby
        For trees exact where the search of each box came to its end.
    """
    asked = _Question(scorer, matrix, share * spread(matrix, scorer.features), cutoff)
    near = searched(scorer, matrix, asked.reach, cutoff)
    nearby = TurnedNearby(Way.SEARCH, near.turned, None, near.alone)
    bounds = range_of(scorer, matrix) if scorer.calibration.slope > 0 else None
    if bounds is None:
        return nearby
    open_ = near.turned | asked.open_by(bounds)
    if isinstance(scorer, HasTrees):
        return replace(nearby, **_branched(asked, BoxSearch(scorer.ensemble), near.turned, open_))
    return replace(nearby, **_halved(asked, bounds, near, open_))


@dataclass(frozen=True, eq=False)
class _Question:
    scorer: Scorer
    matrix: Matrix
    reach: Vector
    cutoff: float

    @cached_property
    def declined(self) -> Mask:
        declined: Mask = self.scorer.pd(self.matrix) >= self.cutoff
        return declined

    @property
    def raw_cutoff(self) -> float:
        """As the margin before calibration has it."""
        calibration = self.scorer.calibration
        return (float(logit(self.cutoff)) - calibration.intercept) / calibration.slope

    def open_by(self, bounds: MarginRange) -> Mask:
        """Where the bounds reach over the cutoff."""
        low, high = bounds(self.matrix - self.reach, self.matrix + self.reach)
        over: Mask = np.where(self.declined, low < self.raw_cutoff, high >= self.raw_cutoff)
        return over


def _halved(asked: _Question, bounds: MarginRange, near: NearbyRows, over: Mask) -> dict[str, Any]:
    """What is open is looked at in parts."""
    left, turned = np.flatnonzero(over & ~near.turned), near.turned.copy()
    rows = asked.matrix[left]
    box, cutoffs = (rows - asked.reach, rows + asked.reach), (asked.cutoff, asked.raw_cutoff)
    parts = halved(asked.scorer, bounds, box, asked.declined[left], near.effect[left], cutoffs)
    turned[left] = parts.turned
    open_ = turned.copy()
    open_[left] |= parts.open_
    return {"way": Way.BOUNDS, "turned": turned, "open_": open_}


def _branched(asked: _Question, search: BoxSearch, turned_before: Mask, left: Mask) -> dict[str, Any]:
    """What is open is looked into box by box; a witness counts where the scorer itself decides it otherwise."""
    turned, open_ = turned_before.copy(), turned_before.copy()
    for row in np.flatnonzero(left & ~turned_before):
        declined, values = bool(asked.declined[row]), asked.matrix[row]
        answer = search(values - asked.reach, values + asked.reach, asked.raw_cutoff, upward=not declined)
        if answer.witness is not None:
            turned[row] = bool(asked.scorer.pd(answer.witness[None])[0] >= asked.cutoff) != declined
        open_[row] = answer.witness is not None or not answer.sure
    way = Way.EXACT if np.array_equal(turned, open_) else Way.BOUNDS
    return {"way": way, "turned": turned, "open_": open_}
