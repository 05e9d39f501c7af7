"""One test made for many parts (groups, grades, features, periods): a row each, Holm over all, and the worst in front.

Parts that are too small keep their row, NOT EVALUATED with the reason; they take no share of the correction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Interval
from riskmodel.core.evidence import Evidence, Mark, Method, Table
from riskmodel.errors import DataError
from riskmodel.evaluation.grading import (
    by_p,
    by_value,
    mark_p,
    mark_tolerance,
    mark_value,
    marked,
    not_evaluated,
    table,
    worst,
)
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats.holm import holm
from riskmodel.stats.interval import NOT_EVALUATED

PARTS = "parts"  # the key of the table that lists them
COLUMNS = ("rows", "bads", "value", "low", "high", "p_value", "p_holm", "mark", "reason")


@dataclass(frozen=True)
class Subgroup:
    """What was found in one part of the rows; a `reason` says why nothing was."""

    name: str
    rows: int
    bads: int | None = None
    figure: Interval = NOT_EVALUATED
    p_value: float = float("nan")
    reason: str = ""
    more: tuple[Any, ...] = ()  # further cells of its row
    measure: str = ""  # where one part is judged by several
    p_within: float = float("nan")  # of H0: the tolerance is exceeded

    @property
    def key(self) -> tuple[str, str]:
        return self.name, self.measure


def by_parts(  # noqa: PLR0917 (method and limits stand first everywhere)
    method: Method,
    limits: Thresholds,
    parts: Sequence[Subgroup],
    rows: int,
    kind: str,
    more: Sequence[str] = (),
    **facts: Any,
) -> Evidence:
    """Evidence whose parts stand by their figures: the heaviest mark, and of these the figure farthest out.

    Give figures whose intervals hold together (Bonferroni), or the worst of many is too often beyond a threshold.
    """
    judged = [part for part in parts if not part.reason]
    threshold = limits[method.id]
    result = {part.key: mark_value(threshold, part.figure) for part in judged}
    listing = (_listed(method, kind, more, parts, adjusted(judged), result), *facts.pop("tables", ()))
    if not judged:
        return not_evaluated(method, _none(parts), rows, tables=listing, **facts)
    heaviest = worst(mark for mark, _ in result.values())
    front = max((part for part in judged if result[part.key][0] is heaviest), key=lambda p: _beyond(method, limits, p))
    return by_value(
        method, limits, front.figure, rows, about=front.name, measure=front.measure, tables=listing, **facts
    )


def _beyond(method: Method, limits: Thresholds, part: Subgroup) -> float:
    threshold = limits[method.id]
    if threshold.worse == "away":
        return abs(part.figure.value - threshold.target)
    return part.figure.value if threshold.worse == "above" else -part.figure.value


def by_parts_p(  # noqa: PLR0917
    method: Method,
    limits: Thresholds,
    parts: Sequence[Subgroup],
    rows: int,
    kind: str,
    more: Sequence[str] = (),
    **facts: Any,
) -> Evidence:
    """Evidence whose parts stand by their p-values after Holm: the smallest is in front."""
    judged = [part for part in parts if not part.reason]
    threshold, p_values = limits[method.id], adjusted(judged)
    result = {key: mark_p(threshold, p_value) for key, p_value in p_values.items()}
    listing = (_listed(method, kind, more, parts, p_values, result), *facts.pop("tables", ()))
    if not judged:
        return not_evaluated(method, _none(parts), rows, tables=listing, **facts)
    front = min(judged, key=lambda part: (p_values[part.key], part.p_value))
    figure = {"figure": front.figure, "about": front.name, "measure": front.measure, "tables": listing}
    return by_p(method, limits, p_values[front.key], rows, **figure, **facts)


def by_parts_tolerance(  # noqa: PLR0917
    method: Method,
    limits: Thresholds,
    parts: Sequence[Subgroup],
    rows: int,
    kind: str,
    more: Sequence[str] = (),
    **facts: Any,
) -> Evidence:
    """Evidence whose parts stand against a tolerance in three states; what is worst stands in front.

    Harm is shown after Holm over all parts. That there is none is claimed only where every part shows it, each at full
    level (Berger 1982); one part that shows neither keeps the whole from passing.
    """
    judged = [part for part in parts if not part.reason]
    threshold, p_values = limits[method.id], adjusted(judged)
    marks = {part.key: mark_tolerance(threshold, p_values[part.key], part.p_within) for part in judged}
    listing = (_listed(method, kind, more, parts, p_values, marks), *facts.pop("tables", ()))
    if not judged:
        return not_evaluated(method, _none(parts), rows, tables=listing, **facts)
    heaviest = worst(mark for mark, _ in marks.values())
    front = min(
        (part for part in judged if marks[part.key][0] is heaviest),
        key=lambda part: (p_values[part.key], part.p_value, -part.p_within),
    )
    undecided = sum(mark is Mark.NOT_SHOWN for mark, _ in marks.values())
    reason = marks[front.key][1]
    if heaviest is Mark.NOT_SHOWN:
        reason += f" So it is for {undecided} of {len(judged)}."
    figure = {"figure": front.figure, "about": front.name, "measure": front.measure, "tables": listing}
    return marked(method, limits, heaviest, reason, rows, p_value=p_values[front.key], **figure, **facts)


def reference_group(masks: Mapping[str, NDArray[np.bool_]], named: str | None) -> str:
    """The named group, or the largest. Raises: DataError for one group alone, or a name that no group has."""
    if len(masks) < 2:
        raise DataError(f"groups must be at least two to be compared, however: {len(masks)}")
    if named is not None and named not in masks:
        raise DataError(f"the reference must be among {', '.join(masks)}, however: {named}")
    return named or max(masks, key=lambda name: int(masks[name].sum()))


def adjusted(parts: Sequence[Subgroup]) -> Mapping[tuple[str, str], float]:
    """The p-values of the parts after Holm, by name and measure; without those that have none."""
    return holm({part.key: part.p_value for part in parts if part.p_value == part.p_value})


def _listed(  # noqa: PLR0917
    method: Method,
    kind: str,
    more: Sequence[str],
    parts: Sequence[Subgroup],
    p_values: Mapping[tuple[str, str], float],
    result: Mapping[tuple[str, str], tuple[Mark, str]],
) -> Table:
    rows = []
    for part in parts:
        mark, reason = result.get(part.key, (Mark.NOT_EVALUATED, part.reason))
        figure = (part.figure.value, part.figure.low, part.figure.high)
        tested = (part.p_value, p_values.get(part.key))
        rows.append((part.name, part.rows, part.bads, *figure, *tested, mark, reason, *part.more))
    return table(method.title, (kind, *COLUMNS, *more), rows, PARTS)


def _none(parts: Sequence[Subgroup]) -> str:
    return f"None of {len(parts)} can be judged: {parts[0].reason}" if parts else "There is nothing to compare."
