"""Trees of one library as the other's own booster: LightGBM and XGBoost themselves answer for what is written."""

from dataclasses import replace

import lightgbm
import numpy as np
import pytest
import xgboost
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import random_ensemble, trying

from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.scorers.foreign import other_library
from riskmodel.trees import MISSING_NAN, MISSING_NONE, MISSING_ZERO, TreeEnsemble

SEEDS = st.integers(0, 10_000)
NUMBERS = (0, 1)  # the features of a random tree that are no category


def numbers(seed, rules, missing=(MISSING_NONE, MISSING_NAN)):
    """Trees of two numbers; of LightGBM, half of their thresholds lie between two of single precision."""
    made, draw = random_ensemble(seed, rules, features=NUMBERS, missing=missing), np.random.default_rng(seed)
    if rules == "xgboost":
        return TreeEnsemble(made.trees, made.intercept, 2, rules)
    trees = [
        replace(tree, threshold=tree.threshold * draw.choice([1, 1, 1 + 2e-8, 1 - 2e-8], len(tree)))
        for tree in made.trees
    ]
    return TreeEnsemble(tuple(trees), made.intercept, 2, rules)


def tried(ensemble, seed):
    """Rows at and beside every threshold and missing; LightGBM alone takes what is within 1e-35 of 0 for 0."""
    rows = np.clip(trying(ensemble, 300, seed), -3e38, 3e38)
    return np.where(np.abs(rows) < 1e-34, 0.0, rows)


def singles(ensemble, seed):
    """The same, of numbers that single precision holds."""
    return tried(ensemble, seed).astype(np.float32).astype(np.float64)


def margins(booster, rows):
    if isinstance(booster, lightgbm.Booster):
        return booster.predict(rows, raw_score=True)
    booster.set_param({"nthread": 1})
    rows = xgboost.DMatrix(rows, feature_names=booster.feature_names, nthread=1)
    return booster.predict(rows, output_margin=True)


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS)
def test_trees_of_lightgbm_say_the_same_in_xgboost_of_numbers_in_single_precision(seed):
    given_trees = numbers(seed, "lightgbm")
    rows = singles(given_trees, seed)
    theirs = margins(other_library.booster(given_trees, None, "xgboost"), rows)
    np.testing.assert_allclose(theirs, given_trees.margins(rows), atol=1e-5)


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS)
def test_trees_of_xgboost_say_the_same_in_lightgbm_of_any_number(seed):
    given_trees = numbers(seed, "xgboost")
    rows = tried(given_trees, seed)
    theirs = margins(other_library.booster(given_trees, None, "lightgbm"), rows)
    np.testing.assert_allclose(theirs, given_trees.margins(rows), atol=1e-9)


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
def test_in_their_own_library_they_are_as_they_were(rules):
    given_trees = numbers(4, rules)
    booster = other_library.booster(given_trees, None, rules)
    rows = singles(given_trees, 0)
    np.testing.assert_allclose(margins(booster, rows), given_trees.margins(rows), atol=1e-5)
    count = booster.num_trees() if rules == "lightgbm" else booster.num_boosted_rounds()
    assert count == len(given_trees.trees)


@pytest.mark.parametrize("library", ["lightgbm", "xgboost"])
def test_features_keep_their_names_as_far_as_the_library_takes_them(library):
    booster = other_library.booster(numbers(4, "xgboost"), ("debt to income", "months[12]"), library)
    names = booster.feature_name() if library == "lightgbm" else booster.feature_names
    allowed = {"lightgbm": ["debt_to_income", "months_12_"], "xgboost": ["debt to income", "months_12_"]}
    assert names == allowed[library]


def test_without_names_each_library_counts_in_its_own_words():
    trees = numbers(4, "lightgbm")
    assert other_library.booster(trees, None, "lightgbm").feature_name() == ["Column_0", "Column_1"]
    assert other_library.booster(trees, None, "xgboost").feature_names is None


def test_lightgbms_rows_of_a_leaf_are_whole_and_at_least_one_and_its_weights_stay():
    trees = numbers(9, "xgboost")
    light = tuple(replace(tree, cover=tree.cover / 700) for tree in trees.trees)
    made = other_library.booster(replace(trees, trees=light), None, "lightgbm").dump_model()["tree_info"]

    def counts(node):
        if "split_feature" not in node:
            yield node.get("leaf_count", 1)
            return
        for side in ("left_child", "right_child"):
            yield from counts(node[side])

    whole = [count for tree in made for count in counts(tree["tree_structure"])]
    assert whole
    assert all(count >= 1 and count == int(count) for count in whole)


def test_what_has_no_place_in_the_other_library_is_refused_in_one_line():
    zero = numbers(3, "lightgbm", missing=(MISSING_ZERO,))
    with pytest.raises(UnsupportedScorer, match="a model that takes 0 for missing has no place in XGBoost"):
        other_library.booster(zero, None, "xgboost")
    assert other_library.booster(zero, None, "lightgbm").num_trees() == len(zero.trees)
    listed = random_ensemble(3, "lightgbm", features=(2,))
    for library in ("lightgbm", "xgboost"):
        with pytest.raises(UnsupportedScorer, match="a split by category keeps its own library: as_ is for models of"):
            other_library.booster(listed, None, library)


@pytest.mark.parametrize("library", ["catboost", "XGBoost", ""])
def test_a_library_that_is_not_written_is_named(library):
    with pytest.raises(RiskModelError, match=f"as_ must be lightgbm or xgboost, however: '{library}'"):
        other_library.booster(numbers(1, "lightgbm"), None, library)
