"""One saved model in memory: PDs, decisions and explanations are those of a batch run."""

import numpy as np
import pandas as pd
import polars
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

import riskmodel as rm
from riskmodel import batch
from riskmodel.core import Kind
from riskmodel.errors import BundleError, DataError, RiskModelError, UnsupportedScorer


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


def test_a_path_is_read_as_the_table_that_lies_there(model, rows, tmp_path):
    for name in ("rows.parquet", "rows.csv"):
        place = tmp_path / name
        pq.write_table(rows, place) if name.endswith("parquet") else pa_csv.write_csv(rows, place)
        np.testing.assert_array_equal(model.predict_proba(str(place)), model.predict_proba(rows))
        assert model.decide(place)["id"].cast(pa.string()).equals(model.decide(rows)["id"].cast(pa.string()))


def test_a_row_of_pandas_with_what_pandas_calls_missing_is_a_record(model, rows):
    row = rows.to_pandas().convert_dtypes().iloc[3].copy()
    numbers = [c.name for c in model.features if c.kind is Kind.NUMERIC]
    row[numbers[0]] = pd.NA
    plain = {name: None if pd.isna(value) else value for name, value in row.items()}
    assert model.decide(row) == model.decide(plain)
    assert model.decide({**plain, numbers[0]: pd.NaT}) == model.decide(plain)
    with pytest.raises(DataError, match=r"an application must name its columns, however: 7$"):
        model.decide({**plain, 7: 1.0})


def test_a_column_that_is_absent_is_named_by_every_question(model, rows):
    gone = model.features[0].read_from
    short = rows.drop_columns([gone])
    record = {name: value for name, value in rows.slice(0, 1).to_pylist()[0].items() if name != gone}
    for ask in (model.predict_proba, model.decide, model.explain, model.attributions):
        with pytest.raises(DataError, match=gone):
            ask(short)
    with pytest.raises(DataError, match=gone):
        model.decide(record)


def test_other_words_for_missing_are_missing_where_they_are_named(done, model, rows, tmp_path):
    """A table that spells missing as its own words, beside the same table with gaps."""
    name = next(c.read_from for c in model.features if c.kind is Kind.NUMERIC)
    gaps = [None if i % 3 == 0 else value for i, value in enumerate(rows[name].to_pylist())]
    place = rows.column_names.index(name)
    blank = rows.set_column(place, name, pa.array(gaps, pa.float64()))
    spelt = rows.set_column(place, name, pa.array(["no answer" if v is None else repr(float(v)) for v in gaps]))
    pa_csv.write_csv(spelt, tmp_path / "spelt.csv")
    named = rm.load(done[1] / "champion", nulls=["no answer"])
    np.testing.assert_array_equal(named.predict_proba(tmp_path / "spelt.csv"), model.predict_proba(blank))
    set_aside = model.decide(tmp_path / "spelt.csv").to_pandas()
    assert set_aside["why"].iloc[::3].tolist() == [f"{name}: wrong type"] * len(set_aside["why"].iloc[::3])
    assert np.isnan(model.predict_proba(tmp_path / "spelt.csv")[:, 1]).sum() == len(set_aside["why"].iloc[::3])


def test_a_level_that_is_new_in_too_many_rows_is_refused_and_else_counts_as_missing(done, model, rows):
    column = next(c for c in model.features if c.kind is Kind.CATEGORICAL)
    place = rows.column_names.index(column.read_from)
    new = rows.set_column(place, column.read_from, pa.array(["a new word"] * rows.num_rows))
    gone = rows.set_column(place, column.read_from, pa.nulls(rows.num_rows, pa.string()))
    lenient = rm.load(done[1] / "champion", unknown=1.0)
    np.testing.assert_array_equal(lenient.predict_proba(new), lenient.predict_proba(gone))
    with pytest.raises(DataError, match=column.read_from):
        rm.load(done[1] / "champion", unknown=0.5).predict_proba(new)


def test_months_are_asked_of_a_model_that_reads_some(model, rows):
    with pytest.raises(UnsupportedScorer, match="month"):
        model.monthly_attributions(rows, rows)


def test_a_bundle_is_not_written_over_something_else(model, tmp_path):
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "mine.txt").write_text("mine")
    with pytest.raises(BundleError):
        model.save(tmp_path / "copy")
    assert [path.name for path in (tmp_path / "copy").iterdir()] == ["mine.txt"]
