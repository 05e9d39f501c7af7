"""A model as SQL and as C: run by a database and by a compiler, it answers what `score` answers, or is not written."""

import hashlib
import json
from dataclasses import replace

import pandas as pd
import pytest
from code_export.cases import HARD, STRICT, saved
from samples import FEATURES

from riskmodel.core import Calibration
from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.workflows.code_export import CodeOptions, engines, export_code, exporting, in_words

FORMS = ["sql", "json", *(["c"] if engines.compiler() else [])]
DATABASES = ["sqlite", "duckdb"]


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(exporting, "MADE_UP", 3_000)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["lgbm", "xgb", "scorecard", "blend"])
def test_every_answer_is_that_of_score(kind, form, fitted, tmp_path):
    folder = saved(fitted(kind), tmp_path / "bundle")
    certificate = export_code(folder, tmp_path / "m.txt", form)
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
    folder = saved(scorer, tmp_path / "bundle", scoring, reasons=texts)
    for name in DATABASES if form == "sql" else ["ansi"]:
        export_code(folder, tmp_path / name, form, CodeOptions(name))


def test_an_answer_that_differs_leaves_no_file(fitted, tmp_path, monkeypatch):
    folder = saved(fitted("lgbm"), tmp_path / "bundle")
    whole = exporting._expected

    def changed(chunk, rows):
        answers = whole(chunk, rows)
        answers["grade"][11] = "Z"
        return answers

    monkeypatch.setattr(exporting, "_expected", changed)
    with pytest.raises(RiskModelError, match="must answer as score does, however: 1 rows differ in grade, first"):
        export_code(folder, tmp_path / "m.sql", "sql")
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]


def test_a_network_is_refused_in_one_line(fitted, tmp_path):
    folder = saved(fitted("mlp"), tmp_path / "bundle")
    with pytest.raises(UnsupportedScorer, match=r"must be a sum of trees \(boosters, .*\), however: mlp"):
        export_code(folder, tmp_path / "m.sql", "sql")
    with pytest.raises(RiskModelError, match=r"the dialect must be one of ansi, .*, however: 'oracle'"):
        export_code(folder, tmp_path / "m.sql", "sql", CodeOptions("oracle"))


def test_given_rows_are_compared_in_the_place_of_made_up_ones(fitted, fresh, tmp_path):
    columns = {column.name: fresh.matrix[:, i] for i, column in enumerate(FEATURES)}
    columns["purpose"] = [FEATURES[2].categories[int(code)] for code in fresh.matrix[:, 2]]
    pd.DataFrame(columns).to_csv(tmp_path / "new.csv", index=False)
    folder = saved(fitted("xgb"), tmp_path / "bundle")
    certificate = export_code(folder, tmp_path / "m.sql", "sql", data=tmp_path / "new.csv")
    assert certificate["parity"]["rows"] == len(fresh)
    assert certificate["parity"]["rows_from"] == "new.csv"


def test_the_margin_of_an_extreme_model_stays_a_probability(fitted, tmp_path):
    """Log-odds of thousands, whose exponential no database holds."""
    folder = saved(fitted("lgbm").recalibrated(Calibration(0.0, 5_000.0)), tmp_path / "bundle")
    for form in FORMS:
        export_code(folder, tmp_path / "m", form, CodeOptions("sqlite", reasons=False))


def test_on_the_command_line(fitted, tmp_path, riskmodel):
    folder = saved(fitted("scorecard"), tmp_path / "bundle")
    options = ["--format", "sql", "--dialect", "duckdb", "--table", "loans", "--output", tmp_path / "m.sql"]
    code, out, _ = riskmodel("--quiet", "export", folder, *options)
    assert (code, "is that of score" in out) == (0, True)
    assert "FROM loans" in (tmp_path / "m.sql").read_text()
    code, _, err = riskmodel(
        "--quiet", "export", folder, "--format", "c", "--name", "a b", "--output", tmp_path / "m.h"
    )
    assert (code, err.count("\n"), "the name must be letters" in err) == (1, 1, True)


def test_c_without_a_compiler_says_that_nothing_was_run(fitted, tmp_path, monkeypatch):
    monkeypatch.setattr(engines, "compiler", lambda: None)
    certificate = export_code(saved(fitted("lgbm"), tmp_path / "bundle"), tmp_path / "m.h", "c")
    assert certificate["parity"] is None
    assert "not run" in in_words(certificate, tmp_path / "m.h")


def test_a_statement_that_its_database_cannot_read_is_refused(fitted, tmp_path, monkeypatch):
    def refuse(*_):
        raise engines.TooLong("SQLite cannot read the statement")

    monkeypatch.setattr(engines, "run_sql", refuse)
    folder = saved(fitted("lgbm"), tmp_path / "bundle")
    with pytest.raises(RiskModelError, match="SQLite cannot read the statement"):
        export_code(folder, tmp_path / "m.sql", "sql", CodeOptions("sqlite"))
    assert export_code(folder, tmp_path / "m.sql", "sql", CodeOptions("spark"))["run_by"] is None
