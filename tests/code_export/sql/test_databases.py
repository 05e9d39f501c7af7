"""Real databases answer what `score` answers: NULL, NaN, infinite and unheard-of values, codes, every rule."""

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import postgres_sql
import pyarrow as pa
import pytest
import servers
from code_export.cases import HARD, POLICY, STRICT

from riskmodel import bundle
from riskmodel.batch import Chunk
from riskmodel.code_export import Decider, select
from riskmodel.core import Scale
from riskmodel.workflows.code_export import engines, exporting, raw_rows

ABSENT = servers.why_no_postgres()


@pytest.fixture(scope="module")
def postgres():
    if ABSENT:
        pytest.skip(ABSENT)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # PostgreSQL's user cannot enter pytest's own
        with servers.postgres(Path(folder) / "postgres") as uri, postgres_sql.connected(uri) as connection:
            yield connection


@pytest.fixture
def answered(request):
    """By the name of a database, how it is asked."""

    def ask(name, statement, rows):
        if name == "postgres":
            return postgres_sql.answer(request.getfixturevalue("postgres"), statement, rows)
        return engines.run_sql(statement, name, rows)

    return ask


def with_nan(rows):
    """Half of what is missing among numbers is NaN there, where a table may have both."""
    columns = {}
    for name, column in zip(rows.schema.names, rows.columns, strict=True):
        if pa.types.is_floating(column.type):
            values = enumerate(column.to_pylist())
            columns[name] = pa.array(
                [np.nan if value is None and i % 2 else value for i, value in values], pa.float64()
            )
        else:
            columns[name] = column
    return pa.RecordBatch.from_pydict(columns)


@pytest.mark.parametrize("database", ["duckdb", "sqlite", "postgres"])
@pytest.mark.parametrize(("kind", "scoring"), zip(["lgbm", "xgb"] * 2, STRICT, strict=True))
def test_a_database_answers_as_score(kind, scoring, database, fitted, answered):
    scorer = replace(fitted(kind), features=HARD)
    decider = Decider(scorer, POLICY, Scale(), scoring, {"income": 'it\'s \\ "low"'}, scorer.sha256)
    rows = with_nan(raw_rows.made_up(scorer, 1_000, seed=5))
    saved = bundle.pack(scorer, POLICY, {}, {}, scoring, reasons=decider.texts)
    due = exporting._expected(Chunk.from_bundle(saved), rows)
    answer = answered(database, select(decider, database, engines.TABLE), rows)
    parity = exporting._parity(due, answer, first_fault=False)
    assert parity["rows"] == 1_000
    assert parity["largest_pd_change"] <= 1e-9
    assert {*due["decision"]} >= {"approve", "refer", "decline"}
    assert [why is None for why in answer["why"]] == [one is not None for one in due["decision"]]
