"""Features that number the rows, and an id that sorts like the outcome.

Whole numbers that all differ are told from quantities by the birthday problem: n values in a range of R share at least
n^2 / 2R values by chance, and most where they are spread evenly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from riskmodel.core import Column, Kind, Role, Schema
from riskmodel.datasets import encode
from riskmodel.datasets.leakage.ordering import by_score
from riskmodel.datasets.leakage.post_outcome_dates import spearman, with_time
from riskmodel.datasets.leakage.screening_view import Feature, ScreeningView
from riskmodel.datasets.leakage.suspect import Suspect, SuspectSeverity
from riskmodel.datasets.names import words

FEWEST = 100  # rows: among fewer, values may all differ
FOLLOWS = 0.70  # Spearman's correlation with time from which numbers were given one after the other
PAIRS = 10.0  # that would be equal by chance: none is then a matter of e^-10
SORTS_OUTCOME = 0.60  # the lower bound of the AUC of an id's order
_NAME = r"(^|_)(id|ids|uuid|guid|key|ref|reference|serial|no|nr|num|number)$"


def screen(feature: Feature, view: ScreeningView) -> Iterator[Suspect]:
    """At most one suspect: a different value in every row, or else a name that is an id's."""
    _, _, times = feature.distinct
    rows = len(feature.present)
    unique = rows >= FEWEST and len(times) == rows
    by_name = re.search(_NAME, "_".join(words(feature.name))) is not None
    if unique and (why := _numbers_rows(feature, view, by_name)):
        evidence = f"has a different value in each of the {rows:,} rows that have one, {why}"
        yield Suspect("id", feature.name, evidence, SuspectSeverity.BLOCKS, {"rows": float(rows)})
    elif by_name and rows >= FEWEST and len(times) > max(20, 0.1 * rows):
        evidence = (
            f"is named like an id, and has {len(times):,} values in {rows:,} rows; "
            "data.id, data.borrower or data.ignore may be meant"
        )
        yield Suspect("id", feature.name, evidence, SuspectSeverity.WARNS, {"values": float(len(times))})


def _numbers_rows(feature: Feature, view: ScreeningView, by_name: bool) -> str:
    """Why values that all differ are an id's; empty where they may be a quantity."""
    values, _, _ = feature.distinct
    if feature.column.kind is Kind.CATEGORICAL:
        return "as an id has"
    if (values != np.floor(values)).any():
        return ""
    rho = with_time(feature, view)
    if abs(rho) > FOLLOWS:
        return f"and sorts like time (Spearman {rho:+.3f})"
    pairs = len(values) ** 2 / (2 * (values[-1] - values[0] + 1))
    if pairs > PAIRS:
        return f"where at least {pairs:,.0f} pairs of a quantity would be equal by chance"
    return "and the name of an id" if by_name else ""


def of_schema(columns: Schema, view: ScreeningView) -> Iterator[Suspect]:
    """What the order of the id says: no scorer is given it, but the table may have been made by it."""
    for column in columns.named(Role.ID):
        yield from _order(column, view)


def _order(column: Column, view: ScreeningView) -> Iterator[Suspect]:
    try:
        numbers = encode.levels(view.column(column.name), column.name).cast("float64")
    except pa.ArrowInvalid:
        return  # an id that is no number has no order
    values = encode.numbers(numbers, column.name)
    present = ~np.isnan(values)
    if present.sum() < FEWEST or len(np.unique(view.default[present])) < 2:
        return
    order = by_score(values[present], view.default[present])
    order = max((order, order.turned), key=lambda one: one.auc)
    if order.lowest_auc > SORTS_OUTCOME:
        evidence = f"sorts like the outcome (AUC {order.auc:.3f} of its order): it was numbered after the outcome"
        yield Suspect("id order", column.name, evidence, SuspectSeverity.WARNS, {"auc": order.auc})
    if view.order is not None and abs(rho := spearman(values, view.order)) > FOLLOWS:
        evidence = f"sorts like time (Spearman {rho:+.3f}): it must stay an id, never a feature"
        yield Suspect("id order", column.name, evidence, SuspectSeverity.NOTES, {"spearman": rho})
