"""The statement's CASEs and reasons: short, and read in the same way whichever branch goes first."""

import sqlite3

import numpy as np
import pytest

from riskmodel.code_export.sql import DIALECTS
from riskmodel.code_export.sql.cases import columns, rule_text
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
