"""Evidence of whether scores and features still come from the same population: PSI and CSI.

Outcomes play no part. Bins are found on the reference alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Column, Kind, Matrix, Vector
from riskmodel.core.evidence import Evidence, Mark, Method
from riskmodel.errors import DataError
from riskmodel.evaluation.fairness.subgroup_tests import Subgroup, by_parts
from riskmodel.evaluation.grading import by_value, mark_value, not_evaluated, table
from riskmodel.evaluation.requirements import too_small
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats.binning import binned, edge_words, edges
from riskmodel.stats.psi import Shift, shifted

_FORMULA = "sum over B bins of (a - e) ln(a / e), a and e the shares now and in the reference; p: PSI / (1/n + 1/m) "
_FORMULA += "against chi-square with B - 1 degrees of freedom"
_SOURCE = "Yurdakul and Naranjo 2020; interval by inverting the noncentral chi-square"
_APPLIES = "Two samples without a row in common. Where a bin is empty, half a row is added to each."
PSI = Method(
    "stability.psi",
    "Population stability index",
    _FORMULA,
    _SOURCE,
    _APPLIES,
    "both samples come from one distribution",
    needs_outcome=False,
)
CSI = Method(
    "stability.csi",
    "Characteristic stability index",
    _FORMULA + "; missing values are a bin of their own, rare levels one bin together",
    _SOURCE,
    _APPLIES,
    "both samples come from one distribution",
    needs_outcome=False,
)
_RARE = 10  # rows in both samples: below it the chi-square law is a poor one


def psi(reference: Vector, current: Vector, limits: Thresholds) -> Evidence:
    """The shift of a score or PD, from the reference (n) to now (m)."""
    if small := too_small(min(len(reference), len(current)), limits):
        return not_evaluated(PSI, small, len(current))
    inner = edges(reference, int(limits.setting("bins")))
    counts = [np.bincount(binned(values, inner), minlength=len(inner) + 2) for values in (reference, current)]
    shift = shifted(*counts)
    if shift is None:
        return not_evaluated(PSI, "All values lie in one bin.", len(current))
    of_all = [c / c.sum() for c in counts]
    tops = [*inner, float("nan"), float("nan")]
    names = [f"up to {edge_words(top)}" for top in tops[:-2]] + ["above", "missing"]
    listing = (
        table("Bins", ("bin", "share in the reference", "share now"), zip(names, *of_all, strict=True)),
        table("Critical value at 0.05", ("bins", "value"), [(shift.freedom + 1, shift.critical)]),
    )
    facts = {"statistic": shift.statistic, "p_value": shift.p_value, "tables": listing}
    if by_chance := _too_noisy(PSI, limits, shift):
        return not_evaluated(PSI, by_chance, len(current), figure=shift.index, **facts)
    return by_value(PSI, limits, shift.index, len(current), **facts)


def _too_noisy(method: Method, limits: Thresholds, shift: Shift) -> str:
    """A figure beyond a threshold that the same population would give as well is no evidence of a shift."""
    mark, reason = mark_value(limits[method.id], shift.index)
    by_chance = mark is not Mark.PASS and shift.p_value >= 0.05
    return f"{reason} Chance alone does that with so few rows." if by_chance else ""


def csi(reference: Matrix, current: Matrix, features: Sequence[Column], limits: Thresholds) -> Evidence:
    """The shift of every feature, from the reference (n x features) to now (m x features), the largest in front.

    Raises: DataError where the two have not the same columns.
    """
    if reference.shape[1:] != current.shape[1:] or reference.shape[1] != len(features):
        shapes = f"{reference.shape[1]} and {current.shape[1]}"
        raise DataError(f"both samples must have the {len(features)} features, however: {shapes} columns")
    parts = [_part(reference[:, i], current[:, i], column, limits) for i, column in enumerate(features)]
    return by_parts(CSI, limits, parts, len(current), "feature", ("critical value at 0.05",))


def _part(reference: Vector, current: Vector, column: Column, limits: Thresholds) -> Subgroup:
    rows = len(current)
    if small := too_small(min(len(reference), rows), limits):
        return Subgroup(column.name, rows, reason=small)
    shift = shifted(*_counts(reference, current, column, int(limits.setting("bins"))))
    if shift is None:
        return Subgroup(column.name, rows, reason="All values lie in one bin.")
    return Subgroup(
        column.name, rows, None, shift.index, shift.p_value, _too_noisy(CSI, limits, shift), (shift.critical,)
    )


def _counts(reference: Vector, current: Vector, column: Column, bins: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    if column.kind is Kind.NUMERIC:
        inner = edges(reference, bins)
        return _tally(binned(reference, inner), binned(current, inner))
    return _tally(*(np.where(np.isnan(values), -1, values) for values in (reference, current)))


def _tally(reference: NDArray[np.generic], current: NDArray[np.generic]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Counts by level; the rare ones are one level."""
    levels, at = np.unique(np.concatenate([reference, current]), return_inverse=True)
    many = np.bincount(at) >= _RARE
    place = np.where(many, np.cumsum(many), 0)[at]
    before, after = place[: len(reference)], place[len(reference) :]
    return np.bincount(before, minlength=len(levels) + 1), np.bincount(after, minlength=len(levels) + 1)
