"""Reasons ranked in SQL are the largest effects, ties by place, however many trees a step takes together."""

import sqlite3
from types import SimpleNamespace

import pyarrow as pa
import pytest
from code_export.hand_made import ASIDE, MILD, decider, raw_rows, same

from riskmodel.code_export import select
from riskmodel.code_export.sql import ranking
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


def test_spark_sorts_pairs_in_one_step():
    made = decider()
    steps = ranking.ranked(made, DIALECTS["spark"], [])
    assert [name for name, _ in steps][-2:] == ["whole units", "ranked"]
    assert "SORT_ARRAY(ARRAY(STRUCT(-e0 AS effect, 0 AS place), STRUCT(-e1 AS effect, 1 AS place)))" in steps[-1][1][-1]
    assert ranking.named(made, DIALECTS["spark"])[1].startswith("CASE CASE WHEN GET(ranked, 1).effect < 0E0 THEN")
