"""Cuts a feature into bins, and weighs the evidence of each: what makes a scorecard readable.

Numbers are cut by a tree of their own, so that an edge lies where the bad rate changes. The last bin of each feature is
for missing values.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import isnan

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Column, Outcome, Vector

Codes = NDArray[np.intp]
Counts = Vector  # of rows, or of what they weigh, scaled to as many


@dataclass(frozen=True)
class FeatureBins:
    """Numbers up to and including each edge, then those above the last; or for a category the bin of each level."""

    edges: tuple[float, ...] = ()
    groups: tuple[int, ...] = ()

    def __len__(self) -> int:
        return (max(self.groups) + 2) if self.groups else len(self.edges) + 2

    def of(self, values: Vector) -> Codes:
        """The bin of each value; missing ones, and codes without a level, are in the last."""
        if not self.groups:
            values = np.ascontiguousarray(values)
            codes: Codes = (values > np.array(self.edges)[:, None]).sum(axis=0, dtype=np.intp)  # few edges: no search
            return np.where(np.isnan(values), len(self) - 1, codes)
        known = (values >= 0) & (values < len(self.groups))
        return np.array([*self.groups, len(self) - 1])[np.where(known, values, len(self.groups)).astype(np.intp)]

    def of_one(self, value: float) -> int:
        """The bin of one value, as `of` has it; a hundredth of the time."""
        if not self.groups:
            return len(self) - 1 if isnan(value) else bisect_left(self.edges, value)
        return self.groups[int(value)] if 0 <= value < len(self.groups) else len(self) - 1

    def labels(self, column: Column) -> tuple[str, ...]:
        """Each bin in words."""
        if self.groups:
            levels = list(zip(column.categories, self.groups, strict=True))
            shared = (", ".join(level for level, group in levels if group == i) for i in range(len(self) - 1))
            return (*shared, "missing")
        if not self.edges:
            return ("any", "missing")
        inner = (f"({low:g}, {high:g}]" for low, high in zip(self.edges, self.edges[1:], strict=False))
        return (f"<= {self.edges[0]:g}", *inner, f"> {self.edges[-1]:g}", "missing")


def by_tree(
    values: Vector, default: Outcome, max_bins: int, min_share: float, weight: Vector | None = None
) -> FeatureBins:
    """Numbers cut where the bad rate changes most, with at least this share of the rows in each bin."""
    from sklearn.tree import DecisionTreeClassifier

    finite = np.isfinite(values)
    if not finite.any():
        return FeatureBins()
    least = max(1, round(min_share * len(values)))
    tree = DecisionTreeClassifier(max_leaf_nodes=max_bins, min_samples_leaf=least, criterion="entropy", random_state=0)
    counted = None if weight is None else weight[finite]
    tree = tree.fit(values[finite, None], default[finite], sample_weight=counted).tree_
    return FeatureBins(edges=tuple(np.unique(tree.threshold[tree.feature >= 0]).tolist()))


def in_direction(  # noqa: PLR0917
    bins: FeatureBins,
    values: Vector,
    default: Outcome,
    monotone: int,
    smoothing: float,
    weight: Vector | None = None,
) -> FeatureBins:
    """The bins with neighbours merged, worst first, until the evidence rises (monotone 1) or falls (-1) throughout."""
    rows, bads = count(bins.of(values), default, len(bins), weight)
    steps = np.diff(weight_of_evidence(rows, bads, smoothing)[:-1]) * monotone
    if not (steps < 0).any():
        return bins
    wrong = int(np.argmin(steps))
    merged = FeatureBins(edges=bins.edges[:wrong] + bins.edges[wrong + 1 :])
    return in_direction(merged, values, default, monotone, smoothing, weight)


def by_level(values: Vector, column: Column, rare_share: float, weight: Vector | None = None) -> FeatureBins:
    """One bin a level; the rare ones share the last bin before the missing."""
    if not column.categories:
        return FeatureBins()
    known = np.isfinite(values)
    mass = np.ones(len(values)) if weight is None else weight / weight.mean()
    counts = np.bincount(values[known].astype(np.intp), mass[known], minlength=len(column.categories))
    rare = counts < rare_share * len(values)
    return FeatureBins(groups=tuple(np.where(rare, (~rare).sum(), np.cumsum(~rare) - 1).tolist()))


def count(codes: Codes, default: Outcome, bins: int, weight: Vector | None = None) -> tuple[Counts, Counts]:
    """Rows and bads of each bin; weighted ones add up to as many rows as there are."""
    mass = np.ones(len(codes)) if weight is None else weight / weight.mean()
    bad = default == 1
    rows, bads = (np.bincount(codes[those], mass[those], bins) for those in (slice(None), bad))
    return rows.astype(np.float64), bads.astype(np.float64)


def weight_of_evidence(rows: Counts, bads: Counts, smoothing: float) -> Vector:
    """ln(share of the bads / share of the goods) of each bin: above 0 is worse than the sample.

    `smoothing` rows at the sample's bad rate are added to each bin, so that one without rows has the weight 0.
    """
    rate = bads.sum() / rows.sum()
    odds = (bads + smoothing * rate) / (rows - bads + smoothing * (1 - rate))
    woe: Vector = np.log(odds) - np.log(rate / (1 - rate))
    return woe
