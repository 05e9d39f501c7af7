"""Frames in, frames out: every row has its place, whether it was scored or set aside."""

import numpy as np
import pandas as pd
import pytest
from batch.books import POLICY, applications, packed

from riskmodel import bundle
from riskmodel.batch import Chunk, Predictor
from riskmodel.config import Scoring
from riskmodel.datasets import encode
from riskmodel.errors import DataError

ROWS = applications(80, 4)


@pytest.fixture(scope="module")
def scorer(fitted):
    return fitted("lgbm")


@pytest.fixture(scope="module")
def predictor(scorer):
    return Predictor(Chunk.from_bundle(packed(scorer)), "loan")


def broken(table, places):
    """The same rows, some of which have an income that no number is."""
    frame = table.to_pandas()
    frame.loc[places, "income"] = np.inf
    return frame


def test_every_row_has_the_scorers_pd_in_its_place(predictor, scorer):
    answer = predictor.answers(ROWS)
    np.testing.assert_array_equal(answer["pd"].to_numpy(), scorer.pd(encode.matrix(ROWS, scorer.features)))
    assert answer["id"].to_pylist() == ROWS["loan"].to_pylist()
    assert answer["why"].null_count == 80


def test_a_frame_keeps_its_index_and_a_table_has_none(predictor):
    frame = ROWS.to_pandas().set_index(np.arange(80)[::-1])
    made = predictor.predict(frame)
    assert made.index.tolist() == frame.index.tolist()
    assert made["id"].tolist() == frame["loan"].tolist()
    assert predictor.predict(ROWS).index.tolist() == list(range(80))
    assert made["points"].dtype == pd.Int32Dtype()


def test_rows_that_are_set_aside_stand_where_they_came_with_nothing_but_id_and_why(predictor, scorer):
    places = [0, 7, 79]
    made = predictor.predict(broken(ROWS, places))
    assert made["id"].tolist() == ROWS["loan"].to_pylist()
    assert made["why"].notna().to_numpy().nonzero()[0].tolist() == places
    assert set(made["why"].dropna()) == {"income: wrong type"}
    assert made.loc[places, made.columns.difference(["id", "why"])].isna().all(axis=None)
    kept = np.setdiff1d(np.arange(80), places)
    pds = scorer.pd(encode.matrix(ROWS, scorer.features))
    np.testing.assert_array_equal(made.loc[kept, "pd"], pds[kept])


def test_all_rows_may_be_set_aside(predictor):
    made = predictor.predict(broken(ROWS, list(range(80))))
    assert made["pd"].isna().all()
    assert len(made) == 80


def test_a_row_without_an_id_is_set_aside(predictor):
    frame = ROWS.to_pandas()
    frame.loc[3, "loan"] = None
    made = predictor.predict(frame)
    assert pd.isna(made.loc[3, "pd"])
    assert made["why"].notna().sum() == 1


def test_without_the_column_of_ids_rows_are_counted(predictor):
    answer = predictor.answers(ROWS.drop_columns(["loan"]))
    assert answer["id"].to_pylist() == list(range(80))


def test_columns_in_another_order_and_more_of_them_change_nothing(predictor):
    frame = ROWS.to_pandas()
    mixed = frame[frame.columns[::-1]].assign(colour="red")
    pd.testing.assert_frame_equal(predictor.predict(mixed), predictor.predict(frame))


def test_a_missing_column_is_named(predictor):
    with pytest.raises(DataError, match="income"):
        predictor.answers(ROWS.drop_columns(["income"]))


def test_more_columns_are_refused_where_the_model_says_so(scorer):
    strict = Predictor(Chunk.from_bundle(bundle.pack(scorer, POLICY, {}, {}, Scoring(extra_column="refuse"))), "loan")
    assert strict.answers(ROWS).num_rows == 80
    with pytest.raises(DataError, match="colour"):
        strict.predict(ROWS.to_pandas().assign(colour="red"))
