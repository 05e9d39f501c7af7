"""Reasons ranked in SQL are the largest effects, ties by place, however many trees a step takes together."""

import sqlite3
from types import SimpleNamespace

import pyarrow as pa
import pytest
from code_export.hand_made import ASIDE, MILD, decider, raw_rows, same

from riskmodel.code_export import select
from riskmodel.code_export.sql import arrays, cases, ranking
from riskmodel.code_export.sql.dialects import DIALECTS
from riskmodel.workflows.code_export import engines


def table(rows):
    columns = {"first": pa.array([row["first"] for row in rows], pa.float64())}
    return pa.RecordBatch.from_pydict({**columns, "level": pa.array([row["level"] for row in rows], pa.string())})


@pytest.mark.parametrize(("rules", "scoring"), [("lightgbm", MILD), ("xgboost", ASIDE)])
@pytest.mark.parametrize("wide", [1, 250])
def test_a_statement_answers_as_the_scorer_whatever_a_step_takes(rules, scoring, wide, monkeypatch):
    monkeypatch.setattr(ranking, "WIDE", wide)
    made, rows = decider(11, rules, scoring, {"first": "it's first", "level": "its level"}), raw_rows()
    answers = engines.run_sql(select(made, "sqlite", engines.TABLE), "sqlite", table(rows))
    assert list(answers["why"]) == same(answers, made, rows)
    assert set(answers["model_sha256"]) == {"ab" * 32}


def gates(*widths):
    """Trees of one gate that has so many shares."""
    return [[SimpleNamespace(shares=dict.fromkeys(range(width - 1)))] for width in widths]


@pytest.mark.parametrize(
    ("widths", "batches"),
    [
        ((), []),
        ((100, 100, 50), [[0, 1, 2]]),
        ((100, 100, 51), [[0, 1], [2]]),
        ((900, 1, 249, 1), [[0], [1, 2], [3]]),  # one that is too wide goes alone
    ],
)
def test_trees_are_taken_together_while_their_gates_fit(widths, batches):
    assert list(ranking._batches(gates(*widths))) == batches


def ranked(effects, decision="decline"):
    """The places that the chain of steps names, for one application whose effects are given."""
    words, count = DIALECTS["sqlite"], len(effects)
    given = {"id": "1", "why": "NULL", "pd": "0.5", "points": "0", "grade": "'A'", "decision": f"'{decision}'"}
    before = f"SELECT {', '.join(f'{text} AS {name}' for name, text in given.items())}"
    before += "".join(f", {value!r} AS e{i}" for i, value in enumerate(effects))
    for _, columns in ranking._largest(count, words):
        before = f"SELECT {', '.join(columns)} FROM ({before})"  # noqa: S608 - our own
    names = ", ".join(f"which_{rank}" for rank in range(1, min(4, count) + 1))
    return list(sqlite3.connect(":memory:").execute(f"SELECT {names} FROM ({before})"))[0]  # noqa: S608, RUF015


@pytest.mark.parametrize(
    ("effects", "places"),
    [
        ((1.0, 3.0, 2.0), (1, 2, 0)),
        ((1.0, 1.0, 1.0), (0, 1, 2)),
        ((-1.0, 0.0, 2.0), (2, None, None)),
        ((5.0,), (0,)),
        ((-5.0,), (None,)),
        ((1.0, 2.0, 3.0, 4.0, 5.0, 6.0), (5, 4, 3, 2)),
        ((2.0, 7.0, 7.0, 7.0, 7.0, 7.0), (1, 2, 3, 4)),
    ],
)
def test_the_largest_come_first_ties_by_place_and_what_is_not_above_zero_never(effects, places):
    assert ranked(effects) == places


def test_ranks_beyond_the_last_feature_are_null():
    made = decider(texts={"first": "one", "level": "one"})
    assert len(made.short_effects) == 1
    named = ranking.named(made, DIALECTS["ansi"])
    assert named[0].startswith("CASE which_1 WHEN 0 THEN 'one'")
    assert named[1:] == [f"NULL AS reason_{rank}" for rank in (2, 3, 4)]


def test_spark_takes_four_steps_of_one_array_each_for_those_alone_who_are_not_approved():
    made, words = decider(), DIALECTS["spark"]
    asked = list(cases.columns(ranking.rules(made), words))
    steps = dict(ranking.ranked(made, words, asked))
    assert list(steps) == ["gates", "shares", "effects", "ranked"]
    new = [text for texts in steps.values() for text in texts if " AS " in text]
    assert len(new) == 5
    assert all(text.startswith("CASE WHEN decision <> 'approve' THEN ") for text in new)
    assert "SORT_ARRAY(ARRAY(STRUCT(-FLOOR(10000000000E0 * effects[0] + 0.5E0) AS effect, 0 AS place)" in new[-1]
    assert ranking.named(made, words)[1].startswith("CASE CASE WHEN ranked[1].effect < 0E0 THEN")


def test_names_become_places_and_numbers_doubles():
    places = {"g1": "gates[0]", "a1": "shares[0]"}
    assert arrays._of_gates("-.25*(g1*(1.5)+a1)", places) == "-.25D*(gates[0]*(1.5D)+shares[0])"
    assert arrays._of_features("CASE WHEN low1 > 1.5E-3 THEN 1 END", {"low1": "asked[0]"}) == (
        "CASE WHEN asked[0] > 1.5E-3 THEN 1 END"
    )
