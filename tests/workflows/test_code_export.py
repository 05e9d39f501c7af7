"""A model as SQL and as C: run by a database and by a compiler, it answers what `score` answers, or is not written."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from samples import FEATURES
from workflows.code_cases import HARD, POLICY, STRICT

from riskmodel import bundle, code_export
from riskmodel.code_export import Decider, json_reader
from riskmodel.config import Scoring
from riskmodel.core import Calibration, Scale
from riskmodel.errors import DataError, RiskModelError, UnsupportedScorer
from riskmodel.workflows.code_export import CodeOptions, engines, export_code, exporting, in_words

FORMS = ["sql", "json", *(["c"] if engines.compiler() else [])]
DATABASES = ["sqlite", "duckdb"]


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(exporting, "MADE_UP", 3_000)


def _saved(scorer, folder, scoring=None, **more):
    bundle.save(bundle.pack(scorer, POLICY, {"id": "loan"}, {}, scoring or Scoring(), **more), folder)
    return folder


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["lgbm", "xgb", "scorecard", "blend"])
def test_every_answer_is_that_of_score(kind, form, fitted, tmp_path):
    saved = _saved(fitted(kind), tmp_path / "bundle")
    certificate = export_code(saved, tmp_path / "m.txt", form)
    assert certificate["parity"]["rows"] == 3_000
    assert certificate["parity"]["largest_pd_change"] <= 1e-9
    assert certificate == json.loads((tmp_path / "m.txt.json").read_bytes())
    content = (tmp_path / "m.txt").read_bytes()
    assert certificate["file"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert "every decision, grade and point is that of score" in in_words(certificate, tmp_path / "m.txt")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("scoring", STRICT)
@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
def test_codes_levels_ranges_and_rules_are_those_of_score(kind, scoring, form, fitted, tmp_path):
    scorer = replace(fitted(kind), features=HARD)
    texts = {"income": "Income is too low: \"x\" or 'y'?", "term": "Income is too low: \"x\" or 'y'?"}
    saved = _saved(scorer, tmp_path / "bundle", scoring, reasons=texts)
    for name in DATABASES if form == "sql" else ["ansi"]:
        export_code(saved, tmp_path / name, form, CodeOptions(name))


@pytest.mark.parametrize("dialect", list(code_export.DIALECTS))
def test_each_dialect_is_the_one_of_its_database(dialect, fitted, tmp_path):
    sqlglot = pytest.importorskip("sqlglot")
    saved = _saved(replace(fitted("xgb"), features=HARD), tmp_path / "bundle", STRICT[1])
    export_code(saved, tmp_path / "m.sql", "sql", CodeOptions(dialect, "bank.applications", "loan id"))
    names = {"ansi": None, "sqlserver": "tsql"}
    [parsed] = sqlglot.parse((tmp_path / "m.sql").read_text(), dialect=names.get(dialect, dialect))
    assert [column.alias_or_name for column in parsed.expressions][:5] == ["id", "pd", "points", "grade", "decision"]
    tables = {table.sql() for table in parsed.find_all(sqlglot.exp.Table) if not table.name.startswith("step_")}
    assert tables == {"bank.applications"}
    columns = {column.name for column in parsed.find_all(sqlglot.exp.Column)}
    assert {"loan id", 'uti\'l "x"', "income", "purpose", "term"} <= columns


def follow(rule, row):
    """The documentation of rules in a dozen lines, for a reader that shares nothing with ours."""
    if not isinstance(rule, dict):
        return rule
    value = row[rule["feature"]]
    holds = {
        "above": lambda edge: value > edge,
        "at_most": lambda edge: value <= edge,
        "in": lambda codes: value in codes,
        "zero": lambda _: abs(value) <= 1.0000000180025095e-35,
        "missing": lambda _: np.isnan(value),
    }
    [kind] = holds.keys() & rule.keys()
    return follow(rule["yes" if holds[kind](rule[kind]) else "no"], row)


@pytest.mark.parametrize("kind", ["lgbm", "xgb", "scorecard", "blend"])
def test_a_json_document_has_the_pds_to_the_last_digits(kind, fitted, tmp_path):
    scorer = fitted(kind).recalibrated(Calibration(0.3, 0.9))
    export_code(_saved(scorer, tmp_path / "bundle"), tmp_path / "m.json", "json")
    document = json.loads((tmp_path / "m.json").read_bytes())
    matrix, margin = scorer.probes(300), document["margin"]
    raw = [margin["intercept"] + sum(follow(rule, row) for rule in margin["rules"]) for row in matrix]
    line = document["calibration"]
    assert line == {"intercept": 0.3, "slope": 0.9}
    pd_of = 1 / (1 + np.exp(-(line["intercept"] + line["slope"] * np.array(raw))))
    np.testing.assert_allclose(pd_of, scorer.pd(matrix), rtol=0, atol=1e-12)
    assert document["policy"] == {"cutoff": 0.3, "refer_from": 0.25, "grade_edges": [0.05, 0.1, 0.2]}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "riskmodel decision", "version": 2}'])
def test_a_document_of_another_kind_or_version_is_not_read(text):
    with pytest.raises(DataError, match=r"must be .*riskmodel decision.*, however"):
        json_reader.read(text)


def test_an_answer_that_differs_leaves_no_file(fitted, tmp_path, monkeypatch):
    saved = _saved(fitted("lgbm"), tmp_path / "bundle")
    whole = exporting._expected

    def changed(chunk, rows):
        answers = whole(chunk, rows)
        answers["grade"][11] = "Z"
        return answers

    monkeypatch.setattr(exporting, "_expected", changed)
    with pytest.raises(RiskModelError, match="must answer as score does, however: 1 rows differ in grade, first"):
        export_code(saved, tmp_path / "m.sql", "sql")
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]


def test_a_network_is_refused_in_one_line(fitted, tmp_path):
    saved = _saved(fitted("mlp"), tmp_path / "bundle")
    with pytest.raises(UnsupportedScorer, match=r"must be a sum of trees \(boosters, .*\), however: mlp"):
        export_code(saved, tmp_path / "m.sql", "sql")
    with pytest.raises(RiskModelError, match=r"the dialect must be one of ansi, .*, however: 'oracle'"):
        export_code(saved, tmp_path / "m.sql", "sql", CodeOptions("oracle"))


def test_reasons_that_would_fill_a_book_are_refused_and_can_be_left_out(fitted, tmp_path, monkeypatch):
    monkeypatch.setattr("riskmodel.code_export.terms.MOST_CELLS", 50)
    saved = _saved(fitted("lgbm"), tmp_path / "bundle")
    with pytest.raises(UnsupportedScorer, match="reasons may take 50 numbers at most"):
        export_code(saved, tmp_path / "m.sql", "sql")
    certificate = export_code(saved, tmp_path / "m.sql", "sql", CodeOptions(reasons=False))
    assert not certificate["reasons"]
    assert "reason_1" not in (tmp_path / "m.sql").read_text()


def test_given_rows_are_compared_in_the_place_of_made_up_ones(fitted, fresh, tmp_path):
    columns = {column.name: fresh.matrix[:, i] for i, column in enumerate(FEATURES)}
    columns["purpose"] = [FEATURES[2].categories[int(code)] for code in fresh.matrix[:, 2]]
    pd.DataFrame(columns).to_csv(tmp_path / "new.csv", index=False)
    saved = _saved(fitted("xgb"), tmp_path / "bundle")
    certificate = export_code(saved, tmp_path / "m.sql", "sql", data=tmp_path / "new.csv")
    assert certificate["parity"]["rows"] == len(fresh)
    assert certificate["parity"]["rows_from"] == "new.csv"


def test_the_margin_of_an_extreme_model_stays_a_probability(fitted, tmp_path):
    """Log-odds of thousands, whose exponential no database holds."""
    saved = _saved(fitted("lgbm").recalibrated(Calibration(0.0, 5_000.0)), tmp_path / "bundle")
    for form in FORMS:
        export_code(saved, tmp_path / "m", form, CodeOptions("sqlite", reasons=False))


def test_on_the_command_line(fitted, tmp_path, riskmodel):
    saved = _saved(fitted("scorecard"), tmp_path / "bundle")
    options = ["--format", "sql", "--dialect", "duckdb", "--table", "loans", "--output", tmp_path / "m.sql"]
    code, out, _ = riskmodel("--quiet", "export", saved, *options)
    assert (code, "is that of score" in out) == (0, True)
    assert "FROM loans" in (tmp_path / "m.sql").read_text()
    code, _, err = riskmodel("--quiet", "export", saved, "--format", "c", "--name", "a b", "--output", tmp_path / "m.h")
    assert (code, err.count("\n"), "the name must be letters" in err) == (1, 1, True)


def test_c_without_a_compiler_says_that_nothing_was_run(fitted, tmp_path, monkeypatch):
    monkeypatch.setattr(engines, "compiler", lambda: None)
    certificate = export_code(_saved(fitted("lgbm"), tmp_path / "bundle"), tmp_path / "m.h", "c")
    assert certificate["parity"] is None
    assert "not run" in in_words(certificate, tmp_path / "m.h")


def test_points_round_halves_to_even(fitted, tmp_path):
    """A scale of 0 points to double the odds leaves every application with the base points, here at a half."""

    scorer = fitted("scorecard")
    for base, rounded in ((600.5, 600), (601.5, 602)):
        decider = Decider(scorer, POLICY, Scale(0.0, base), Scoring(), {}, scorer.sha256)
        rows = exporting.raw_rows.made_up(scorer, 50)
        for name in DATABASES:
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


def test_a_statement_that_its_database_cannot_read_is_refused(fitted, tmp_path, monkeypatch):
    def refuse(*_):
        raise engines.TooLong("SQLite cannot read the statement")

    monkeypatch.setattr(engines, "run_sql", refuse)
    saved = _saved(fitted("lgbm"), tmp_path / "bundle")
    with pytest.raises(RiskModelError, match="SQLite cannot read the statement"):
        export_code(saved, tmp_path / "m.sql", "sql", CodeOptions("sqlite"))
    assert export_code(saved, tmp_path / "m.sql", "sql", CodeOptions("spark"))["run_by"] is None


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
        export_code(_saved(fitted("lgbm"), tmp_path / "bundle"), tmp_path / "m.sql", "sql", options)
    assert not (tmp_path / "m.sql").exists()


def test_sql_server_compares_letters_of_all_alphabets_one_by_one(fitted):
    words = replace(FEATURES[2], categories=("Bär", "bär", "Łódź", "home", "school"))
    scorer = replace(fitted("lgbm"), features=(*FEATURES[:2], words, *FEATURES[3:]))
    decider = Decider(scorer, POLICY, Scale(), Scoring(), {}, scorer.sha256)
    text = code_export.select(decider, "sqlserver", "loans", reasons=False)
    assert "COLLATE Latin1_General_BIN2 AS r2" in text
    assert "WHEN N'Bär' THEN 0 WHEN N'bär' THEN 1 WHEN N'Łódź' THEN 2" in text
