"""Bads and goods along an ordering: how well it parts them, and what its best split does.

Every bound is one-sided at 99.9 %: many columns are looked at, and a clean one must not be blocked by chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, expit, logit
from scipy.stats import norm

from riskmodel.core import Outcome, Vector

ALPHA = 0.001
FOLDS = 5
Places = NDArray[np.intp]
_Z = float(norm.isf(ALPHA))


@dataclass(frozen=True, eq=False)
class Ordering:
    """Bads and goods at each distinct value of a score, lowest first; both classes must be there."""

    bads: Vector
    goods: Vector

    @property
    def auc(self) -> float:
        """The share of pairs in which the bad stands higher; a tie counts half."""
        return float(self.bads @ self._bad_placements / self.bads.sum())

    @property
    def _bad_placements(self) -> Vector:
        placed: Vector = (np.cumsum(self.goods) - self.goods / 2) / self.goods.sum()
        return placed

    @property
    def lowest_auc(self) -> float:
        """Its lower bound: DeLong's variance on the logit, or so many disjoint pairs all in order where it is 1."""
        auc, fewest = self.auc, float(min(self.bads.sum(), self.goods.sum()))
        if fewest < 2 or auc <= 0:
            return 0.0
        if auc >= 1:
            return float(ALPHA ** (1 / fewest))
        return float(expit(logit(auc) - _Z * self._auc_error / (auc * (1 - auc))))

    @property
    def _auc_error(self) -> float:
        bads, goods, auc = self.bads.sum(), self.goods.sum(), self.auc
        good_placements = (bads - np.cumsum(self.bads) + self.bads / 2) / bads
        of_bads = self.bads @ (self._bad_placements - auc) ** 2 / (bads - 1)
        of_goods = self.goods @ (good_placements - auc) ** 2 / (goods - 1)
        return float(np.sqrt(of_bads / bads + of_goods / goods))

    @property
    def turned(self) -> Ordering:
        """The other way round."""
        return Ordering(self.bads[::-1], self.goods[::-1])

    @property
    def split(self) -> tuple[float, float, float]:
        """Of the best split: phi (the correlation of two yes-or-no columns), its lower bound, the share that agrees.

        The bound is Fisher's z with the rarer class for its size: with skewed margins the rows promise too much.
        """
        bads, goods = float(self.bads.sum()), float(self.goods.sum())
        hits, alarms = np.cumsum(self.bads[::-1])[:-1], np.cumsum(self.goods[::-1])[:-1]
        if not len(hits):
            return 0.0, 0.0, max(bads, goods) / (bads + goods)
        above = hits + alarms
        spread = above * (bads + goods - above) * bads * goods
        phi = (hits * (goods - alarms) - alarms * (bads - hits)) / np.sqrt(spread)
        best = int(np.argmax(phi))
        agreed = (hits[best] + goods - alarms[best]) / (bads + goods)
        value = float(phi[best])
        z = np.arctanh(min(abs(value), 1 - 1e-12)) * np.sign(value)  # a perfect split has no finite z
        return value, min(value, float(np.tanh(z - _Z / np.sqrt(min(bads, goods))))), float(agreed)


def by_score(score: Vector, default: Outcome) -> Ordering:
    """From a score of each row (n, no NaN)."""
    return by_place(np.unique(score, return_inverse=True)[1], default)


def by_place(place: NDArray[np.intp], default: Outcome) -> Ordering:
    """From the place of each row in the order (n, integers from 0)."""
    return _of_filled(tally(place, default), tally(place))


def by_rate(rate: Vector, bads: Vector, rows: Vector) -> Ordering:
    """From the rate that rows of one cell are ordered by, and what the cell holds (a cell each)."""
    place = np.unique(rate, return_inverse=True)[1]
    return _of_filled(tally(place, bads), tally(place, rows))


def by_bad_rate(levels: Places, default: Outcome, folds: Places) -> Ordering:
    """By the bad rate of each row's level in the other folds, drawn towards that of all rows by the weight of one row.

    No outcome of a row's own fold has a part in its place.
    """
    cell, cells = levels * FOLDS + folds, (int(levels.max()) + 1) * FOLDS
    rows, bads = (tally(cell, weights, cells).reshape(-1, FOLDS) for weights in (None, default))
    others, others_bads = (counts.sum(axis=1, keepdims=True) - counts for counts in (rows, bads))
    rate = (others_bads + default.mean()) / (others + 1)
    return by_rate(rate.ravel(), bads.ravel(), rows.ravel())


def _of_filled(bads: Vector, rows: Vector) -> Ordering:
    filled = rows > 0
    return Ordering(bads[filled], (rows - bads)[filled])


def tally(place: NDArray[np.intp], weights: Outcome | Vector | None = None, places: int = 0) -> Vector:
    """How many rows each place has, or what they weigh together."""
    return np.bincount(place, weights=weights, minlength=places).astype(np.float64)


def lowest_share(bads: Vector, rows: Vector) -> Vector:
    """The lower bound of a bad rate (Clopper and Pearson 1934)."""
    bound: Vector = np.where(bads > 0, betaincinv(np.maximum(bads, 1), rows - bads + 1, ALPHA), 0.0)
    return bound


def highest_share(bads: Vector, rows: Vector) -> Vector:
    """The upper bound of a bad rate."""
    return 1 - lowest_share(rows - bads, rows)
