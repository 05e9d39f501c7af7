"""MLflow's own way in gives what batch scoring gives, row by row, and pickles nothing."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from batch.books import applications, packed, scored

from riskmodel import batch, bundle, tracking
from riskmodel.errors import DataError
from riskmodel.tracking import model
from riskmodel.workflows import pyfunc

COLUMNS = ["id", "pd", "points", "grade", "decision", *(f"reason_{i}" for i in range(1, 5)), "model_sha256", "why"]


@pytest.fixture
def saved(fitted, tmp_path):
    bundle.save(packed(fitted("lgbm")), tmp_path / "small")
    return tmp_path / "small"


@pytest.fixture
def loaded(saved, tmp_path):
    import mlflow.pyfunc

    model.save(saved, tmp_path / "mlflow", pyfunc.__name__)
    return mlflow.pyfunc.load_model(str(tmp_path / "mlflow"))


def test_it_answers_as_a_batch_run_does(loaded, saved, tmp_path):
    pq.write_table(applications(450, 11), tmp_path / "book.parquet")
    batch.score(bundle.read(saved), tmp_path / "book.parquet", tmp_path / "out")
    wanted = scored(tmp_path / "out").to_pandas()
    frame = applications(450, 11).to_pandas().set_index(np.arange(450)[::-1])
    result = loaded.predict(frame)
    assert list(result.columns) == COLUMNS
    assert result.index.equals(frame.index)
    assert result["why"].isna().all()
    for name in wanted.columns:
        assert result[name].astype(object).tolist() == wanted[name].astype(object).tolist(), name


def test_a_row_that_is_set_aside_keeps_its_place_and_says_why(loaded, saved):
    frame = applications(6, 3).to_pandas()
    frame["income"] = frame["income"].astype(object)
    frame.loc[[1, 4], "income"] = np.inf
    frame.loc[2, "loan"] = None
    result = loaded.predict(frame)
    assert result["id"].tolist()[:2] == ["L0", "L1"]
    assert result["why"].isna().tolist() == [True, False, False, True, False, True]
    assert result["why"].dropna().tolist() == ["income: wrong type", "id: missing value", "income: wrong type"]
    assert result.loc[1, ["pd", "points", "decision", "reason_1"]].isna().all()
    rest = frame.drop([1, 2, 4])
    pd.testing.assert_frame_equal(result.drop([1, 2, 4]), loaded.predict(rest))


@pytest.mark.parametrize("dtype", ["category", "string", object])
def test_the_type_of_a_pandas_column_changes_no_answer(loaded, dtype):
    frame = applications(80, 4).to_pandas()
    other = frame.assign(purpose=frame["purpose"].astype(dtype), extra=1)
    pd.testing.assert_frame_equal(loaded.predict(other), loaded.predict(frame))


def test_without_its_id_rows_are_numbered(loaded):
    assert loaded.predict(applications(5, 1).drop_columns("loan").to_pandas())["id"].tolist() == [0, 1, 2, 3, 4]


def test_a_missing_column_is_told(loaded):
    with pytest.raises(DataError, match="no column 'income'"):
        loaded.predict(applications(5, 1).drop_columns("income").to_pandas())


def test_an_arrow_table_of_several_pieces_is_answered_too(loaded):
    pieces = pa.concat_tables([applications(7, 1), applications(9, 2, first=7)])
    pd.testing.assert_frame_equal(loaded._model_impl.predict(pieces), loaded.predict(pieces.to_pandas()))


def test_the_model_holds_the_bundle_and_neither_code_nor_pickles(loaded, saved, tmp_path):
    files = {path.relative_to(tmp_path / "mlflow").as_posix() for path in (tmp_path / "mlflow").rglob("*.*")}
    inside = {f"data/bundle/{path.name}" for path in saved.iterdir()}
    assert inside <= files
    assert {path.rsplit(".")[-1] for path in files - inside} <= {"yaml", "txt", "json"}
    assert loaded.metadata.metadata["bundle_sha256"] == bundle.read(saved).sha256


# ------------------------------------------------------------------------------------- from train to score


def test_a_run_registers_what_it_chose_and_the_command_line_scores_with_it(riskmodel, done, store, tmp_path):
    study, folder = done
    chosen = bundle.read(folder / "chosen")
    client = tracking.open_store(store).client
    version = client.get_model_version("small", "1")
    assert version.tags["variant"] == study.trade_off.chosen
    client.set_registered_model_alias("small", "champion", "1")
    source, scored_by = folder.parent / "portfolio.parquet", {}
    names = {"a": "models:/small@champion", "b": f"runs:/{version.run_id}/model", "c": folder / "chosen"}
    for out, name in names.items():
        options = ("--output", tmp_path / out, "--store", store, "--json")
        code, output, err = riskmodel("--quiet", "score", "--model", name, "--input", source, *options)
        assert (code, err) == (0, "")
        scored_by[out] = (tmp_path / out / "part-00000.parquet").read_bytes()
        assert json.loads(output)["bundle_sha256"] == chosen.sha256
    assert scored_by["a"] == scored_by["b"] == scored_by["c"]


def test_an_unknown_model_is_one_line_and_nothing_is_written(riskmodel, done, store, tmp_path):
    source, page = done[1].parent / "portfolio.parquet", tmp_path / "o.html"
    for command in (
        ("score", "--model", "models:/nobody/1", "--input", source, "--output", tmp_path / "out"),
        ("export", "models:/nobody/1", "--format", "native", "--output", tmp_path / "out"),
        ("review", "--champion", "models:/nobody/1", "--challenger", "m", "--data", source, "--output", page),
    ):
        code, out, err = riskmodel("--quiet", *command, "--store", store)
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert "models:/nobody/1" in err
    assert list(tmp_path.iterdir()) == []


def test_a_registered_model_is_loaded_by_mlflow_alone(done, store, monkeypatch):
    import mlflow.pyfunc

    monkeypatch.setenv("MLFLOW_TRACKING_URI", store)
    table = pq.read_table(done[1].parent / "portfolio.parquet").slice(0, 50)
    result = mlflow.pyfunc.load_model("models:/small/1").predict(table.to_pandas())
    assert result["id"].tolist() == table["loan_id"].to_pylist()
    assert result["decision"].isin(["approve", "refer", "decline"]).all()
