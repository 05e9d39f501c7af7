"""What a model reads stands on its page, and changes no answer."""

import mlflow.pyfunc
import numpy as np
import pandas as pd
import pytest
from batch.books import applications, packed

from riskmodel import bundle
from riskmodel.config import Scoring
from riskmodel.tracking import model
from riskmodel.tracking.signature import columns, example_of, signature_of


@pytest.fixture
def saved(fitted, tmp_path):
    bundle.save(packed(fitted("scorecard")), tmp_path / "small")
    return bundle.read(tmp_path / "small")


def test_every_column_that_a_bundle_reads_is_named_and_none_is_required(saved):
    signature = signature_of(saved)
    assert set(signature.inputs.input_names()) == {*columns(saved)} >= {column.read_from for column in saved.features}
    assert signature.inputs.required_input_names() == []
    assert {"pd", "points", "grade", "decision", "reason_1", "why"} <= set(signature.outputs.input_names())


def test_an_example_has_levels_as_text_and_can_be_scored(saved, tmp_path):
    example = example_of(saved)
    assert list(example.columns) == columns(saved)
    levels = {column.name: column.categories for column in saved.features if column.categories}
    assert levels
    assert all(example[name].dropna().isin(known).all() for name, known in levels.items())
    model.save(tmp_path / "small", tmp_path / "model", "riskmodel.workflows.pyfunc")
    loaded = mlflow.pyfunc.load_model(str(tmp_path / "model"))
    assert loaded.metadata.get_input_schema() == signature_of(saved).inputs
    pd.testing.assert_frame_equal(loaded.input_example.astype(object), example.astype(object), check_dtype=False)
    assert len(loaded.predict(example)) == len(example)


def test_the_signature_changes_no_answer(saved, tmp_path):
    """Also of rows that the rules set aside, of missing values, of text in place of numbers and of columns beyond."""
    from riskmodel.workflows import pyfunc

    model.save(tmp_path / "small", tmp_path / "model", pyfunc.__name__)
    behind_mlflow = mlflow.pyfunc.load_model(str(tmp_path / "model"))
    alone = pyfunc._load_pyfunc(str(tmp_path / "small"))
    frame = applications(60, 3).to_pandas().assign(more=1)
    number = next(column.name for column in saved.features if not column.categories and not column.source)
    odd = frame.assign(**{number: frame[number].astype(str).where(np.arange(len(frame)) > 2, "many")})
    for rows in (frame, odd, frame.assign(**{number: frame[number].astype("Float64")})):
        pd.testing.assert_frame_equal(behind_mlflow.predict(rows), alone.predict(rows), check_dtype=False)
    assert alone.predict(odd)["why"].notna().sum() == 3


def test_a_bundle_that_refuses_columns_has_no_signature_since_mlflow_would_drop_them(fitted, tmp_path):
    strict = packed(fitted("scorecard"), scoring=Scoring(extra_column="refuse"))
    assert signature_of(strict) is None
