"""One scorer in all its forms: they agree on the rows where a decision turns first, and an absent one says why."""

import sys
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest

from riskmodel import bundle, scorers
from riskmodel.batch.parity import ROWS, compared, forms
from riskmodel.core import Calibration
from riskmodel.workflows.review import model as review_model

ALL = ["native library", "plain walk of the trees", "as scored here", "ONNX", "batch file", "pyfunc"]


@pytest.fixture(scope="module")
def model(done):
    _, folder = done
    return review_model.opened(folder / "champion")


@pytest.fixture(scope="module")
def table(done):
    _, folder = done
    return pq.read_table(folder.parent / "portfolio.parquet").slice(0, 700)


def test_every_form_of_a_bundle_gives_the_same_pds(model, table):
    result = forms(model.scorer, model.bundle, table)
    assert list(result) == ALL
    for pd in result.values():
        np.testing.assert_allclose(pd, result["native library"], rtol=0, atol=1e-12)


def test_a_form_that_says_something_else_is_seen(model, table):
    """The bundle was saved with another line of calibration than the scorer has."""
    other = model.scorer.recalibrated(Calibration(0.3, 1.0))
    result = forms(other, model.bundle, table)
    np.testing.assert_array_equal(result["native library"], result["as scored here"])
    assert np.abs(result["batch file"] - result["native library"]).max() > 0.01
    np.testing.assert_array_equal(result["pyfunc"], result["batch file"])


def test_without_its_libraries_onnx_is_absent_with_the_reason(model, table, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    result = forms(model.scorer, model.bundle, table.slice(0, 20))
    assert result["ONNX"] == "ONNX needs its libraries: pip install 'riskmodel[onnx]'."


def damaged(model, table):
    """One number is infinite."""
    name = model.scorer.features[0].read_from
    values = table.column(name).to_numpy(zero_copy_only=False).astype(float).copy()
    values[3] = np.inf
    return table.set_column(table.column_names.index(name), name, [values])


def test_rows_that_a_batch_sets_aside_leave_it_without_an_answer(model, table):
    result = forms(model.scorer, model.bundle, damaged(model, table))
    assert result["batch file"] == "the batch sets 1 of these 700 rows aside."
    assert result["pyfunc"] == "the model sets 1 of these 700 rows aside."


def test_what_a_batch_refuses_is_told_without_the_name_of_a_temporary_folder(model, table):
    refuses = {**model.bundle.manifest["scoring"], "wrong_type": "refuse"}
    strict = replace(model.bundle, manifest={**model.bundle.manifest, "scoring": refuses})
    result = forms(model.scorer, strict, damaged(model, table))
    assert isinstance(result["batch file"], str)
    assert "/" not in result["batch file"]
    assert isinstance(result["pyfunc"], str)


def test_a_model_file_is_not_scored_in_batches(model, table):
    result = forms(model.scorer, None, table.slice(0, 20))
    assert result["batch file"] == result["pyfunc"] == "a model file is no bundle, and only a bundle is scored so."


def test_a_scorer_without_trees_has_no_native_library(done, table):
    _, folder = done
    saved = bundle.read(folder / "bundles" / "scorecard")
    scorer = scorers.unpacked(saved)
    result = forms(scorer, saved, table)
    assert list(result) == ["as scored here", "ONNX", "batch file", "pyfunc"]
    for pd in result.values():
        np.testing.assert_allclose(pd, result["as scored here"], rtol=0, atol=1e-12)


def test_half_of_the_compared_rows_are_those_nearest_the_cutoff():
    pd = np.random.default_rng(0).beta(1, 6, 7001)
    rows = compared(pd, 0.2)
    assert len(set(rows.tolist())) == ROWS
    nearest = np.argsort(np.abs(pd - 0.2), kind="stable")[: ROWS // 2]
    assert set(nearest.tolist()) <= set(rows.tolist())
    assert rows[0] < 10
    assert rows[-1] > 6990
    assert compared(pd[:7], 0.2).tolist() == [0, 1, 2, 3, 4, 5, 6]
