"""Evidence of how groups fare in approvals: of all, of goods, of bads, each against a reference group.

`masks` are the groups (n each, by name), `declined` (n) the decisions. The reference is the largest group, that of the
approval ratio the one with the highest rate, or a named one. Groups that are too small are NOT EVALUATED.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from riskmodel.core import Interval, Mask, Outcome
from riskmodel.core.evidence import Evidence, Method
from riskmodel.evaluation.fairness.subgroup_tests import Subgroup, by_parts, reference_group
from riskmodel.evaluation.requirements import require_rows
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats import proportions
from riskmodel.stats.clusters import Clusters, coded, design_effect

SMALL = "Groups overlap nobody else's reference; small ones are left out, not passed."
_CLUSTERS = "; counts over the design effect where rows belong together, Rao and Scott 1992"
APPROVAL_RATIO = Method(
    "fairness.approval_ratio",
    "Approval ratio (adverse impact ratio)",
    "approval rate of the group / approval rate of the group with the highest rate; p by Fisher's test (mid-p), "
    "Bonferroni over all pairs of groups, since the data choose the reference",
    "29 CFR 1607.4(D) for benchmark and reference; interval Katz et al. 1978, simultaneous over all pairs" + _CLUSTERS,
    "A group too small to be judged is no reference. " + SMALL,
    "the rates are equal",
    needs_outcome=False,
)
GOOD_GAP = Method(
    "fairness.good_approval_gap",
    "Gap in the approval of goods",
    "share of goods that are approved in the group less that share in the reference",
    "equal opportunity, Hardt, Price and Srebro 2016; interval Newcombe 1998, simultaneous (Bonferroni)" + _CLUSTERS,
    SMALL,
    "the shares are equal",
)
BAD_GAP = Method(
    "fairness.bad_approval_gap",
    "Gap in the approval of bads",
    "share of bads that are approved in the group less that share in the reference",
    "equalised odds, Hardt, Price and Srebro 2016; interval Newcombe 1998, simultaneous (Bonferroni)" + _CLUSTERS,
    SMALL,
    "the shares are equal",
)


def approval_ratio(
    declined: Mask,
    masks: Mapping[str, Mask],
    limits: Thresholds,
    reference: str | None = None,
    clusters: NDArray[Any] | None = None,
) -> Evidence:
    """The approval rate of each group over that of the group with the highest rate, or of a named one.

    Parameters
    ----------
    declined
        Decisions (n), true where an application is declined.
    masks
        The rows (n, boolean) of each group, by its name.
    limits
        Thresholds, and what is too little to judge.
    reference
        A group to compare with instead.
    clusters
        Labels (n) of rows that belong together.
    """
    asked = Approvals(APPROVAL_RATIO, ~declined, np.ones(len(declined), bool), masks, limits, clusters)
    first = reference_group(masks, reference or (asked.highest if masks else None))
    return _against(asked, first, proportions.ratio)


def good_approval_gap(  # noqa: PLR0917
    default: Outcome,
    declined: Mask,
    masks: Mapping[str, Mask],
    limits: Thresholds,
    reference: str | None = None,
    clusters: NDArray[Any] | None = None,
) -> Evidence:
    """The share of goods that are approved in each group, against the reference."""
    asked = Approvals(GOOD_GAP, ~declined, default == 0, masks, limits, clusters)
    return _against(asked, reference_group(masks, reference), proportions.difference)


def bad_approval_gap(  # noqa: PLR0917
    default: Outcome,
    declined: Mask,
    masks: Mapping[str, Mask],
    limits: Thresholds,
    reference: str | None = None,
    clusters: NDArray[Any] | None = None,
) -> Evidence:
    """The share of bads that are approved in each group, against the reference."""
    asked = Approvals(BAD_GAP, ~declined, default == 1, masks, limits, clusters)
    return _against(asked, reference_group(masks, reference), proportions.difference)


@dataclass(frozen=True, eq=False)
class Approvals:
    """Approvals (n) among the rows `of` (n) that count, by group."""

    method: Method
    approved: Mask
    of: Mask
    masks: Mapping[str, Mask]
    limits: Thresholds
    labels: NDArray[Any] | None

    @cached_property
    def rows(self) -> int:
        """How many there are. Raises: DataError for columns of other lengths."""
        return require_rows(approved=self.approved, of=self.of, **self.masks)

    @property
    def least(self) -> float:
        """Rows that a group must have to be compared."""
        return self.limits.setting("least_rows" if self.of.all() else "least_bads")

    @cached_property
    def clusters(self) -> Clusters | None:
        """Codes of the labels."""
        return None if self.labels is None else coded(self.labels, self.rows)

    @cached_property
    def counts(self) -> Mapping[str, tuple[int, int]]:
        """Approved, and all, over the design effect where rows belong together, by group."""
        return {name: self._counted(self.of & mask) for name, mask in self.masks.items() if self.rows >= 0}

    def _counted(self, rows: Mask) -> tuple[int, int]:
        ones, trials = int((self.approved & rows).sum()), int(rows.sum())
        if self.clusters is None or not trials:
            return ones, trials
        effect = design_effect(self.approved[rows].astype(np.float64), self.clusters[rows])
        fewer = max(1, round(trials / effect))
        return round(ones / trials * fewer), fewer

    @property
    def highest(self) -> str:
        """The group with the highest rate among those that are large enough; the first of equals, or of all."""
        large = [name for name, (_, trials) in self.counts.items() if trials >= self.least]
        return max(large or self.masks, key=lambda name: self.rate(name) or 0.0)

    def rate(self, name: str) -> float | None:
        """The share approved, of the rows as they are."""
        rows = self.of & self.masks[name]
        return float(self.approved[rows].mean()) if rows.any() else None

    @property
    def comparisons(self) -> int:
        """How many hold together: all pairs where the data choose the reference."""
        groups = len(self.masks)
        return groups * (groups - 1) // 2 if self.method is APPROVAL_RATIO else groups - 1

    def could_show(self, name: str, first: str) -> float:
        """The difference of shares that samples of these sizes show at 0.05, two-sided, with power 0.8."""
        error = 0.0
        for ones, trials in (self.counts[name], self.counts[first]):
            error += ones / trials * (1 - ones / trials) / trials
        return float((ndtri(1 - 0.025 / self.comparisons) + ndtri(0.8)) * np.sqrt(error))


def _against(asked: Approvals, first: str, compare: Callable[[int, int, int, int, int], Interval]) -> Evidence:
    parts = [_part(asked, name, first, compare) for name in asked.masks if name != first]
    more = (f"share approved (reference {first})", "difference that could be shown")
    return by_parts(asked.method, asked.limits, parts, asked.rows, "group", more)


def _part(asked: Approvals, name: str, first: str, compare: Callable[[int, int, int, int, int], Interval]) -> Subgroup:
    size, rate, (ones, trials), base = (
        int(asked.masks[name].sum()),
        asked.rate(name),
        asked.counts[name],
        asked.counts[first],
    )
    if (small := min(trials, base[1])) < asked.least:
        reason = f"{small} rows to compare; at least {asked.least:.0f} are needed."
        return Subgroup(name, size, reason=reason, more=(rate, None))
    figure = compare(ones, trials, *base, asked.comparisons)
    if np.isnan(figure.value):
        return Subgroup(name, size, reason="Nobody of the reference is approved.", more=(rate, None))
    each = asked.comparisons / (len(asked.masks) - 1)  # Holm counts the groups alone
    p_value = min(1.0, each * proportions.p_different(ones, trials, *base))
    bads = None if asked.of.all() else trials - ones
    return Subgroup(name, size, bads, figure, p_value, more=(rate, asked.could_show(name, first)))
