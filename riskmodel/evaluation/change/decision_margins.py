"""Whether a challenger decides as the champion does, and approves no worse applicants.

So a cascade is judged: it ranks those that it is certain of by its cheap model, and its AUC falls by construction where
hardly a decision differs. What a lender loses by it are bads among the approved.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import hypot, inf, log, sqrt
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import beta, binom

from riskmodel.config import DecisionMargins
from riskmodel.core import Change, Difference, Interval, Mask, Outcome, Policy, Vector, Verdict
from riskmodel.evaluation.change.comparison import judge
from riskmodel.stats import risk_control, weighted
from riskmodel.stats.clusters import Clusters, design_effect, skewness, standard_error

DECISIONS, BAD_RATE = "decisions", "approved_bad_rate"
APPROVED = 0
_ALPHA, _POWER = 0.05, 0.8  # one-sided
_UNSEEN = log(_ALPHA) / float(ndtri(_ALPHA))  # bads: a standard error of so many bounds those of which none showed


@dataclass(frozen=True, eq=False)
class PairedDecisions:
    """What two models decide of the same rows (n): 0 for approved, 1 for referred, 2 for declined."""

    challenger: NDArray[np.intp]
    champion: NDArray[np.intp]

    @classmethod
    def of(cls, challenger: Vector, champion: Vector, policy: Policy) -> Self:
        """Of their PDs (n), at one policy."""
        return cls(decisions(challenger, policy), decisions(champion, policy))


@dataclass(frozen=True)
class JudgedByDecisions:
    """Both fixed beforehand: the policy whose decisions are compared, and the margins within which they are alike."""

    policy: Policy
    margins: DecisionMargins

    def judged(  # noqa: PLR0917
        self,
        change: Change,
        default: Outcome,
        challenger: Vector,
        champion: Vector,
        clusters: Clusters | None = None,
        weight: Vector | None = None,
    ) -> Change:
        """The change of the same rows (n), decided by what these PDs (n) decide."""
        pair = PairedDecisions.of(challenger, champion, self.policy)
        return judged_by_decisions(change, default, pair, self.margins, clusters, weight)


def decisions(pd: Vector, policy: Policy) -> NDArray[np.intp]:
    """0 for approved, 1 for referred, 2 for declined (n)."""
    return np.searchsorted([policy.refer_from, policy.cutoff], pd, side="right")


def judged_by_decisions(  # noqa: PLR0917
    change: Change,
    default: Outcome,
    pair: PairedDecisions,
    margins: DecisionMargins,
    clusters: Clusters | None = None,
    weight: Vector | None = None,
) -> Change:
    """The same change, decided by decisions and by the bad rate of the approved; its other figures are shown beside.

    Parameters
    ----------
    change
        Of the same rows; what it says of AUC, Brier score, log-loss and mean PD no longer decides.
    default
        Outcomes (n).
    pair
        The decisions at the policy's cutoff.
    margins
        The largest share of decisions that may differ and the largest ratio of the bad rates, fixed beforehand.
    clusters, weight
        Codes of rows that belong together, and how much each row stands for (n).
    """
    most = margins.decisions
    if most is None:
        raise ValueError("the margin of the decisions must be a figure by now")
    own = {
        DECISIONS: share_that_differs(pair.challenger != pair.champion, most, clusters, weight),
        BAD_RATE: bad_rate_of_the_approved(default, pair, margins.approved_bad_rate, clusters, weight),
    }
    return replace(change, differences={**own, **change.differences}, informative=tuple(change.differences))


def share_that_differs(
    differs: Mask, margin: float, clusters: Clusters | None = None, weight: Vector | None = None
) -> Difference:
    """Less the share of rows (n) that are decided otherwise, with the bounds of Clopper and Pearson (1934).

    Rows that belong together or have weights count as so many independent ones as have the share's variance (Rao and
    Scott 1992).
    """
    ones, rows = (float(count) for count in weighted.effective_counts(differs, weight))
    shrunk = design_effect(differs.astype(np.float64), clusters)
    ones, rows = ones / shrunk, rows / shrunk
    share, (low, high) = ones / rows, _bounds(ones, rows, _ALPHA)
    least, most = _bounds(ones, rows, _ALPHA / 2)
    p_value = float(beta.sf(margin, ones + 1, rows - ones)) if ones < rows else 1.0
    often = float(binom.ppf(_POWER, round(rows), share))
    verdict = Verdict.NON_INFERIOR if high < margin else Verdict.INFERIOR if low > margin else Verdict.INCONCLUSIVE
    error, detectable = sqrt(share * (1 - share) / rows), risk_control.upper(often, rows, _ALPHA)
    two_sided = Interval(-share, -most, -least)
    return Difference(-share, error, -high, -low, margin, p_value, detectable, verdict, interval=two_sided)


def _bounds(ones: float, rows: float, alpha: float) -> tuple[float, float]:
    """Of a share, each at its own level `alpha`."""
    low = float(beta.ppf(alpha, ones, rows - ones + 1)) if ones else 0.0
    return low, risk_control.upper(ones, rows, alpha)


def bad_rate_of_the_approved(
    default: Outcome,
    pair: PairedDecisions,
    ratio: float,
    clusters: Clusters | None = None,
    weight: Vector | None = None,
) -> Difference:
    """Log of the champion's bad rate among the approved over the challenger's, by the delta method, paired by row.

    A row that both approve moves hardly anything, one that only one approves much: the bound counts the skewness, and
    where there is no such row it is as far away as three more bads are (Clopper and Pearson for none). Below 20
    approved bads or goods nothing is decided.
    """
    before, after = (_rate(default, decided == APPROVED, weight) for decided in (pair.champion, pair.challenger))
    if before is None or after is None:
        return judge(0.0, inf, log(ratio), 0.0)
    moves = before.influence - after.influence
    least, bads = (float(min(getattr(before, key), getattr(after, key))) for key in ("fewest", "bads"))
    error, skew = hypot(standard_error(moves, clusters), _UNSEEN / bads), skewness(moves, clusters)
    units = least if clusters is None else min(least, float(np.unique(clusters).size))
    return judge(log(before.rate / after.rate), error, log(ratio), least, units=units, skew=skew)


@dataclass(frozen=True, eq=False)
class _Rate:
    """A bad rate, how each row (n) moves its logarithm; the approved bads, and the smaller class of the approved."""

    rate: float
    influence: Vector
    bads: float  # as many as weigh alike
    fewest: int


def _rate(default: Outcome, approved: Mask, weight: Vector | None) -> _Rate | None:
    bads = approved & (default == 1)
    count = int(bads.sum())
    if not count:
        return None
    mass = approved * (np.ones(len(default)) if weight is None else weight)
    rate = float(mass @ default / mass.sum())
    alike = weighted.kish(None if weight is None else weight[bads], count)
    return _Rate(rate, mass * (default - rate) / (mass.sum() * rate), alike, min(count, int(approved.sum()) - count))
