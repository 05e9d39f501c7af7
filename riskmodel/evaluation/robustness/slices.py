"""Slices of a portfolio, by group, by feature and by how much is missing; and evidence of where a scorer is weak."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise, product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit, ndtr

from riskmodel.core import Column, Kind, Mask, Matrix, Outcome, Vector
from riskmodel.core.evidence import Evidence, Method
from riskmodel.evaluation.fairness.subgroup_tests import Subgroup, by_parts_p
from riskmodel.evaluation.metrics.discrimination import placements
from riskmodel.evaluation.preconditions import evidence
from riskmodel.evaluation.requirements import too_few
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats.binning import edge_words, edges
from riskmodel.stats.interval import of_mean
from riskmodel.stats.log_loss import CLIP

WEAK_SLICES = Method(
    "robustness.weak_slices",
    "Weak slices",
    "excess = mean of log-loss - entropy of the PD = mean of (p - y) logit(p); "
    "z = (excess - tolerance) / s, s of H0; p = 1 - Phi(z) + phi(z) (z^2 - 1) skewness / 6; Holm",
    "after Spiegelhalter 1986, with the log-loss; Edgeworth's correction for skewness; Holm 1979; the tolerance is "
    "convention (tolerated_weakness)",
    "Slices were named beforehand, and not searched for. The AUC stands beside it, but falls by nature where all rows "
    "of a slice are alike; a loss beyond what the PDs themselves promise does not.",
    "no slice loses more than its PDs promise, by more than the tolerance",
)
_LEVELS = 12  # a number with more values than this is cut into quarters


def of_group(name: str, values: NDArray[Any]) -> Mapping[str, Mask]:
    """One slice a level of an attribute (n), by `name=level`; quarters, where it is a number with many values."""
    if values.dtype.kind in "iuf" and len(np.unique(values[~_unknown(values)])) > _LEVELS:
        return _quarters(name, values.astype(np.float64), 4)
    unknown = _unknown(values)
    levels = sorted({str(value) for value in np.unique(values[~unknown].astype(str))})
    result = {f"{name}={level}": ~unknown & (values.astype(str) == level) for level in levels}
    return result | ({f"{name} missing": unknown} if unknown.any() else {})


def intersections(groups: Mapping[str, Mapping[str, Mask]]) -> Mapping[str, Mapping[str, Mask]]:
    """The groups of every two attributes together, by `one x other`; combinations without rows are left out.

    `groups` are the masks (n) of each attribute, by its name.
    """
    result = {}
    for (one, own), (other, others) in combinations(groups.items(), 2):
        both = {f"{a}, {b}": mask & more for (a, mask), (b, more) in product(own.items(), others.items())}
        result[f"{one} x {other}"] = {name: mask for name, mask in both.items() if mask.any()}
    return result


def _unknown(values: NDArray[Any]) -> Mask:
    if values.dtype.kind == "f":
        return np.isnan(values)
    if values.dtype.kind == "O":
        return np.array([value is None or value != value for value in values], dtype=bool)  # noqa: PLR0124 - NaN
    return np.zeros(len(values), dtype=bool)


def _quarters(name: str, values: Vector, parts: int) -> dict[str, Mask]:
    """Bands of about equal counts, by their bounds."""
    bounds = [-np.inf, *edges(values, parts), np.inf]
    result = {_band(name, low, high): (values > low) & (values <= high) for low, high in pairwise(bounds)}
    missing = np.isnan(values)
    return result | ({f"{name} missing": missing} if missing.any() else {})


def _band(name: str, low: float, high: float) -> str:
    if np.isinf(low):
        return f"{name} <= {edge_words(high)}" if np.isfinite(high) else f"{name} known"
    return f"{name} > {edge_words(low)}" if np.isinf(high) else f"{edge_words(low)} < {name} <= {edge_words(high)}"


def of_features(matrix: Matrix, features: Sequence[Column], parts: int = 4) -> Mapping[str, Mask]:
    """Bands of each numeric feature, levels of each category, and the rows where it is missing."""
    result: dict[str, Mask] = {}
    for i, column in enumerate(features):
        values = matrix[:, i]
        if column.kind is Kind.NUMERIC:
            result |= _quarters(column.name, values, parts)
            continue
        result |= {f"{column.name}={level}": values == code for code, level in enumerate(column.categories)}
        result |= {f"{column.name} missing": np.isnan(values)}
    return {name: mask for name, mask in result.items() if mask.any() and not mask.all()}


def thin_file(matrix: Matrix, most: float = 0.25) -> Mapping[str, Mask]:
    """The rows with the most values missing: at most that share of all; none, where all miss as many."""
    missing = np.isnan(matrix).sum(axis=1)
    for count in np.unique(missing)[1:]:
        mask = missing >= count
        if mask.mean() <= most:
            return {f"thin file ({count} or more features missing)": mask}
    return {}


@evidence(WEAK_SLICES, min_bads=True)
def weak_slices(default: Outcome, pd: Vector, masks: Mapping[str, Mask], limits: Thresholds) -> Evidence:
    """Where PDs are wrong by more than they say themselves; `value` is the excess log-loss of the worst slice."""
    rows, bads = len(default), int(default.sum())
    parts = [_weakness(name, default[mask], pd[mask], limits) for name, mask in masks.items()]
    return by_parts_p(WEAK_SLICES, limits, parts, rows, "slice", ("AUC",), bads=bads)


def _weakness(name: str, default: Outcome, pd: Vector, limits: Thresholds) -> Subgroup:
    rows, bads = len(default), int(default.sum())
    if few := too_few(default, limits):
        return Subgroup(name, rows, bads, reason=few)
    margin = logit(np.clip(pd, CLIP, 1 - CLIP))
    figure = of_mean((pd - default) * margin)
    p_value = _p_skewed(rows * (figure.value - limits.setting("tolerated_weakness")), pd, margin)
    return Subgroup(name, rows, bads, figure, p_value, more=(placements(default, pd).auc,))


def _p_skewed(total: float, pd: Vector, margin: Vector) -> float:
    """Of a sum of (p - y) margin, were the PDs right: bads of small PD make it too skewed for a normal law."""
    variance = float((pd * (1 - pd) * margin**2).sum())
    if not variance:
        return float(total <= 0)
    skewness = float((pd * (1 - pd) * (1 - 2 * pd) * -(margin**3)).sum()) / variance**1.5
    z = total / variance**0.5
    return float(np.clip(ndtr(-z) + np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) * (z**2 - 1) * skewness / 6, 0, 1))
