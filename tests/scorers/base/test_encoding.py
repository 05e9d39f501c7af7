"""What a network is given of a row: normal scores, flags of gaps, a unit a level; all learnt on train alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from riskmodel.core import Column, Kind
from riskmodel.errors import BundleError, DataError
from riskmodel.scorers.base.encoding import QUANTILES, TAIL, Encoding, learn

FEATURES = (
    Column("n"),
    Column("gaps"),
    Column("level", kind=Kind.CATEGORICAL, categories=("a", "b", "c")),
    Column("constant"),
)


def train(rows=400, seed=0):
    draw = np.random.default_rng(seed)
    matrix = np.column_stack(
        [draw.exponential(size=rows), draw.normal(size=rows), draw.integers(0, 2, rows), np.ones(rows)]
    )
    matrix[::5, 1] = np.nan
    return matrix


ENCODING = learn(train(), FEATURES)


def test_inputs_are_numbers_then_flags_then_levels_that_train_had():
    assert ENCODING.columns.tolist() == [0, 1, 1, 2, 2]
    assert (ENCODING.used, ENCODING.levels.tolist()) == (3, [0, 1])
    rows = np.array([[1.0, np.nan, 1.0, 1.0], [1.0, 0.3, 2.0, 1.0], [1.0, 0.3, np.nan, 1.0]])
    assert ENCODING(rows)[:, 2:].tolist() == [[1, 0, 1], [0, 0, 0], [0, 0, 0]]


def test_a_number_becomes_its_normal_score():
    rows = train(3000)
    score = ENCODING(rows)[:, 0]
    ranks = np.searchsorted(np.sort(rows[:, 0]), rows[:, 0]) / 3000
    inner = (ranks > 0.05) & (ranks < 0.95)
    np.testing.assert_allclose(score[inner], norm.ppf(ranks)[inner], atol=0.25)
    assert np.corrcoef(score, norm.ppf(np.clip(ranks, 1e-3, 1 - 1e-3)))[0, 1] > 0.99


def test_beyond_the_outermost_values_of_train_a_score_stays():
    rows = np.tile(train()[:1], (3, 1))
    rows[:, 0] = [-1e9, 1e9, np.inf]
    assert ENCODING(rows)[:, 0] == pytest.approx([norm.ppf(TAIL), -norm.ppf(TAIL), -norm.ppf(TAIL)], abs=1e-6)


def test_a_missing_number_takes_the_median_of_train():
    rows = np.tile(train()[:1], (2, 1))
    rows[:, 1] = [np.nan, np.nanmedian(train()[:, 1])]
    encoded = ENCODING(rows)
    assert encoded[0, 1] == encoded[1, 1]
    assert encoded[:, 2].tolist() == [1, 0]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-5, 5), min_size=2, max_size=40).filter(lambda values: len(set(values)) > 1))
def test_scores_rise_with_the_values(values):
    encoding = learn(np.array(values)[:, None], (Column("x"),))
    scores = encoding(np.sort(np.array(values))[:, None])[:, 0]
    assert (np.diff(scores) >= -1e-6).all()
    assert scores[-1] > scores[0]


def test_fewer_knots_keep_the_outermost_and_stay_near():
    thin = ENCODING.thinned(12)
    assert (thin.sizes <= 12).all()
    rows = train(500, 1)
    assert np.abs(thin(rows) - ENCODING(rows)).mean() < 0.05
    for whole, fewer in zip(ENCODING.split_points().values(), thin.split_points().values(), strict=True):
        assert (whole[0], whole[-1]) == (fewer[0], fewer[-1])
        assert set(fewer) <= set(whole)
    assert len(ENCODING.split_points()[0]) <= QUANTILES


def test_arrays_are_the_way_there_and_back():
    again = Encoding.from_arrays(ENCODING.arrays)
    np.testing.assert_array_equal(again(train()), ENCODING(train()))
    for changed in ({"other": np.zeros(1)}, None):
        arrays = {**ENCODING.arrays, **changed} if changed else dict(list(ENCODING.arrays.items())[1:])
        with pytest.raises(BundleError, match="the network's encoding is not complete: "):
            Encoding.from_arrays(arrays)


@pytest.mark.parametrize("values", [[1.0, 1.0], [np.nan, np.nan], [np.inf, 1.0]])
def test_a_feature_that_never_varies_is_none(values):
    matrix = np.array([values, [0.0, 1.0]]).T
    assert 0 not in learn(matrix, (Column("x"), Column("y"))).numeric
    if not np.isnan(values).any():
        with pytest.raises(DataError, match="a network needs a feature that varies in train, however: every one is"):
            learn(matrix[:, :1], (Column("x"),))


def test_a_level_that_is_sometimes_missing_varies():
    level = (Column("l", kind=Kind.CATEGORICAL, categories=("a",)),)
    assert learn(np.array([[0.0], [np.nan]]), level).levels.tolist() == [0]
    with pytest.raises(DataError, match="every one is constant"):
        learn(np.zeros((2, 1)), level)


def test_no_rows_have_no_inputs():
    assert ENCODING(np.empty((0, 4))).shape == (0, 5)
