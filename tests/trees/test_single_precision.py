"""XGBoost's own sum is taken to the last bits, where a sum in doubles is off by more than a millionth of a PD."""

from dataclasses import replace

import native
import numpy as np
import pytest
import xgboost

from riskmodel.scorers import open_native
from riskmodel.trees import single_precision


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A model of 2,500 trees, rows around its splits, and the library's margins and PDs of them."""
    booster = native.many_trees()
    path = tmp_path_factory.mktemp("many") / "model.json"
    booster.save_model(path)
    scorer = open_native(path)
    rows = scorer.probes(1000)
    data = xgboost.DMatrix(rows)
    return scorer, rows, booster.predict(data, output_margin=True).astype(float), booster.predict(data).astype(float)


def test_the_margins_are_the_librarys_own_but_for_the_last_bit(many):
    scorer, rows, margin, pd = many
    result = single_precision.margins(scorer.ensemble, rows)
    np.testing.assert_array_max_ulp(result.astype(np.float32), margin.astype(np.float32), maxulp=2)
    np.testing.assert_allclose(single_precision.pds(scorer.ensemble, rows), pd, rtol=0, atol=2e-7)
    assert np.abs(scorer.pd(rows) - pd).max() > 1e-6  # in doubles: else this file tests nothing


def test_rows_are_added_up_in_blocks_as_in_one(many, monkeypatch):
    scorer, rows, _, _ = many
    whole = single_precision.margins(scorer.ensemble, rows[:300])
    monkeypatch.setattr(single_precision, "_BLOCK", 7 * len(scorer.ensemble.trees))
    np.testing.assert_array_equal(single_precision.margins(scorer.ensemble, rows[:300]), whole)
    assert len(single_precision.margins(scorer.ensemble, rows[:0])) == 0


def test_a_tree_too_few_is_no_rounding(many):
    scorer, rows, _, pd = many
    less = replace(scorer.ensemble, trees=scorer.ensemble.trees[1:])
    assert np.abs(single_precision.pds(less, rows) - pd).max() > 1e-4


@pytest.mark.parametrize("intercept", [0.0, -900.0, 900.0, -3.8918])
def test_an_intercept_beyond_a_probability_stays_what_it_is(many, intercept):
    scorer, rows, _, _ = many
    alone = replace(scorer.ensemble, trees=(), intercept=intercept)
    np.testing.assert_allclose(single_precision.margins(alone, rows[:3]), intercept, rtol=1e-6)


def constants(like, *values):
    """Trees of one leaf each."""
    return replace(like, trees=tuple(like.trees[0].with_leaves({0: value}) for value in values), intercept=0.0)


@pytest.mark.parametrize(
    ("values", "due"),
    [
        ((1e8, 1.0, -1e8), 0.0),  # 1 is lost beside 1e8
        ((1e8, -1e8, 1.0), 1.0),
        ((2.0**24, 1.0, 1.0), 2.0**24),  # two halves of an ulp, each rounded to even
        ((1.0, 1.0, 2.0**24), 2.0**24 + 2),
        ((2.0**24, 1.00000001), 2.0**24),  # a leaf is rounded before it is added
        ((0.1,), float(np.float32(0.1))),
    ],
)
def test_trees_are_added_in_their_order_and_each_sum_is_rounded(many, values, due):
    scorer, rows, *_ = many
    np.testing.assert_array_equal(single_precision.margins(constants(scorer.ensemble, *values), rows[:4]), due)
