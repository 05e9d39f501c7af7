"""Evidence of how groups fare in their scores, and of whether PDs mean the same in each.

Figures for a policy and for people to read. None of them is a legal threshold of credit, and none proves fairness.
`masks` are the groups (n each, by name). Groups that are too small are NOT EVALUATED.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from riskmodel.core import Mask, Outcome, Vector
from riskmodel.core.evidence import Evidence, Method
from riskmodel.evaluation.fairness.approvals import SMALL
from riskmodel.evaluation.fairness.subgroup_tests import Subgroup, by_parts, by_parts_tolerance, reference_group
from riskmodel.evaluation.requirements import require_rows, too_few, too_small
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats.clusters import Clusters, coded, design_effect
from riskmodel.stats.interval import simultaneous
from riskmodel.stats.noninferiority import against

MEAN_DIFFERENCE = Method(
    "fairness.mean_difference",
    "Standardised mean difference of the scores",
    "(mean score of the group - mean of the reference) / pooled standard deviation",
    "Cohen 1988; interval Hedges and Olkin 1985, simultaneous (Bonferroni); rows over the design effect where they "
    "belong together",
    SMALL + " Above 0 the group is scored as riskier.",
    "the means are equal",
    needs_outcome=False,
)
CALIBRATION_WITHIN = Method(
    "fairness.calibration_within",
    "Calibration within groups",
    "r = bads / expected bads; beyond the tolerance t: |r - 1| > t is shown, Holm over the groups; within it: both "
    "one-sided tests of r against 1 - t and 1 + t reject at 0.05",
    "two one-sided tests, Schuirmann 1987; Hall 1992 for skewness; Holm 1979; t is convention (tolerated_calibration)",
    SMALL + " With other bad rates no scorer meets this and equal errors at once (Kleinberg et al. 2016).",
    "no group's bad rate is off its mean PD by more than the tolerance",
)


def mean_difference(
    score: Vector,
    masks: Mapping[str, Mask],
    limits: Thresholds,
    reference: str | None = None,
    clusters: NDArray[Any] | None = None,
) -> Evidence:
    """How far apart the mean scores lie, in standard deviations; give log-odds, which are nearer to normal than PDs."""
    rows, first = require_rows(score=score, **masks), reference_group(masks, reference)
    codes = None if clusters is None else coded(clusters, rows)
    base, parts = masks[first], []
    for name, mask in masks.items():
        if name != first:
            parts.append(_difference(name, score, mask, base, len(masks) - 1, limits, codes))
    return by_parts(MEAN_DIFFERENCE, limits, parts, rows, f"group against {first}")


def _difference(  # noqa: PLR0917
    name: str, score: Vector, mask: Mask, base: Mask, tests: int, limits: Thresholds, clusters: Clusters | None
) -> Subgroup:
    own, other = score[mask], score[base]
    if small := too_small(min(len(own), len(other)), limits):
        return Subgroup(name, len(own), reason=small)
    spread = [values.var(ddof=1) * (len(values) - 1) for values in (own, other)]
    pooled = float(np.sqrt(sum(spread) / (len(own) + len(other) - 2)))
    if not pooled:
        return Subgroup(name, len(own), reason="All scores are equal.")
    value = float((own.mean() - other.mean()) / pooled)
    sizes = [_independent(score, rows, clusters) for rows in (mask, base)]
    error = float(np.sqrt(sum(1 / size for size in sizes) + value**2 / (2 * sum(sizes))))
    p_value = 2 * float(ndtr(-abs(value) / error))
    return Subgroup(name, len(own), None, simultaneous(value, error, tests), p_value)


def _independent(values: Vector, rows: Mask, clusters: Clusters | None) -> float:
    """How many rows that do not belong together tell as much of the mean."""
    effect = 1.0 if clusters is None else design_effect(values[rows], clusters[rows])
    return float(rows.sum()) / effect


def calibration_within(
    default: Outcome,
    pd: Vector,
    masks: Mapping[str, Mask],
    limits: Thresholds,
    clusters: NDArray[Any] | None = None,
) -> Evidence:
    """Whether PDs mean the same in every group; `value` is the bads of the worst group over those expected.

    Parameters
    ----------
    default, pd
        Outcomes, and probabilities of default (n).
    masks
        The rows (n, boolean) of each group, by its name.
    limits
        The tolerance (tolerated_calibration, a share of the expected bads), and what is too little to judge.
    clusters
        Labels (n) of rows that belong together.
    """
    rows = require_rows(default=default, pd=pd, **masks)
    codes = None if clusters is None else coded(clusters, rows)
    parts = [_within(name, default, pd, mask, len(masks), limits, codes) for name, mask in masks.items()]
    more = ("mean PD", "could be shown")
    return by_parts_tolerance(CALIBRATION_WITHIN, limits, parts, rows, "group", more, bads=int(default.sum()))


def _within(  # noqa: PLR0917
    name: str, default: Outcome, pd: Vector, mask: Mask, tests: int, limits: Thresholds, clusters: Clusters | None
) -> Subgroup:
    own, chance = default[mask], pd[mask]
    rows, bads, expected = len(own), int(own.sum()), float(chance.sum())
    mean = float(chance.mean()) if rows else float("nan")
    if few := too_few(own, limits) or ("" if float((chance * (1 - chance)).sum()) else "Every PD is 0 or 1."):
        return Subgroup(name, rows, bads, reason=few, more=(mean, None))
    ratio, tolerated = bads / expected, limits.setting("tolerated_calibration")
    influence = (own - ratio * chance) / expected
    codes = None if clusters is None else clusters[mask]
    high, low = (against(sign * (ratio - 1), sign * influence, tolerated, codes) for sign in (1, -1))
    figure = simultaneous(ratio, high.standard_error, tests)
    beyond, within = min(1.0, 2 * min(high.p_beyond, low.p_beyond)), max(high.p_within, low.p_within)
    return Subgroup(name, rows, bads, figure, beyond, more=(mean, high.detectable), p_within=within)
