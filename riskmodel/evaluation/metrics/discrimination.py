"""How well PDs part the bads from the goods: AUC, Gini, KS and accuracy, each with its 95 % interval.

All take `default` (n, 1 is a bad, at least two of each class) and a score or PD (n) that is higher for the riskier.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from scipy.stats import rankdata

from riskmodel.core import Interval, Outcome, Vector
from riskmodel.stats.interval import Z, of_share
from riskmodel.stats.small_sample import FEW, around_auc, around_ks, fewest


@dataclass(frozen=True, eq=False)
class Placements:
    """Where each row stands in the other class; a tie counts half."""

    bads: Vector  # of each bad: the share of goods that score lower
    goods: Vector  # of each good: the share of bads that score higher

    @property
    def auc(self) -> float:
        return float(self.bads.mean())

    @property
    def standard_error(self) -> float:
        """Of the AUC (DeLong, DeLong and Clarke-Pearson 1988)."""
        return float(np.sqrt(self.bads.var(ddof=1) / len(self.bads) + self.goods.var(ddof=1) / len(self.goods)))

    def __sub__(self, other: Placements) -> Placements:
        """The paired difference: its `auc` is the difference of the AUCs, its standard error counts the covariance."""
        return Placements(self.bads - other.bads, self.goods - other.goods)


def placements(default: Outcome, score: Vector) -> Placements:
    """The placements by midranks, in O(n log n) (Sun and Xu 2014)."""
    bad = default == 1
    rank = rankdata(score)
    lower_goods = rank[bad] - rankdata(score[bad])
    lower_bads = rank[~bad] - rankdata(score[~bad])
    bads, goods = len(lower_goods), len(lower_bads)
    return Placements(lower_goods / goods, 1 - lower_bads / bads)


def auc(default: Outcome, score: Vector) -> Interval:
    """The area under the ROC curve; the interval is symmetric in the logit, so that it stays within [0, 1].

    With few bads or goods it reaches as far as Newcombe's too: placements that are alike by chance prove nothing.
    """
    placed = placements(default, score)
    value, least = placed.auc, fewest(default)
    if value in (0.0, 1.0):
        return _perfect(value, least)
    reach = Z * placed.standard_error / (value * (1 - value))
    low, high = float(expit(logit(value) - reach)), float(expit(logit(value) + reach))
    if least < FEW and reach > 0:  # without any spread the score is constant: its AUC is known
        wide = around_auc(value, len(placed.bads), len(placed.goods))
        low, high = min(low, wide[0]), max(high, wide[1])
    return Interval(value, low, high)


def _perfect(value: float, pairs: int) -> Interval:
    """The variance is 0 but the doubt is not: so many disjoint pairs, all in order (Clopper and Pearson 1934)."""
    least = 0.025 ** (1 / pairs)
    return Interval(1.0, least, 1.0) if value == 1 else Interval(0.0, 0.0, 1 - least)


def gini(area: Interval) -> Interval:
    """2 AUC - 1."""
    return Interval(2 * area.value - 1, 2 * area.low - 1, 2 * area.high - 1)


def ks(default: Outcome, score: Vector, replicates: int = 200, seed: int = 0) -> Interval:
    """The largest gap between the score distributions of bads and goods (Kolmogorov-Smirnov).

    The interval is a normal one from a bootstrap within each class, less the bootstrap's bias: noise makes a maximum
    larger (Davison and Hinkley 1997, 5.2). In simulations it covered 93 % with 1,300 bads and 87 % with 60; with fewer
    than 50 bads or goods Kolmogorov's band takes its place.
    """
    order = np.argsort(score, kind="stable")
    bad = default[order] == 1
    ends = np.flatnonzero(np.append(np.diff(score[order]) > 0, True))  # tied rows step together
    value = _gap(bad.astype(np.intp), (~bad).astype(np.intp), ends)
    if fewest(default) < FEW:
        return around_ks(value, int(bad.sum()), int((~bad).sum()))
    rng, bads, goods = np.random.default_rng(seed), np.flatnonzero(bad), np.flatnonzero(~bad)
    drawn = np.empty(replicates)
    for i in range(replicates):
        drawn[i] = _gap(_redrawn(bads, len(bad), rng), _redrawn(goods, len(bad), rng), ends)
    centre, reach = float(2 * value - drawn.mean()), float(Z * drawn.std(ddof=1))
    return Interval(value, max(0.0, min(value, centre - reach)), min(1.0, max(value, centre + reach)))


def _gap(bads: NDArray[np.intp], goods: NDArray[np.intp], ends: NDArray[np.intp]) -> float:
    rise = np.cumsum(bads / bads.sum() - goods / goods.sum())
    return min(1.0, float(np.abs(rise[ends]).max()))  # the steps' rounding adds up


def _redrawn(rows: NDArray[np.intp], length: int, rng: np.random.Generator) -> NDArray[np.intp]:
    return np.bincount(rows[rng.integers(0, len(rows), len(rows))], minlength=length)


def accuracy(default: Outcome, pd: Vector, cutoff: float) -> Interval:
    """The share of rows on the right side of the cutoff; a PD at the cutoff is declined."""
    return of_share(int(((pd >= cutoff) == (default == 1)).sum()), len(default))
