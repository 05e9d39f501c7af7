"""The statement of each dialect: parsed by a parser of that dialect, run by the databases that are at hand."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from code_export.cases import HARD, POLICY, STRICT, saved
from samples import FEATURES

from riskmodel import code_export
from riskmodel.code_export import Decider
from riskmodel.config import Scoring
from riskmodel.core import Scale
from riskmodel.errors import RiskModelError
from riskmodel.workflows.code_export import CodeOptions, engines, export_code, exporting


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(exporting, "MADE_UP", 3_000)


@pytest.mark.parametrize("dialect", list(code_export.DIALECTS))
def test_each_dialect_is_the_one_of_its_database(dialect, fitted, tmp_path):
    sqlglot = pytest.importorskip("sqlglot")
    folder = saved(replace(fitted("xgb"), features=HARD), tmp_path / "bundle", STRICT[1])
    export_code(folder, tmp_path / "m.sql", "sql", CodeOptions(dialect, "bank.applications", "loan id"))
    names = {"ansi": None, "sqlserver": "tsql"}
    [parsed] = sqlglot.parse((tmp_path / "m.sql").read_text(), dialect=names.get(dialect, dialect))
    assert [column.alias_or_name for column in parsed.selects][:5] == ["id", "pd", "points", "grade", "decision"]
    tables = {table.sql() for table in parsed.find_all(sqlglot.exp.Table) if not table.name.startswith("step_")}
    assert tables == {"bank.applications"}
    columns = {column.name for column in parsed.find_all(sqlglot.exp.Column)}
    assert {"loan id", 'uti\'l "x"', "income", "purpose", "term"} <= columns


def test_points_round_halves_to_even(fitted, tmp_path):
    """A scale of 0 points to double the odds leaves every application with the base points, here at a half."""

    scorer = fitted("scorecard")
    for base, rounded in ((600.5, 600), (601.5, 602)):
        decider = Decider(scorer, POLICY, Scale(0.0, base), Scoring(), {}, scorer.sha256)
        rows = exporting.raw_rows.made_up(scorer, 50)
        for name in ("sqlite", "duckdb"):
            answer = engines.run_sql(code_export.select(decider, name, "applications"), name, rows)
            assert {p for p in answer["points"] if p is not None} == {rounded}


def test_spark_itself_runs_the_statement(fitted, tmp_path):
    """Its text has escapes of its own, and its planner might write one step into the next."""
    sql = pytest.importorskip("pyspark.sql")
    scorer = replace(fitted("xgb"), features=HARD)
    decider = Decider(scorer, POLICY, Scale(), STRICT[1], {"income": "it's \\ low"}, scorer.sha256)
    rows = exporting.raw_rows.made_up(scorer, 300)
    spark = sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    whole = pa.Table.from_batches([rows.append_column("id", pa.array(range(300)))])
    spark.createDataFrame(whole).createOrReplaceTempView("loans")
    answer = spark.sql(code_export.select(decider, "spark", "loans")).toArrow().sort_by("id").to_pydict()
    due = engines.run_sql(code_export.select(decider, "sqlite", "applications"), "sqlite", rows)
    np.testing.assert_allclose(np.array(answer["pd"], float), np.array(due["pd"], float), atol=1e-9)
    for name in ("decision", "grade", "reason_1", "reason_2", "why"):
        assert answer[name] == list(due[name])


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (CodeOptions(table="loans; DROP TABLE loans"), "the table must be a name without"),
        (CodeOptions(table=" "), "the table must be a name without"),
        (CodeOptions(id_column=""), "the id must be a name without"),
    ],
)
def test_names_that_end_the_statement_are_refused(options, reason, fitted, tmp_path):
    with pytest.raises(RiskModelError, match=reason):
        export_code(saved(fitted("lgbm"), tmp_path / "bundle"), tmp_path / "m.sql", "sql", options)
    assert not (tmp_path / "m.sql").exists()


def test_sql_server_compares_letters_of_all_alphabets_one_by_one(fitted):
    words = replace(FEATURES[2], categories=("Bär", "bär", "Łódź", "home", "school"))
    scorer = replace(fitted("lgbm"), features=(*FEATURES[:2], words, *FEATURES[3:]))
    decider = Decider(scorer, POLICY, Scale(), Scoring(), {}, scorer.sha256)
    text = code_export.select(decider, "sqlserver", "loans", reasons=False)
    assert "COLLATE Latin1_General_BIN2 AS r2" in text
    assert "WHEN N'Bär' THEN 0 WHEN N'bär' THEN 1 WHEN N'Łódź' THEN 2" in text
