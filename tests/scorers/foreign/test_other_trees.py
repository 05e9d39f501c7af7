"""A tree by the other library's rules answers every row as before: at thresholds, beside them, missing, of levels."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import random_ensemble, trying

from riskmodel.core import Column, Kind
from riskmodel.errors import UnsupportedScorer
from riskmodel.scorers.foreign.other_trees import to_lightgbm, to_xgboost
from riskmodel.trees import MISSING_NAN, MISSING_NONE, MISSING_ZERO

SEEDS = st.integers(0, 10_000)
USE = Column("use", kind=Kind.CATEGORICAL, categories=tuple(f"level {i}" for i in range(45)))
FEATURES = (Column("a"), Column("b"), USE)


def rows(ensemble, seed):
    """LightGBM alone takes what is within 1e-35 of 0 for 0; levels are codes that a column has."""
    made = np.clip(trying(ensemble, 300, seed), -3e38, 3e38)
    made = np.where(np.abs(made) < 1e-34, 0.0, made).astype(np.float32).astype(np.float64)
    made[:, 2] = np.random.default_rng(seed).choice([np.nan, *range(45)], 300)
    return made


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_trees_of_lightgbm_answer_as_trees_of_xgboost(seed):
    given_trees = random_ensemble(seed, "lightgbm", missing=(MISSING_NONE, MISSING_NAN))
    other = replace(given_trees, trees=tuple(map(to_xgboost, given_trees.trees)), rules="xgboost")
    asked = rows(given_trees, seed)
    np.testing.assert_array_equal(other.tree_margins(asked), given_trees.tree_margins(asked))


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_trees_of_xgboost_answer_as_trees_of_lightgbm(seed):
    given_trees = random_ensemble(seed, "xgboost")
    made = tuple(to_lightgbm(tree, FEATURES) for tree in given_trees.trees)
    asked = rows(given_trees, seed)
    other = replace(given_trees, trees=made, rules="lightgbm")
    np.testing.assert_array_equal(other.tree_margins(asked), given_trees.tree_margins(asked))


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_there_and_back_a_tree_of_numbers_answers_as_it_did(seed):
    given_trees = random_ensemble(seed, "xgboost", features=(0, 1))
    back = tuple(to_xgboost(to_lightgbm(tree, FEATURES)) for tree in given_trees.trees)
    asked = rows(given_trees, seed)
    np.testing.assert_array_equal(replace(given_trees, trees=back).tree_margins(asked), given_trees.tree_margins(asked))


def test_rows_of_a_leaf_are_whole_and_at_least_one_in_lightgbm_and_their_weights_stay():
    for tree in random_ensemble(9, "xgboost").trees:
        light = replace(tree, cover=tree.cover / 700)
        made = to_lightgbm(light, FEATURES)
        assert (made.cover >= 1).all()
        np.testing.assert_array_equal(made.cover, np.round(made.cover))
        np.testing.assert_array_equal(made.carried["weight"], light.cover)


def test_zeros_that_count_as_missing_have_no_place_in_xgboost():
    trees = random_ensemble(3, "lightgbm", features=(0, 1), missing=(MISSING_ZERO,)).trees
    largest = max(trees, key=len)
    with pytest.raises(UnsupportedScorer, match="a model that takes 0 for missing has no place in XGBoost"):
        to_xgboost(largest)


def test_codes_of_which_there_may_be_more_are_refused_where_a_missing_one_goes_with_the_listed():
    codes = (*FEATURES[:2], replace(USE, other=True))
    trees = [tree for seed in range(6) for tree in random_ensemble(seed, "xgboost", features=(2,)).trees]
    with_listed = [
        tree for tree in trees if any(one is not None and not tree.default_left[i] for i, one in enumerate(tree.sets))
    ]
    assert with_listed
    assert len(with_listed) < len(trees)
    for tree in trees:
        if any(tree is one for one in with_listed):
            with pytest.raises(UnsupportedScorer, match="a split by 'use' sends a missing value with levels that it"):
                to_lightgbm(tree, codes)
        else:
            to_lightgbm(tree, codes)
