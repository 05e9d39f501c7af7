"""Attributions of every scorer against the definition: all coalitions of the features, one after the other."""

from itertools import combinations
from math import factorial

import numpy as np
import pytest
from samples import FEATURES, drawn

from riskmodel import scorers
from riskmodel.errors import DataError, RiskModelError, UnsupportedScorer
from riskmodel.explanation import explain, interactions
from riskmodel.trees.shap.treeshap import TreeShap

ROWS, REFERENCE = drawn(12, 21).matrix, drawn(7, 22).matrix
P = len(FEATURES)
every = pytest.mark.parametrize("kind", scorers.names())


def coalitions(scorer):
    """The mean margin of each coalition of features of each row, the others taken from the reference."""
    worth = {}
    for size in range(P + 1):
        for of in combinations(range(P), size):
            mixed = np.repeat(REFERENCE[None], len(ROWS), axis=0)
            mixed[:, :, list(of)] = ROWS[:, None, list(of)]
            margins = scorer.raw_margin(mixed.reshape(-1, P))
            worth[frozenset(of)] = margins.reshape(len(ROWS), -1).mean(axis=1)
    return worth


def shapley(worth):
    values = np.zeros((len(ROWS), P))
    for i in range(P):
        for of in (of for of in worth if i not in of):
            share = factorial(len(of)) * factorial(P - len(of) - 1) / factorial(P)
            values[:, i] += share * (worth[of | {i}] - worth[of])
    return values


@every
def test_they_add_up_and_are_shapley_values_where_they_say_so(kind, fitted):
    scorer = fitted(kind)
    made, expected = explain(scorer, ROWS, REFERENCE), shapley(coalitions(scorer))
    assert made.base == pytest.approx(scorer.raw_margin(REFERENCE).mean())
    gap = np.abs(made.base + made.values.sum(axis=1) - scorer.raw_margin(ROWS)).max()
    assert made.error == pytest.approx(gap)
    if made.exact:
        assert made.error < 1e-4
        np.testing.assert_allclose(made.values, expected, atol=1e-4 if kind == "xgb" else 1e-6)
    else:
        assert made.error < 0.01  # of log-odds
        assert np.corrcoef(made.values.ravel(), expected.ravel())[0, 1] > 0.95


@pytest.mark.parametrize(
    ("kind", "way"),
    [
        ("lgbm", "interventional"),
        ("xgb", "interventional"),
        ("catboost", "interventional"),
        ("ebm", "interventional"),
        ("scorecard", "interventional"),
        ("blend", "interventional"),
        ("mlp", "expected gradients"),
        ("neural", "expected gradients"),
        ("gru", "expected gradients"),
        ("conv", "expected gradients"),
        ("simple", "permutation"),
        ("onnx", "permutation"),
    ],
)
def test_each_scorer_is_explained_in_its_own_way(kind, way, fitted):
    assert explain(fitted(kind), ROWS[:2], REFERENCE).way == way


@pytest.mark.parametrize("kind", ["lgbm", "xgb", "catboost", "ebm", "scorecard", "blend"])
def test_without_a_reference_it_is_development(kind, fitted):
    scorer = fitted(kind)
    made = explain(scorer, ROWS)
    assert made.exact
    np.testing.assert_allclose(made.base + made.values.sum(axis=1), scorer.raw_margin(ROWS), atol=1e-4)


@pytest.mark.parametrize("kind", ["mlp", "onnx", "simple"])
def test_what_has_no_development_inside_asks_for_a_reference(kind, fitted):
    with pytest.raises(UnsupportedScorer, match="explained against reference rows, however: none were given"):
        explain(fitted(kind), ROWS)


def test_no_rows_have_no_attributions(fitted):
    for kind in ("lgbm", "onnx", "mlp"):
        assert explain(fitted(kind), ROWS[:0], REFERENCE).values.shape == (0, P)


@pytest.mark.parametrize("reference", [REFERENCE[:0], REFERENCE[:, :3], REFERENCE[0]])
def test_a_reference_that_cannot_be_is_refused(reference, fitted):
    with pytest.raises(DataError, match="reference must have rows of 5 features, however: shape"):
        explain(fitted("lgbm"), ROWS, reference)


def test_exact_values_that_do_not_add_up_are_refused(fitted, monkeypatch):
    monkeypatch.setattr(TreeShap, "__call__", lambda _, matrix: np.zeros(matrix.shape))
    with pytest.raises(RiskModelError, match="attributions must add up to the margin, however: one of the rows"):
        explain(fitted("lgbm"), ROWS)


def test_pairs_are_those_of_xgboost(fitted):
    """With missing values and a category; the library adds up in single precision."""
    xgboost = pytest.importorskip("xgboost")
    scorer = fitted("xgb")
    types = ["c" if column.categories else "q" for column in FEATURES]
    rows = xgboost.DMatrix(ROWS, feature_types=types, enable_categorical=True)
    expected = scorer.native.booster.predict(rows, pred_interactions=True, validate_features=False)
    np.testing.assert_allclose(interactions(scorer, ROWS), expected[:, :-1, :-1], atol=2e-4)


@pytest.mark.parametrize("kind", ["lgbm", "xgb", "blend"])
def test_rows_of_pairs_add_up_to_the_attributions(kind, fitted):
    scorer = fitted(kind)
    for reference in (None, REFERENCE):
        pairs = interactions(scorer, ROWS, reference)
        expected = explain(scorer, ROWS, reference).values
        np.testing.assert_allclose(pairs.sum(axis=2), expected, atol=1e-4)
        np.testing.assert_allclose(pairs, pairs.transpose(0, 2, 1))


def test_pairs_against_a_reference_are_by_the_definition(fitted):
    """Half the Shapley interaction index: over all coalitions without the two."""
    scorer = fitted("lgbm")
    worth, i, j = coalitions(scorer), 1, 2
    expected = np.zeros(len(ROWS))
    for of in (of for of in worth if not of & {i, j}):
        share = factorial(len(of)) * factorial(P - len(of) - 2) / factorial(P - 1)
        expected += share * (worth[of | {i, j}] - worth[of | {i}] - worth[of | {j}] + worth[of]) / 2
    np.testing.assert_allclose(interactions(scorer, ROWS, REFERENCE)[:, i, j], expected, atol=1e-9)


def test_a_scorer_without_trees_has_no_pairs(fitted):
    with pytest.raises(UnsupportedScorer, match="interactions are of sums of trees, however: mlp"):
        interactions(fitted("mlp"), ROWS)
