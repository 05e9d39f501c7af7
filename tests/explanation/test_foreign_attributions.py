"""Attributions of models that somebody else trained: the shap package is the oracle."""

import numpy as np
import pytest
import shap
from drawn_onnx import Sketch, rows_for
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

from riskmodel.errors import UnsupportedScorer
from riskmodel.explanation import attributions, explain, interactions
from riskmodel.scorers import ModelSettings, network_scorer_of
from riskmodel.scorers.foreign.forest_objects import taken_apart
from riskmodel.scorers.foreign.opening import opened
from riskmodel.trees.shap.leaf_games import LeafGames
from riskmodel.trees.shap.treeshap import TreeShap
from riskmodel.workflows.prune.of_forest import dressed

P = 4


@pytest.fixture(scope="module", params=[RandomForestClassifier, ExtraTreesClassifier])
def model(request):
    X = rows_for(P, 500, 1).astype(np.float64)
    margin = X[:, 0] * (X[:, 1] > 0) - X[:, 2]
    y = np.random.default_rng(2).random(500) < 1 / (1 + np.exp(-margin))
    return request.param(n_estimators=9, min_samples_leaf=5, class_weight="balanced", random_state=0).fit(X, y)


@pytest.fixture(scope="module")
def forest(model):
    return taken_apart(model).forest


@pytest.fixture(scope="module")
def forest_scorer(model, forest):
    return dressed(opened(taken_apart(model).content, ModelSettings()), forest).scorer


def rows(count, seed):
    return rows_for(P, count, seed).astype(np.float32).astype(np.float64)  # as a forest takes them


def shares(forest):
    return forest.upper_parts(forest.n_trees, forest.n_leaves)


def exact(margin, matrix, reference):
    """By all coalitions of the features."""
    return shap.KernelExplainer(margin, reference).shap_values(matrix, nsamples=2**P, l1_reg=False, silent=True)


def test_of_a_forests_shares_they_are_those_of_shap(model, forest):
    matrix = rows(60, 3)
    expected = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent").shap_values(matrix)[..., 1]
    np.testing.assert_allclose(TreeShap(shares(forest))(matrix) / forest.n_trees, expected, atol=1e-9)


def test_of_a_forests_shares_against_reference_rows_they_are_those_of_shap(model, forest):
    matrix, reference = rows(20, 3), rows(30, 4)
    expected = shap.TreeExplainer(model, reference, feature_perturbation="interventional").shap_values(matrix)[..., 1]
    values = LeafGames(shares(forest), reference).values(matrix) / forest.n_trees
    np.testing.assert_allclose(values, expected, atol=1e-7)  # shap counts in single precision here


def test_a_forest_is_explained_in_log_odds_of_its_own_pd(forest_scorer):
    """Its trees add up to shares, so that none of what is exact for sums of log-odds is said of it."""
    matrix, reference = rows(25, 3), rows(20, 4)
    made, expected = explain(forest_scorer, matrix, reference), exact(forest_scorer.raw_margin, matrix, reference)
    assert (made.way, made.exact) == ("permutation", False)
    assert made.error < 1e-9
    assert np.corrcoef(made.values.ravel(), expected.ravel())[0, 1] > 0.98
    sampled = attributions(forest_scorer, matrix)
    margin = forest_scorer.raw_margin(matrix) - sampled.sum(axis=1)
    np.testing.assert_allclose(margin, margin[0], atol=1e-9)


def test_a_forest_has_no_exact_values_over_development_and_no_pairs(forest_scorer):
    with pytest.raises(UnsupportedScorer, match="explained against reference rows, however: none were given"):
        explain(forest_scorer, rows(2, 3))
    with pytest.raises(UnsupportedScorer, match="interactions are of sums of trees, however:"):
        interactions(forest_scorer, rows(2, 3), rows(5, 4))


@pytest.mark.parametrize(("hidden", "within"), [(0, 1e-5), (8, 0.15)])
def test_of_a_foreign_onnx_network_they_are_near_shaps_exact_ones(hidden, within):
    """Without a hidden layer each permutation says the same, and they are exact."""
    sketch = Sketch(5)
    inner = sketch.activation(sketch.gemm("x", P, hidden), "Relu") if hidden else "x"
    scorer = network_scorer_of(sketch.finished(sketch.gemm(inner, hidden or P, 1)))
    matrix, reference = rows(25, 3), rows(20, 4)
    made, expected = explain(scorer, matrix, reference), exact(scorer.raw_margin, matrix, reference)
    assert made.way == "permutation"
    assert np.abs(made.values - expected).max() < within * np.abs(expected).max()
    assert made.base == pytest.approx(scorer.raw_margin(reference).mean())
