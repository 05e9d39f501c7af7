"""The printed scorecard against the native model, added up by a reader who knows nothing else of it."""

import csv
import io
from itertools import groupby

import numpy as np
import pytest
from samples import FEATURES

from riskmodel import pruning
from riskmodel.trees.lookup_tables import Axis, LookupTable, tables
from riskmodel.trees.scorecard_text import Line, ScorecardCondition, as_csv, lines

TOLERANCE = {"lgbm": 1e-9, "xgb": 1e-5}


def holds(line, applicant, nth):
    value, kind = applicant.get(line["feature" + nth]), line["kind" + nth]
    if kind in ("", "other"):
        return True
    if kind == "missing" or value is None:
        return kind == "missing" and value is None
    if kind == "category":
        return value == line["category" + nth]
    return not (line["above" + nth] and value <= float(line["above" + nth])) and not (
        line["up_to" + nth] and value > float(line["up_to" + nth])
    )


def by_hand(text, applicant):
    """The sum of the first line of each table whose conditions hold."""
    of_tables = groupby(csv.DictReader(io.StringIO(text)), key=lambda line: line["table"])
    first = (
        next(line for line in part if holds(line, applicant, "") and holds(line, applicant, "_2"))
        for _, part in of_tables
    )
    return sum(float(line["points"]) for line in first)


def as_applicant(row):
    """What stands on the application form: names, numbers and words; nothing where nothing was filled in."""
    values = {}
    for column, value in zip(FEATURES, row, strict=True):
        if not np.isnan(value):
            known = value < len(column.categories)
            values[column.name] = (
                (column.categories[int(value)] if known else str(int(value))) if column.categories else value
            )
    return values


@pytest.mark.parametrize("kind", TOLERANCE)
@pytest.mark.parametrize("most", [1, 2])
def test_the_printed_tables_added_by_hand_give_the_native_margin(kind, most, fitted, development, fresh):
    scorer, pruner = fitted(kind), pruning.make("max_interaction", {"features_per_tree": most})
    small = pruner.apply(pruner.plan(scorer, development, 1.0), scorer, development)
    text = as_csv(lines(tables(small.ensemble), small.features))
    rows = fresh.matrix[:150].copy()
    rows[0::9, 0], rows[1::9, 1], rows[2::9, 2], rows[3::9, 2], rows[4::9, 1] = np.inf, -np.inf, np.nan, 77, np.nan
    added = [by_hand(text, as_applicant(row)) for row in rows]
    np.testing.assert_allclose(added, small.raw_margin(rows), rtol=0, atol=TOLERANCE[kind])


def test_a_line_says_what_it_asks_in_the_words_of_the_form():
    grid = LookupTable((Axis(0, edges=(1.5,)), Axis(2, codes=(1,))), np.arange(9.0).reshape(3, 3))
    printed = lines([LookupTable((), np.array(-2.0)), grid], FEATURES)
    assert printed[0] == Line(0, (), -2.0)
    assert printed[5] == Line(
        1,
        (ScorecardCondition("income", "between", "", "1.5"), ScorecardCondition("purpose", "category", category="car")),
        4.0,
    )
    assert as_csv(printed).splitlines()[6] == "1,income,between,,1.5,,purpose,category,,,car,4.0"
    assert len(printed) == 10


def test_a_category_without_a_name_is_printed_as_its_code():
    [line] = [
        one
        for one in lines([LookupTable((Axis(2, codes=(40,)),), np.zeros(3))], FEATURES)
        if one.conditions[0].category
    ]
    assert line.conditions[0].category == "40"
