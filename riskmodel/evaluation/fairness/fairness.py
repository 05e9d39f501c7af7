"""Evidence of how groups fare: approvals, scores, errors and calibration, each against a reference group.

Figures for a policy and for people to read. None of them is a legal threshold of credit, and none proves fairness.
`masks` are the groups (n each, by name), `declined` (n) the decisions. The reference is the largest group, or a named
one. Groups that are too small are NOT EVALUATED.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from scipy.special import ndtr

from riskmodel.core import Interval, Outcome, Vector
from riskmodel.core.evidence import Evidence, Method
from riskmodel.errors import DataError
from riskmodel.evaluation.fairness.subgroup_tests import Part, by_parts, by_parts_p
from riskmodel.evaluation.requirements import require_rows, too_few, too_small
from riskmodel.evaluation.robustness.slices import Mask
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats import proportions
from riskmodel.stats.interval import simultaneous

_SMALL = "Independent rows. Groups overlap nobody else's reference; small ones are left out, not passed."
APPROVAL_RATIO = Method(
    "fairness.approval_ratio",
    "Approval ratio (adverse impact ratio)",
    "approval rate of the group / approval rate of the reference; p by Fisher's test (mid-p), Holm",
    "29 CFR 1607.4(D) for the benchmark; interval Katz et al. 1978, simultaneous (Bonferroni)",
    _SMALL,
    "the rates are equal",
    needs_outcome=False,
)
MEAN_DIFFERENCE = Method(
    "fairness.mean_difference",
    "Standardised mean difference of the scores",
    "(mean score of the group - mean of the reference) / pooled standard deviation",
    "Cohen 1988; interval Hedges and Olkin 1985, simultaneous (Bonferroni)",
    _SMALL + " Above 0 the group is scored as riskier.",
    "the means are equal",
    needs_outcome=False,
)
GOOD_GAP = Method(
    "fairness.good_approval_gap",
    "Gap in the approval of goods",
    "share of goods that are approved in the group less that share in the reference",
    "equal opportunity, Hardt, Price and Srebro 2016; interval Newcombe 1998, simultaneous (Bonferroni)",
    _SMALL,
    "the shares are equal",
)
BAD_GAP = Method(
    "fairness.bad_approval_gap",
    "Gap in the approval of bads",
    "share of bads that are approved in the group less that share in the reference",
    "equalised odds, Hardt, Price and Srebro 2016; interval Newcombe 1998, simultaneous (Bonferroni)",
    _SMALL,
    "the shares are equal",
)
CALIBRATION_WITHIN = Method(
    "fairness.calibration_within",
    "Calibration within groups",
    "Z = sum of (y - p) / sqrt(sum of p (1 - p)); two-sided, Holm; the figure is observed bads / expected bads",
    "practice; Holm 1979",
    _SMALL + " With other bad rates no scorer meets this and equal errors at once (Kleinberg et al. 2016).",
    "every group's bad rate is its mean PD",
)


def approval_ratio(
    declined: Mask, masks: Mapping[str, Mask], limits: Thresholds, reference: str | None = None
) -> Evidence:
    """The approval rate of each group over that of the reference."""
    return _shares(APPROVAL_RATIO, ~declined, np.ones(len(declined), bool), masks, limits, reference, proportions.ratio)


def good_approval_gap(
    default: Outcome, declined: Mask, masks: Mapping[str, Mask], limits: Thresholds, reference: str | None = None
) -> Evidence:
    """The share of goods that are approved, against the reference."""
    return _shares(GOOD_GAP, ~declined, default == 0, masks, limits, reference, proportions.difference)


def bad_approval_gap(
    default: Outcome, declined: Mask, masks: Mapping[str, Mask], limits: Thresholds, reference: str | None = None
) -> Evidence:
    """The share of bads that are approved, against the reference."""
    return _shares(BAD_GAP, ~declined, default == 1, masks, limits, reference, proportions.difference)


def _shares(  # noqa: PLR0917
    method: Method,
    approved: Mask,
    of: Mask,
    masks: Mapping[str, Mask],
    limits: Thresholds,
    reference: str | None,
    compare: Callable[[int, int, int, int, int], Interval],
) -> Evidence:
    rows, first = require_rows(approved=approved, of=of, **masks), _reference(masks, reference)
    least = limits.setting("least_rows" if of.all() else "least_bads")
    counts = {name: (int((approved & of & mask).sum()), int((of & mask).sum())) for name, mask in masks.items()}
    parts = []
    for name, (ones, trials) in counts.items():
        if name == first:
            continue
        size, more = int(masks[name].sum()), (ones / trials if trials else None,)
        if fewest := _fewest(least, trials, counts[first][1]):
            parts.append(Part(name, size, reason=fewest, more=more))
            continue
        figure = compare(ones, trials, *counts[first], len(masks) - 1)
        if np.isnan(figure.value):
            parts.append(Part(name, size, reason="Nobody of the reference is approved.", more=more))
            continue
        p_value = proportions.p_different(ones, trials, *counts[first])
        parts.append(Part(name, size, trials - ones if not of.all() else None, figure, p_value, more=more))
    return by_parts(method, limits, parts, rows, "group", (f"share approved (reference {first})",))


def _fewest(least: float, group: int, reference: int) -> str:
    small = min(group, reference)
    return "" if small >= least else f"{small} rows to compare; at least {least:.0f} are needed."


def _reference(masks: Mapping[str, Mask], named: str | None) -> str:
    """The named group, or the largest. Raises: DataError."""
    if len(masks) < 2:
        raise DataError(f"groups must be at least two to be compared, however: {len(masks)}")
    if named is not None and named not in masks:
        raise DataError(f"the reference must be among {', '.join(masks)}, however: {named}")
    return named or max(masks, key=lambda name: int(masks[name].sum()))


def mean_difference(
    score: Vector, masks: Mapping[str, Mask], limits: Thresholds, reference: str | None = None
) -> Evidence:
    """How far apart the mean scores lie, in standard deviations; give log-odds, which are nearer to normal than PDs."""
    rows, first = require_rows(score=score, **masks), _reference(masks, reference)
    base, parts = score[masks[first]], []
    for name, mask in masks.items():
        if name == first:
            continue
        own = score[mask]
        small = too_small(min(len(own), len(base)), limits)
        pooled = (
            0.0
            if small
            else np.sqrt(
                (own.var(ddof=1) * (len(own) - 1) + base.var(ddof=1) * (len(base) - 1)) / (len(own) + len(base) - 2)
            )
        )
        if reason := small or ("" if pooled else "All scores are equal."):
            parts.append(Part(name, len(own), reason=reason))
            continue
        value = float((own.mean() - base.mean()) / pooled)
        error = float(np.sqrt(1 / len(own) + 1 / len(base) + value**2 / (2 * (len(own) + len(base)))))
        parts.append(Part(name, len(own), None, simultaneous(value, error, len(masks) - 1), _two_sided(value, error)))
    return by_parts(MEAN_DIFFERENCE, limits, parts, rows, f"group against {first}")


def _two_sided(value: float, error: float) -> float:
    return 2 * float(ndtr(-abs(value) / error))


def calibration_within(default: Outcome, pd: Vector, masks: Mapping[str, Mask], limits: Thresholds) -> Evidence:
    """Whether PDs mean the same in every group; `value` is the bads of the worst group over those expected."""
    rows = require_rows(default=default, pd=pd, **masks)
    parts = [_within(name, default[mask], pd[mask], len(masks), limits) for name, mask in masks.items()]
    return by_parts_p(CALIBRATION_WITHIN, limits, parts, rows, "group", ("mean PD",), bads=int(default.sum()))


def _within(name: str, default: Outcome, pd: Vector, tests: int, limits: Thresholds) -> Part:
    rows, bads, variance = len(default), int(default.sum()), float((pd * (1 - pd)).sum())
    mean = float(pd.mean()) if rows else float("nan")
    if few := too_few(default, limits) or ("" if variance else "Every PD is 0 or 1."):
        return Part(name, rows, bads, reason=few, more=(mean,))
    missed, expected = default - pd, float(pd.sum())
    error = float(missed.std(ddof=1) * np.sqrt(rows)) / expected
    p_value = _two_sided(float(missed.sum()), float(np.sqrt(variance)))
    return Part(name, rows, bads, simultaneous(bads / expected, error, tests), p_value, more=(mean,))
