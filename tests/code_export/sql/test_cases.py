"""The statement's CASEs and reasons: short, and read in the same way whichever branch goes first."""

import sqlite3

import numpy as np
import pytest

from riskmodel.code_export.sql import DIALECTS
from riskmodel.code_export.sql.cases import added, columns, rule_text
from riskmodel.trees.conditions import Condition, case

VALUES = [None, -2.0, -1.0, 0.0, 1.0, 2.0]
CONDITIONS = [
    (Condition(0, "above", 1.0), lambda value: value is not None and value > 1),
    (Condition(0, "at_most", -1.0), lambda value: value is not None and value <= -1),
    (Condition(0, "in", codes=(1, 2)), lambda value: value in {1, 2}),
    (Condition(0, "zero"), lambda value: value == 0),
    (Condition(0, "missing"), lambda value: value is None),
]


@pytest.mark.parametrize(("condition", "holds"), CONDITIONS)
@pytest.mark.parametrize("longer", ["yes", "no"])
def test_a_question_and_its_opposite_part_all_values_alike(condition, holds, longer):
    branch = case(Condition(0, "above", -1e9), 3.0, 4.0)
    rule = case(condition, branch, 2.0) if longer == "yes" else case(condition, 2.0, branch)
    words = DIALECTS["sqlite"]
    asked = ", ".join(f"{text} AS {name}" for name, text in columns([rule], words).items())
    query = f"SELECT {rule_text(rule, words)} FROM (SELECT {asked} FROM given)"  # noqa: S608 - our own rule
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE given (f0)")
        connection.executemany("INSERT INTO given VALUES (?)", [(value,) for value in VALUES])
        answers = [row[0] for row in connection.execute(query)]
    below = [4.0 if value is None else 3.0 for value in VALUES]
    short = np.array([holds(value) for value in VALUES]) == (longer == "no")
    assert answers == np.where(short, 2.0, below).tolist()


def depth(text):
    """How deep parentheses nest."""
    deepest = level = 0
    for letter in text:
        level += {"(": 1, ")": -1}.get(letter, 0)
        deepest = max(deepest, level)
    return deepest


@pytest.mark.parametrize("count", [1, 2, 8, 9, 64, 1000])
def test_a_sum_has_every_part_once_and_is_as_deep_as_the_logarithm(count):
    text = added([f"v{i}" for i in range(count)])
    assert text.replace("(", "").replace(")", "").split(" + ") == [f"v{i}" for i in range(count)]
    assert depth(text) <= max(0, np.ceil(np.log2(count / 8)))


@pytest.mark.parametrize("longer", ["yes", "no"])
def test_a_chain_of_a_thousand_questions_is_one_case(longer):
    rule = 0.0
    for i in range(1000):
        other = float(i + 1)
        rule = case(Condition(0, "above", float(i)), *((rule, other) if longer == "yes" else (other, rule)))
    text = rule_text(rule, DIALECTS["ansi"])
    assert (text.count("CASE"), text.count("WHEN"), text.count("END")) == (1, 1000, 1)


def test_a_number_asks_nothing_and_needs_no_column():
    assert rule_text(2.5, DIALECTS["ansi"]) == "2.5E0"
    assert columns([2.5], DIALECTS["ansi"]) == {}


def test_each_side_of_a_feature_is_one_column_however_often_it_is_asked():
    rules = [case(condition, 1.0, 2.0) for condition, _ in CONDITIONS] * 2
    names = columns(rules, DIALECTS["ansi"])
    assert list(names) == ["code0", "f0", "high0", "low0"]
    assert names["f0"] == "f0"
    assert all("COALESCE(f0, " in text for name, text in names.items() if name != "f0")
