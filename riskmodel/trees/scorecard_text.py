"""Look-up tables as lines of text, so that a person with a pencil gets the margin that the model gets.

Limits and points are spelt so that they read back to the same number. A line counts when all its conditions hold; of
each table exactly one line counts, the first that does ("other" stands last); the points of all tables add up.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Literal

import numpy as np

from riskmodel.core import Column
from riskmodel.trees.lookup_tables import Axis, LookupTable


@dataclass(frozen=True)
class ScorecardCondition:
    """What a line asks of one feature; an empty limit is no limit."""

    feature: str
    kind: Literal["missing", "between", "category", "other"]
    above: str = ""
    up_to: str = ""
    category: str = ""


@dataclass(frozen=True)
class Line:
    """One cell of one table; the intercept has no conditions."""

    table: int
    conditions: tuple[ScorecardCondition, ...]
    points: float


def lines(tables: Sequence[LookupTable], features: Sequence[Column]) -> tuple[Line, ...]:
    """All cells of all tables, in words; `features` are the columns of the scorer, in their order."""
    return tuple(
        Line(number, conditions, float(points))
        for number, table in enumerate(tables)
        for conditions, points in zip(
            product(*(list(_conditions(axis, features[axis.feature])) for axis in table.axes)),
            np.ravel(table.points),
            strict=True,
        )
    )


def _conditions(axis: Axis, column: Column) -> Iterator[ScorecardCondition]:
    yield ScorecardCondition(column.name, "missing")
    if axis.codes is None:
        for above, up_to in pairwise(("", *map(repr, axis.edges), "")):
            yield ScorecardCondition(column.name, "between", above, up_to)
    else:
        for code in axis.codes:
            named = code < len(column.categories)
            yield ScorecardCondition(column.name, "category", category=column.categories[code] if named else str(code))
        yield ScorecardCondition(column.name, "other")


HEADER = ("feature", "kind", "above", "up_to", "category")


def as_csv(printed: Sequence[Line]) -> str:
    """One line a cell: table, the first condition, the second (its columns end in _2), points."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["table", *HEADER, *(f"{name}_2" for name in HEADER), "points"])
    for line in printed:
        cells = [value for condition in line.conditions for value in vars(condition).values()]
        writer.writerow([line.table, *cells, *[""] * (2 * len(HEADER) - len(cells)), repr(line.points)])
    return text.getvalue()
