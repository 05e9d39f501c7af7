"""A tree of scikit-learn read as shares of bads and written again: the library itself says the same of every row."""

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from riskmodel.scorers.foreign.sklearn_nodes import classifier, gains, shares, single_edges, upper_part
from riskmodel.trees import TreeEnsemble


@pytest.fixture(scope="module", params=[True, False], ids=["with gaps", "whole"])
def fitted(request):
    """A tree of some leaves, with missing values or without."""
    draw = np.random.default_rng(0)
    rows = draw.normal(size=(300, 3)).round(1)
    if request.param:
        rows[draw.random(rows.shape) < 0.15] = np.nan
    y = (np.nan_to_num(rows[:, 0]) + draw.normal(size=300) > 0).astype(int)
    return DecisionTreeClassifier(max_leaf_nodes=9, random_state=0).fit(rows, y), rows, request.param


def beside(model, rows):
    """The rows, and rows whose numbers lie at and beside the thresholds."""
    edges = model.tree_.threshold[np.isfinite(model.tree_.threshold)]
    near = np.concatenate([edges, np.nextafter(edges, 99.0), np.nextafter(edges, -99.0)])
    return np.concatenate([rows, np.random.default_rng(1).choice(near, (400, 3))])


def read(model, ends=frozenset(), *, missing):
    tree = upper_part(model.tree_, ends, missing)
    return tree, TreeEnsemble((tree,), 0.0, 3, "lightgbm")


def test_it_says_of_each_row_what_the_library_says(fitted):
    model, rows, missing = fitted
    _, ensemble = read(model, missing=missing)
    given = beside(model, rows)
    np.testing.assert_array_equal(ensemble.margins(given), model.predict_proba(given)[:, 1])


def test_written_again_the_library_says_the_same(fitted):
    model, rows, missing = fitted
    tree, _ = read(model, missing=missing)
    again = classifier(model, tree, 3)
    given = beside(model, rows)
    np.testing.assert_allclose(again.predict_proba(given), model.predict_proba(given), atol=1e-15)
    assert again.tree_.node_count == model.tree_.node_count
    assert again is not model


def test_the_upper_part_ends_in_the_shares_of_its_nodes(fitted):
    model, rows, missing = fitted
    root = model.tree_.children_left[0]
    tree, ensemble = read(model, {int(root)}, missing=missing)
    assert tree.n_leaves < model.tree_.n_leaves
    went_left = model.decision_path(rows).toarray()[:, root].astype(bool)
    assert (ensemble.margins(rows)[went_left] == shares(model.tree_)[root]).all()
    alone, _ = read(model, {0}, missing=missing)
    assert (len(alone), alone.value[0]) == (1, shares(model.tree_)[0])


def test_a_share_is_of_the_bads_and_a_gain_of_the_impurity(fitted):
    model, rows, _ = fitted
    paths = model.decision_path(rows).toarray().astype(bool)
    bad = model.tree_.value[:, 0, 1] / model.tree_.value[:, 0].sum(axis=1)
    np.testing.assert_allclose(shares(model.tree_), bad)
    lost = gains(model.tree_)
    assert (lost[model.tree_.children_left < 0] == 0).all()
    assert (lost >= -1e-9).all()
    counts = paths.sum(axis=0)
    whole = counts[0] * 2 * bad[0] * (1 - bad[0])
    leaves = model.tree_.children_left < 0
    left = (counts * 2 * bad * (1 - bad))[leaves].sum()
    assert lost.sum() == pytest.approx(whole - left)


@pytest.mark.parametrize("threshold", [0.1, -0.1, 0.0, 1e30, -2.5, 1e-45])
def test_an_edge_is_the_last_number_that_goes_left_in_single_precision(threshold):
    [edge] = single_edges(np.array([threshold]))
    assert float(np.float32(edge)) <= threshold
    assert float(np.float32(np.nextafter(edge, np.inf))) > threshold


def test_an_infinite_threshold_parts_missing_values_from_all_others():
    assert single_edges(np.array([np.inf, -np.inf])).tolist() == [np.inf, -np.inf]
