"""How a figure becomes evidence: one rule for figures with an interval, one for p-values, one for what is too little.

A figure passes only where its interval excludes failure; "not rejected" is never called proven.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import isfinite
from typing import Any

import numpy as np

from riskmodel.core import Interval
from riskmodel.core.evidence import Cell, Evidence, Mark, Method, Table, Threshold
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats.holm import ALPHA


def by_value(method: Method, limits: Thresholds, figure: Interval, rows: int, **facts: Any) -> Evidence:
    """Evidence that stands by a figure; `facts` are further fields of it. A figure of NaN is NOT EVALUATED."""
    if not isfinite(figure.value):
        return not_evaluated(method, "The figure does not exist on these rows.", rows, **facts)
    threshold = limits[method.id]
    mark, reason = mark_value(threshold, figure)
    in_doubt = mark is Mark.ATTENTION and not threshold.reached(figure.value, threshold.attention)
    return _evidence(method, mark, reason, rows, figure=figure, threshold=threshold, in_doubt=in_doubt, **facts)


def mark_value(threshold: Threshold, figure: Interval) -> tuple[Mark, str]:
    """Fails where the whole interval is beyond failure; attention where the value, or the doubt, is beyond a level."""
    ends = [end for end in (figure.low, figure.high) if np.isfinite(end)] or [figure.value]
    beyond_fail = [threshold.reached(end, threshold.fail) for end in ends]
    far = threshold.reached(figure.value, threshold.fail)
    failed, warned = (_level(threshold, level) for level in (threshold.fail, threshold.attention))
    crosses = threshold.worse == "away" and min(ends) < threshold.target < max(ends)
    if far and all(beyond_fail) and not crosses:
        return Mark.FAIL, f"The value and its interval lie {failed}."
    if far:
        return Mark.ATTENTION, f"The value lies {failed}; its interval does not exclude better."
    if threshold.reached(figure.value, threshold.attention):
        return Mark.ATTENTION, f"The value lies {warned}."
    if any(beyond_fail):
        return Mark.ATTENTION, f"The sample cannot exclude a value {failed}."
    return Mark.PASS, f"The value does not lie {warned}, nor its interval {failed}."


def _level(threshold: Threshold, level: float) -> str:
    far = threshold.worse == "away"
    return f"more than {level:g} from {threshold.target:g}" if far else f"{threshold.worse} {level:g}"


def by_p(method: Method, limits: Thresholds, p_value: float, rows: int, **facts: Any) -> Evidence:
    """Evidence that stands by a p-value (already corrected, where several tests were made). NaN is NOT EVALUATED."""
    if not isfinite(p_value):
        return not_evaluated(method, "The test does not exist on these rows.", rows, **facts)
    threshold = limits[method.id]
    mark, reason = mark_p(threshold, p_value)
    return _evidence(method, mark, reason, rows, p_value=p_value, threshold=threshold, **facts)


def marked(method: Method, limits: Thresholds, mark: Mark, reason: str, rows: int, **facts: Any) -> Evidence:
    """Evidence whose mark is already known, beside the threshold of its method."""
    return _evidence(method, mark, reason, rows, threshold=limits[method.id], **facts)


def mark_p(threshold: Threshold, p_value: float) -> tuple[Mark, str]:
    """Fails and attention where the p-value is below the levels of significance."""
    if p_value < threshold.fail:
        return Mark.FAIL, f"H0 is rejected at {threshold.fail:g}."
    if p_value < threshold.attention:
        return Mark.ATTENTION, f"H0 is rejected at {threshold.attention:g}, and not at {threshold.fail:g}."
    return Mark.PASS, f"H0 is not rejected at {threshold.attention:g}; that does not prove it."


def mark_tolerance(threshold: Threshold, p_beyond: float, p_within: float) -> tuple[Mark, str]:
    """Three states against a tolerance: beyond it is shown, within it is shown, or neither.

    `p_beyond` is of H0 that the tolerance is kept (after correction), `p_within` of H0 that it is not; the levels of
    the threshold are of the first, and 0.05 is that of the second, as in any test of non-inferiority.
    """
    if p_beyond < threshold.attention:
        return mark_p(threshold, p_beyond)
    if p_within < ALPHA:
        return Mark.PASS, f"More than the tolerance is excluded at {ALPHA:g}."
    return Mark.NOT_SHOWN, "Neither more than the tolerance nor less is shown: the sample is too small for either."


def not_evaluated(method: Method, reason: str, rows: int, **facts: Any) -> Evidence:
    """What could not be judged, and why; a figure that is known may still stand beside it."""
    return _evidence(method, Mark.NOT_EVALUATED, reason, rows, **facts)


def _evidence(
    method: Method, mark: Mark, reason: str, rows: int, figure: Interval | None = None, **facts: Any
) -> Evidence:
    result = Evidence(method, mark, reason, rows, **{**facts, **_finite(facts)})
    if figure is None:
        return result
    return replace(result, value=_plain(figure.value), low=_plain(figure.low), high=_plain(figure.high))


def _finite(facts: dict[str, Any]) -> dict[str, float | None]:
    return {key: _plain(facts[key]) for key in ("statistic", "p_value") if facts.get(key) is not None}


def _plain(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def worst(marks: Iterable[Mark]) -> Mark:
    """The heaviest; NOT EVALUATED only where there is nothing else."""
    order = (Mark.FAIL, Mark.ATTENTION, Mark.NOT_SHOWN, Mark.PASS, Mark.BESIDE, Mark.NOT_EVALUATED)
    return min(marks, key=order.index, default=Mark.NOT_EVALUATED)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], key: str = "") -> Table:
    """A table of plain Python values; what is not a finite number is None."""
    return Table(title, tuple(columns), tuple(tuple(_cell(value) for value in row) for row in rows), key)


def _cell(value: Any) -> Cell:
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, float):
        return value if isfinite(value) else None
    return value if value is None or isinstance(value, bool | int) else str(value)
