"""Evidence of how well a scorer ranks: AUC, Gini, KS, the part of the ROC curve where loans are approved, and the CAP.

All take `default` (n, 1 is a bad) and a score or PD (n) that is higher for the riskier.
"""

from __future__ import annotations

import numpy as np

from riskmodel.core import Interval, Outcome, Vector
from riskmodel.core.evidence import Evidence, Method, Table
from riskmodel.evaluation.grading import by_value, not_evaluated, table
from riskmodel.evaluation.metrics import discrimination
from riskmodel.evaluation.metrics.discrimination import Placements, placements
from riskmodel.evaluation.preconditions import evidence
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats import weighted
from riskmodel.stats.clusters import Clusters
from riskmodel.stats.interval import around, of_share

AUC = Method(
    "discrimination.auc",
    "AUC",
    "share of pairs of a bad and a good in which the bad scores higher; a tie counts half",
    "DeLong, DeLong and Clarke-Pearson 1988; ECB 2019, annex 3.1",
    "Independent rows that the scorer was not fitted on. It does not see whether PDs are right.",
    "AUC = 0.5",
    counts_weights=True,
)
GINI = Method(
    "discrimination.gini",
    "Gini",
    "2 AUC - 1",
    "Somers 1962; BCBS WP14",
    "As the AUC.",
    "Gini = 0",
    counts_weights=True,
)
KS = Method(
    "discrimination.ks",
    "Kolmogorov-Smirnov",
    "largest gap between the distribution functions of the scores of bads and goods",
    "BCBS WP14; interval by a bootstrap within each class",
    "As the AUC. It looks at one point of the curve only. With 60 bads its interval covers 87 %, not 95 %.",
    "KS = 0",
    counts_weights=True,
)
PARTIAL_AUC = Method(
    "discrimination.partial_auc",
    "Partial AUC among the approved",
    "(A - e) / (1 - e); A: chance that a bad scores above an approved good, e: share of goods that are declined",
    "McClish 1989, over false positive rates from e to 1; its standard error counts that e is estimated",
    "The cutoff was fixed beforehand. 0.5 is chance, 1 a perfect order.",
    "partial AUC = 0.5",
    counts_weights=True,
)
CAP = Method(
    "discrimination.cap",
    "Cumulative accuracy profile",
    "share of bads among the riskiest share x of rows; the accuracy ratio is the area over the diagonal over the "
    "greatest possible, and equals the Gini",
    "BCBS WP14, Engelmann, Hayden and Tasche 2003",
    "As the AUC. Intervals along the curve take the score at each share as fixed.",
    "accuracy ratio = 0",
)


@evidence(AUC, min_bads=True)
def auc(
    default: Outcome,
    score: Vector,
    limits: Thresholds,
    clusters: Clusters | None = None,
    weight: Vector | None = None,
) -> Evidence:
    """The area under the ROC curve."""
    return _ranked(AUC, default, score, limits, clusters, weight)


@evidence(GINI, min_bads=True)
def gini(
    default: Outcome,
    score: Vector,
    limits: Thresholds,
    clusters: Clusters | None = None,
    weight: Vector | None = None,
) -> Evidence:
    """The Gini, or Somers' D."""
    return _ranked(GINI, default, score, limits, clusters, weight)


def _ranked(  # noqa: PLR0917
    method: Method,
    default: Outcome,
    score: Vector,
    limits: Thresholds,
    clusters: Clusters | None,
    weight: Vector | None,
) -> Evidence:
    rows = len(default)
    area = discrimination.auc(default, score, clusters, weight)
    figure = area if method is AUC else discrimination.gini(area)
    return by_value(method, limits, figure, rows, bads=int(default.sum()))


@evidence(KS, min_bads=True)
def ks(default: Outcome, score: Vector, limits: Thresholds, weight: Vector | None = None) -> Evidence:
    """The largest gap between the two distributions."""
    figure = discrimination.ks(default, score, weight=weight)
    return by_value(KS, limits, figure, len(default), bads=int(default.sum()))


@evidence(PARTIAL_AUC, min_bads=True)
def partial_auc(  # noqa: PLR0917
    default: Outcome,
    score: Vector,
    cutoff: float,
    limits: Thresholds,
    clusters: Clusters | None = None,
    weight: Vector | None = None,
) -> Evidence:
    """How well it ranks where loans are approved: below the cutoff."""
    rows, bads = len(default), int(default.sum())
    approved = (score < cutoff) & (default == 0)
    if approved.sum() < limits.setting("least_bads"):
        return not_evaluated(PARTIAL_AUC, f"{approved.sum()} goods are approved.", rows, bads=bads)
    placed = partial_placements(default, score, cutoff, clusters, weight)
    return by_value(PARTIAL_AUC, limits, around(placed.auc, placed.standard_error), rows, bads=bads)


def partial_placements(
    default: Outcome,
    score: Vector,
    cutoff: float,
    clusters: Clusters | None = None,
    weight: Vector | None = None,
) -> Placements:
    """Per-row parts of the partial AUC: `auc`, `standard_error` and `-` work on them as on those of the AUC.

    The goods' parts are the influence of each good on A and on e (the delta method). At least one good must be
    approved.
    """
    good = score[default == 0]
    weights = None if weight is None else (weight[default == 1], weight[default == 0])
    approved = good < cutoff
    declined = 1 - weighted.mean(approved, weights[1] if weights else None)
    kept = placements(
        np.concatenate([np.ones(int(default.sum()), np.int8), np.zeros(approved.sum(), np.int8)]),
        np.concatenate([score[default == 1], good[approved]]),
        weight=np.concatenate([weights[0], weights[1][approved]]) if weights else None,
    )
    value = (kept.auc - declined) / (1 - declined)
    influence = (kept.auc - 1) / (1 - declined) ** 2 * (~approved - declined)
    influence[approved] += (kept.goods - kept.auc) / (1 - declined) ** 2
    of_class = None if clusters is None else (clusters[default == 1], clusters[default == 0])
    return Placements((kept.bads - declined) / (1 - declined), value + influence, of_class, weights)


@evidence(CAP, min_bads=True)
def cap(default: Outcome, score: Vector, limits: Thresholds, points: int = 20) -> Evidence:
    """The accuracy ratio, and the curve at equal steps of the share of rows."""
    rows, bads = len(default), int(default.sum())
    ratio: Interval = discrimination.gini(discrimination.auc(default, score))
    return by_value(CAP, limits, ratio, rows, bads=bads, tables=(_profile(default, score, points),))


def _profile(default: Outcome, score: Vector, points: int) -> Table:
    """Rows that tie are taken up in proportion, so that their order plays no part."""
    values, at = np.unique(-score, return_inverse=True)
    totals, bads = np.bincount(at, minlength=len(values)), np.bincount(at, default, len(values))
    share = np.arange(points + 1) / points
    taken = np.interp(share * len(score), np.append(0, totals.cumsum()), np.append(0, bads.cumsum()))
    result = [of_share(round(bad), int(default.sum())) for bad in taken]
    lines = [(x, bad / default.sum(), i.low, i.high) for x, bad, i in zip(share, taken, result, strict=True)]
    return table("CAP", ("share of rows", "share of bads", "low", "high"), lines, "cap")
