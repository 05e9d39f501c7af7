"""What C makes of a raw value is what the table's own reader makes of it: read as an expression, value by value."""

from dataclasses import replace
from math import inf, isinf, isnan, nan
from types import SimpleNamespace

import pytest

from riskmodel.code_export.c.raw_values import faults, given
from riskmodel.config import Scoring
from riskmodel.core import Column, Kind

NUMBER = Column("income", low=0.0, high=100.0)
CODED = replace(NUMBER, codes=(-9.0, 999.0))
MARK = Column("income is -9", codes=(-9.0,), source="income")
LEVEL = Column("purpose", kind=Kind.CATEGORICAL, categories=("car", "home"))
VALUES = [-9.0, -1.0, 0.0, 50.0, 100.0, 100.5, 999.0, inf, -inf, nan]


def decider(**rules):
    return SimpleNamespace(scoring=Scoring(**rules))


def in_c(text, value):
    """An expression of C with one question at most, as Python reads it."""
    plain = text.replace("||", " or ").replace("&&", " and ").replace("!isinf", "not isinf")
    names = {"x": value, "isinf": isinf, "isnan": isnan, "NAN": nan}
    question, mark, ways = plain.partition(" ? ")
    if not mark:
        return eval(plain, names)  # noqa: S307 - our own words
    yes, _, no = ways.partition(" : ")
    return eval(yes if eval(question, names) else no, names)  # noqa: S307


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("rule", ["accept", "missing", "refuse", "quarantine"])
def test_a_number_is_itself_unless_it_is_a_code_or_infinite_or_ruled_out(rule, value):
    made = in_c(given(CODED, decider(out_of_range=rule), "x"), value)
    outside = rule == "missing" and not 0 <= value <= 100
    if value in CODED.codes or isinf(value) or isnan(value) or outside:
        assert isnan(made)
    else:
        assert made == value


@pytest.mark.parametrize("value", VALUES)
def test_a_mark_is_one_where_its_code_stands_and_asks_for_nothing_else(value):
    assert in_c(given(MARK, decider(), "x"), value) == (value == -9.0)
    assert list(faults(MARK, decider(wrong_type="refuse", missing_value="refuse", out_of_range="refuse"), "x")) == []


@pytest.mark.parametrize(("code", "due"), [(0.0, 0.0), (1.0, 1.0), (-1.0, nan), (nan, nan)])
def test_a_level_is_its_code_and_an_unseen_one_is_missing(code, due):
    made = in_c(given(LEVEL, decider(), "x"), code)
    assert made == due or (isnan(made) and isnan(due))


def broken_by(column, value, **rules):
    return {why for why, condition in faults(column, decider(**rules), "x") if in_c(condition, value)}


@pytest.mark.parametrize("aside", ["refuse", "quarantine"])
@pytest.mark.parametrize(
    ("column", "rule", "why", "values"),
    [
        (NUMBER, "wrong_type", "wrong type", {inf, -inf}),
        (NUMBER, "missing_value", "missing value", {"nan"}),
        (NUMBER, "out_of_range", "out of range", {-9.0, -1.0, 100.5, 999.0}),
        (CODED, "out_of_range", "out of range", {-1.0, 100.5}),
    ],
)
def test_a_rule_sets_aside_the_values_that_break_it_and_no_others(column, rule, why, values, aside):
    calm = {"wrong_type": "missing", "missing_value": "accept", "out_of_range": "accept"}
    column = replace(column, nullable=False)
    broken = {"nan" if isnan(v) else v for v in VALUES if why in broken_by(column, v, **{**calm, rule: aside})}
    assert broken == values
    assert not any(broken_by(column, v, **calm) for v in VALUES)


def test_where_train_had_gaps_a_missing_value_breaks_no_rule():
    assert broken_by(replace(NUMBER, nullable=True), nan, missing_value="refuse") == set()


@pytest.mark.parametrize(("other", "due"), [(False, {"unseen level"}), (True, set())])
def test_an_unseen_level_breaks_its_rule_unless_there_is_a_level_for_others(other, due):
    column = replace(LEVEL, categories=("car", "home", "other"), other=other)
    assert broken_by(column, -1.0, unseen="quarantine") == due
    assert broken_by(column, 1.0, unseen="quarantine") == set()


def test_without_a_range_no_number_is_outside():
    assert broken_by(Column("age"), 1e9, out_of_range="refuse") == set()
