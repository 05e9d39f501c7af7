"""Each step of the statement, run by SQLite alone: rounding, edges, flat ends, faults and features."""

import math
import sqlite3
from dataclasses import replace
from types import SimpleNamespace

import pytest
from code_export.hand_made import ASIDE, COLUMNS, MILD, POLICY
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.code_export.decider import spellings
from riskmodel.code_export.sql import steps
from riskmodel.code_export.sql.dialects import DIALECTS
from riskmodel.config import Scoring
from riskmodel.core import Kind, Scale

WORDS = DIALECTS["sqlite"]


def decider(*features, scoring=MILD, scale=Scale()):  # noqa: B008 - frozen
    features = features or COLUMNS
    columns = tuple(dict.fromkeys(feature.read_from for feature in features))
    named = SimpleNamespace(features=features, columns=columns, policy=POLICY, scoring=scoring, scale=scale)
    named.spellings = spellings
    return named


def ask(expression, **row):
    """What SQLite makes of an expression on one row."""
    connection = sqlite3.connect(":memory:")
    connection.create_function("exp", 1, lambda x: None if x is None else math.exp(x))
    connection.create_function("floor", 1, lambda x: None if x is None else float(math.floor(x)))
    columns = ", ".join(f"? AS {name}" for name in row) or "1"
    return connection.execute(f"SELECT {expression} FROM (SELECT {columns})", list(row.values())).fetchone()[0]  # noqa: S608


@settings(max_examples=40, deadline=None)
@given(st.floats(-700, 700))
def test_a_pd_is_the_logistic_function_between_the_flat_ends(margin):
    due = 1 / (1 + math.exp(-margin)) if margin >= 0 else math.exp(margin) / (1 + math.exp(margin))
    assert ask(steps.pd(WORDS), margin=margin, why=None) == pytest.approx(due, rel=1e-9, abs=1e-300)


def test_beyond_the_flat_ends_a_pd_is_zero_or_one_and_who_is_set_aside_has_none():
    assert [ask(steps.pd(WORDS), margin=margin, why=None) for margin in (701.0, -701.0)] == [1.0, 0.0]
    assert ask(steps.pd(WORDS), margin=0.0, why="x: missing value") is None


@pytest.mark.parametrize("value", [0.5, 1.5, 2.5, -0.5, -1.5, 2.4999, 2.5001, -3.7, 600.0])
def test_points_round_halves_to_even(value):
    _, rounded = steps.points(decider(), WORDS)
    assert ask(rounded, exact_points=value, pd=0.1) == round(value)
    assert ask(rounded, exact_points=value, pd=None) is None


def test_the_exact_points_are_those_of_the_scale():
    scale = Scale(50.0, 500.0, 20.0)
    exact, _ = steps.points(decider(scale=scale), WORDS)
    assert ask(exact, margin=-1.25) == pytest.approx(scale.points(-1.25))


@pytest.mark.parametrize("edge", [0.0, 0.05, 0.2, 0.4, 1.0])
def test_a_pd_on_an_edge_belongs_above_it(edge):
    for pd in {max(0.0, math.nextafter(edge, 0)), edge, min(1.0, math.nextafter(edge, 1))}:
        assert ask(steps.grade(decider(), WORDS), pd=pd) == POLICY.grade(pd)
        assert ask(steps.decision(decider(), WORDS), pd=pd) == POLICY.decision(pd)
    assert ask(steps.grade(decider(), WORDS), pd=None) is None
    assert ask(steps.decision(decider(), WORDS), pd=None) is None


def feature(place, raw, *features, scoring=MILD):
    made = decider(*features, scoring=scoring)
    return ask(steps.features(made, WORDS)[place].rpartition(" AS ")[0], r0=raw, r1=raw)


@pytest.mark.parametrize(
    ("raw", "number", "indicator"),
    [
        (1.0, 1.0, 0),
        (-9.0, None, 1),
        (2.5, None, 0),
        (2.0, 2.0, 0),
        (2.1, None, 0),
        (math.inf, None, 0),
        (None, None, 0),
    ],
)
def test_a_number_is_missing_where_it_is_a_code_or_outside(raw, number, indicator):
    assert (feature(0, raw), feature(1, raw)) == (number, indicator)
    if raw == 2.1:
        assert feature(0, raw, scoring=Scoring()) == raw  # where the range is not held against it


def test_levels_are_codes_and_others_are_missing_or_the_other_one():
    plain = replace(COLUMNS[2], name="c", categories=("a", "it's"))
    assert [feature(0, raw, plain) for raw in ("a", "it's", "NA", "x", None)] == [0, 1, None, None, None]
    other = replace(plain, categories=("a", "rest"), other=True)
    assert [feature(0, raw, other) for raw in ("a", "NA", "x", None)] == [0, None, 1, None]
    assert feature(0, "a", replace(plain, categories=())) is None


def test_every_fault_is_spelt_in_order_behind_the_first():
    text = steps.why(decider(scoring=ASIDE), WORDS)
    assert ask(text, id=1, r0=1.0, r1="level 1") is None
    assert ask(text, id=1, r0=math.inf, r1="x") == "first: wrong type; level: unseen level"
    assert ask(text, id=1, r0=None, r1=None) == "first: missing value"
    assert ask(text, id=1, r0=2.1, r1="x") == "first: out of range; level: unseen level"
    assert ask(text, id=1, r0=-9.0, r1="NA") is None
    assert ask(text, id=None, r0=1.0, r1="level 1") == "id: missing value"


def test_nothing_but_the_id_is_asked_where_no_rule_sets_aside():
    lenient = Scoring(wrong_type="missing")
    text = steps.why(decider(replace(COLUMNS[0], nullable=True), scoring=lenient), WORDS)
    assert [ask(text, id=1, r0=math.inf), ask(text, id=None, r0=1.0)] == [None, "id: missing value"]


def test_what_becomes_of_a_fault_is_known_for_each():
    faults = {(fault.column, fault.what): fault for fault in steps.faults(decider(scoring=ASIDE), WORDS)}
    assert {key: fault.policy for key, fault in faults.items()} == {
        ("first", "wrong type"): "quarantine",
        ("first", "missing value"): "refuse",
        ("first", "out of range"): "quarantine",
        ("level", "unseen level"): "quarantine",
    }
    assert all(fault.sets_aside for fault in faults.values())
    assert not any(fault.sets_aside for fault in steps.faults(decider(), WORDS) if fault.policy == "missing")


def test_a_nullable_column_and_a_level_with_an_other_have_no_such_fault():
    features = replace(COLUMNS[0], nullable=True, low=None), replace(COLUMNS[2], other=True)
    assert [fault.what for fault in steps.faults(decider(*features, scoring=ASIDE), WORDS)] == ["wrong type"]


@pytest.mark.parametrize("name", list(DIALECTS))
def test_raw_columns_are_text_for_levels_and_numbers_else(name):
    id_, first, level = steps.raw(decider(), DIALECTS[name], "loan id")
    assert id_.endswith(" AS id")
    assert first.endswith(" AS r0")
    assert DIALECTS[name].number in first
    assert DIALECTS[name].text in level
    assert ("IS_NAN" in first) is (name == "bigquery")  # there NaN equals nothing


def test_a_column_that_is_read_twice_stays_a_number():
    features = (COLUMNS[1], replace(COLUMNS[0], kind=Kind.NUMERIC))
    assert len(steps.raw(decider(*features), WORDS, "id")) == 2
