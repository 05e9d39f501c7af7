"""How applications are written is said by whoever scores them: spellings of missing, and how much may be unknown."""

import csv

import numpy as np
import pytest
from batch.books import applications, contents, packed, scored
from click.testing import CliRunner

import riskmodel
from riskmodel import batch, bundle
from riskmodel.batch import InputSpelling, Job
from riskmodel.cli import cli
from riskmodel.errors import DataError, RiskModelError


@pytest.fixture(scope="module")
def model(fitted, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model") / "lgbm"
    bundle.save(packed(fitted("lgbm")), folder)
    return folder


def written(path, spelt, level="car", rows=60):
    """A CSV whose missing incomes and purposes are spelt so; a third of the rows have them, a third has `level`."""
    table = applications(rows, 5)
    records = table.to_pandas().astype(object).fillna("").to_dict("records")
    for i, row in enumerate(records):
        if i % 3 == 0:
            row["income"] = row["purpose"] = spelt
        elif i % 3 == 1:
            row["purpose"] = level
    with path.open("w", newline="") as file:
        out = csv.DictWriter(file, table.column_names)
        out.writeheader()
        out.writerows(records)
    return path


def test_a_spelling_of_missing_is_what_an_empty_cell_is(model, tmp_path):
    plain, odd = (written(tmp_path / f"{i}.csv", spelt) for i, spelt in enumerate(("", "keine Angabe")))
    job = Job(spelling=InputSpelling(("keine Angabe",)))
    batch.score(bundle.read(model), plain, tmp_path / "plain", Job())
    batch.score(bundle.read(model), odd, tmp_path / "odd", job)
    assert scored(tmp_path / "plain").equals(scored(tmp_path / "odd"))
    batch.score(bundle.read(model), plain, tmp_path / "both", job)  # an empty cell is missing whatever is said
    assert scored(tmp_path / "plain").equals(scored(tmp_path / "both"))


def test_what_is_not_said_is_no_missing_value(model, tmp_path):
    odd = written(tmp_path / "odd.csv", "keine Angabe")
    record = batch.score(bundle.read(model), odd, tmp_path / "out", Job())
    assert record["quarantine"] == {"income: wrong type": 20}


def test_a_share_of_unknown_levels_is_allowed_however_few_rows_there_are(model, tmp_path):
    path = written(tmp_path / "rows.csv", "", level="zeppelin")
    allowed = batch.score(bundle.read(model), path, tmp_path / "a", Job(spelling=InputSpelling(unknown=0.34)))
    assert allowed["unseen_levels"] == {"purpose": 20}
    with pytest.raises(DataError, match=r"'purpose' has levels that train did not have in 33.3% of 60 rows"):
        batch.score(bundle.read(model), path, tmp_path / "b", Job(spelling=InputSpelling(unknown=0.33)))
    assert not list(tmp_path.glob("b/part-*"))


def test_another_spelling_is_another_run(model, tmp_path):
    path = written(tmp_path / "rows.csv", "-")
    batch.score(bundle.read(model), path, tmp_path / "out", Job(spelling=InputSpelling(("-", "x"))))
    before = contents(tmp_path / "out")
    batch.score(bundle.read(model), path, tmp_path / "out", Job(spelling=InputSpelling(("x", "-"))))
    assert contents(tmp_path / "out") == before
    with pytest.raises(RiskModelError, match="same spelling of missing"):
        batch.score(bundle.read(model), path, tmp_path / "out", Job())


def test_python_and_the_command_line_say_the_same(model, tmp_path):
    path = written(tmp_path / "rows.csv", "-", level="zeppelin")
    options = ["--null", "-", "--unknown", "0.4"]
    command = ["score", "--model", str(model), "--input", str(path), "--output", str(tmp_path / "out"), *options]
    answer = CliRunner().invoke(cli, command, catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    assert "levels that train did not have count as missing: purpose in 20 rows" in answer.output
    opened = riskmodel.load(model, nulls=["-"], unknown=0.4)
    np.testing.assert_array_equal(opened.predict_proba(path)[:, 1], scored(tmp_path / "out")["pd"].to_numpy())
    with pytest.raises(DataError, match=r"in 33.3% of 60 rows.*unknown allows 10.0%"):
        riskmodel.load(model, nulls=["-"], unknown=0.1).predict_proba(path)
    with pytest.raises(RiskModelError, match=r"unknown must be in \[0, 1\], however: 2"):
        riskmodel.load(model, unknown=2)


def test_a_csv_and_its_frame_get_the_same_answers_in_python(model, tmp_path):
    """Nothing is inferred where a model is at hand: a cell that is no number is set aside, and the rest is scored."""
    path = written(tmp_path / "rows.csv", "x")
    opened = riskmodel.load(model)
    answers = opened.decide(path).to_pandas()
    assert answers["why"].notna().sum() == 20
    assert set(answers["why"].dropna()) == {"income: wrong type"}
    table = applications(60, 5).to_pandas()
    table.to_csv(tmp_path / "plain.csv", index=False)
    np.testing.assert_allclose(
        opened.predict_proba(tmp_path / "plain.csv"), opened.predict_proba(table), rtol=0, atol=1e-12
    )
