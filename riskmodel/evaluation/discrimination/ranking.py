"""Evidence of order between grades, and of the AUC against the one that was approved."""

from __future__ import annotations

from itertools import pairwise
from math import hypot
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from riskmodel.core import Outcome, Vector
from riskmodel.core.evidence import Evidence, Method
from riskmodel.evaluation.fairness.subgroup_tests import Subgroup, by_parts_p
from riskmodel.evaluation.grading import by_p, table
from riskmodel.evaluation.metrics.discrimination import placements
from riskmodel.evaluation.preconditions import evidence
from riskmodel.evaluation.requirements import require_rows
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats.interval import around, of_share
from riskmodel.stats.proportions import difference, p_higher

RANK_ORDER = Method(
    "discrimination.rank_order",
    "Order of the grades",
    "for grades that follow one another: bad rate of the better less that of the worse; Fisher's mid-p, Holm",
    "practice; Lancaster 1961, Holm 1979",
    "Grades with too few rows are left out. An inversion within noise is counted and not marked.",
    "no grade has a lower bad rate than the one before it",
)
AGAINST_INITIAL = Method(
    "discrimination.against_initial",
    "AUC against the initial one",
    "S = (AUC_initial - AUC_now) / sqrt(s_now^2 + s_initial^2); p = 1 - Phi(S)",
    "ECB 2019, 2.5.4.1, which takes s_initial as 0: where the initial AUC is itself an estimate, that over-rejects",
    "Two samples without a row in common.",
    "AUC_now >= AUC_initial",
    counts_weights=True,
)


def rank_order(default: Outcome, grade: NDArray[np.intp], limits: Thresholds) -> Evidence:
    """Whether bad rates rise from grade to grade; `grade` (n) counts from 0, the best.

    `statistic` counts the inversions, those within noise too.
    """
    rows = require_rows(default=default, grade=grade)
    totals, bads = np.bincount(grade), np.bincount(grade, default).astype(int)
    large = [int(g) for g in np.flatnonzero(totals >= limits.setting("least_rows"))]
    parts = []
    for better, worse in pairwise(large):
        counts = (int(bads[better]), int(totals[better]), int(bads[worse]), int(totals[worse]))
        name = f"{better} over {worse}"
        parts.append(
            Subgroup(name, counts[1] + counts[3], counts[0] + counts[2], difference(*counts), p_higher(*counts))
        )
    rates = [(g, totals[g], bads[g], *_bounds(int(bads[g]), int(totals[g]))) for g in np.flatnonzero(totals)]
    listing = table("Bad rate by grade", ("grade", "rows", "bads", "bad rate", "low", "high"), rates)
    inversions = sum(part.figure.value > 0 for part in parts)
    facts: dict[str, Any] = {"bads": int(default.sum()), "statistic": float(inversions), "tables": (listing,)}
    return by_parts_p(RANK_ORDER, limits, parts, rows, "grades", **facts)


def _bounds(bads: int, rows: int) -> tuple[float, float, float]:
    result = of_share(bads, rows)
    return result.value, result.low, result.high


@evidence(AGAINST_INITIAL, min_bads=True)
def against_initial(  # noqa: PLR0917
    default: Outcome,
    score: Vector,
    initial: float,
    initial_error: float,
    limits: Thresholds,
    weight: Vector | None = None,
) -> Evidence:
    """Whether the AUC has fallen since the initial validation; an error of 0 says that the initial one was no estimate.

    `value` is the fall, from initial to now.
    """
    rows, bads = len(default), int(default.sum())
    placed = placements(default, score, weight=weight)
    fall, error = initial - placed.auc, hypot(placed.standard_error, initial_error)
    statistic = fall / error if error else float("nan")
    p_value = float(ndtr(-statistic)) if error else (0.5 if fall == 0 else float(fall < 0))
    alone = placed.standard_error
    as_ecb = float(ndtr(-fall / alone)) if alone else float("nan")
    lines = [("initial", initial, initial_error), ("now", placed.auc, alone), ("p with s_initial = 0", as_ecb, None)]
    listing = table("AUC then and now", ("what", "value", "standard error"), lines)
    facts = {"bads": bads, "figure": around(fall, error), "statistic": statistic, "tables": (listing,)}
    return by_p(AGAINST_INITIAL, limits, p_value, rows, **facts)
