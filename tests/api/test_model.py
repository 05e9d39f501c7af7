"""One saved model in memory: PDs, decisions and explanations are those of a batch run."""

import numpy as np
import pandas as pd
import polars
import pyarrow.parquet as pq
import pytest

import riskmodel as rm
from riskmodel import batch
from riskmodel.errors import BundleError, DataError, RiskModelError


@pytest.fixture(scope="module")
def model(done):
    _, folder = done
    return rm.load(folder / "champion")


@pytest.fixture(scope="module")
def rows(done):
    _, folder = done
    return pq.read_table(folder.parent / "portfolio.parquet").slice(0, 137).drop_columns(["default"])


def test_probabilities_and_decisions_are_those_of_a_batch_run(model, rows, tmp_path):
    pq.write_table(rows, tmp_path / "rows.parquet")
    batch.score(model.bundle, tmp_path / "rows.parquet", tmp_path / "out", batch.Job(threads=1))
    scored = pq.read_table(tmp_path / "out" / "part-00000.parquet").to_pandas()
    both = model.predict_proba(rows)
    assert np.array_equal(both[:, 1], scored["pd"].to_numpy())
    assert np.allclose(both.sum(axis=1), 1)
    decided = model.decide(rows.to_pandas())
    assert decided["decision"].tolist() == scored["decision"].tolist()


def test_one_record_is_decided_as_its_row(model, rows):
    frame = rows.to_pandas()
    whole = model.decide(frame)
    for number in (0, 41, 136):
        one = model.decide({key: None if pd.isna(value) else value for key, value in frame.iloc[number].items()})
        assert (one.decision, one.pd) == (whole["decision"].iloc[number], whole["pd"].iloc[number])


def test_effects_add_up_to_the_calibrated_margin(model, rows):
    effects = model.explain(rows).to_pandas()
    assert list(effects.columns) == [column.name for column in model.features]
    probability = model.predict_proba(rows)[:, 1]
    margin = np.log(probability / (1 - probability))
    assert model.scorer.calibration.slope != 1
    assert np.ptp(margin - effects.sum(axis=1)) < 1e-6


def test_an_explanation_is_of_the_library_that_asked(model, rows):
    assert isinstance(model.explain(polars.from_arrow(rows)), polars.DataFrame)
    assert model.explain(rows.to_pandas()).shape == (137, len(model.features))


def test_a_copy_is_the_same_model(model, tmp_path):
    model.save(tmp_path / "copy")
    assert rm.load(tmp_path / "copy").model_sha256 == model.model_sha256
    assert rm.load(tmp_path / "copy").policy == model.policy
    assert model.model_sha256[:12] in model._repr_html_()


def test_counterfactuals_are_of_one_application(model, rows):
    with pytest.raises(DataError, match="must be asked for one application"):
        model.decide(rows, counterfactuals=True)


def test_a_changed_or_absent_model_is_refused(model, tmp_path):
    with pytest.raises(RiskModelError):
        rm.load(tmp_path / "nowhere")
    model.save(tmp_path / "copy")
    manifest = tmp_path / "copy" / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"cutoff"', b'"cutof"', 1))
    with pytest.raises(BundleError):
        rm.load(tmp_path / "copy")


def test_attributions_say_over_what_and_how_exactly(model, rows):
    for reference in (None, rows.slice(100)):
        made = model.attributions(rows, reference)
        assert made.values.shape == (137, len(model.features))
        assert made.exact
        assert made.error < 1e-4
        raw = np.log(model.predict_proba(rows)[:, 1] / model.predict_proba(rows)[:, 0])
        line = model.scorer.calibration
        assert np.allclose(line(made.base + made.values.sum(axis=1)), raw, atol=1e-4)
    with pytest.raises(DataError, match="the table has no rows"):
        model.attributions(rows, rows.slice(0, 0))
