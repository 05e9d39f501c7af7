"""Nodes as XGBoost needs them: a tree that another library grew gives a single row what it gives many."""

import lightgbm
import numpy as np
import pytest
import xgboost

from riskmodel import prune_trees
from riskmodel.scorers import open_native
from riskmodel.scorers.xgb.node_order import paired
from riskmodel.trees import LEAF


@pytest.fixture(scope="module")
def rows():
    draw = np.random.default_rng(0)
    X = draw.normal(size=(900, 3))
    return X, (draw.random(900) < 1 / (1 + np.exp(-X[:, 0] + X[:, 1] * X[:, 2]))).astype(int)


@pytest.fixture(scope="module")
def model(rows):
    return lightgbm.LGBMClassifier(n_estimators=8, num_leaves=9, verbose=-1, n_jobs=1).fit(*rows)


def test_one_row_scores_as_it_does_among_many(rows, model):
    X, y = rows
    made = prune_trees(model, X, y, keep=1.0, as_="xgboost", method="prefix")
    alone = [made.predict(xgboost.DMatrix(X[[i]]))[0] for i in range(60)]
    np.testing.assert_allclose(alone, model.predict_proba(X[:60])[:, 1], atol=1e-6)


def test_children_stand_side_by_side_and_nothing_else_changes(model, tmp_path):
    model.booster_.save_model(tmp_path / "given.txt")
    for tree in open_native(tmp_path / "given.txt").ensemble.trees:
        made = paired(tree)
        inner = made.feature != LEAF
        assert (made.right[inner] == made.left[inner] + 1).all()
        assert paired(made) is made
        assert walked(made) == walked(tree)


def walked(tree, node=0):
    """A tree as nested tuples, whatever the order of its nodes."""
    if tree.feature[node] == LEAF:
        return (tree.value[node], tree.cover[node])
    split = (tree.feature[node], tree.threshold[node], tree.default_left[node], tree.carried["gain"][node])
    return (*split, walked(tree, tree.left[node]), walked(tree, tree.right[node]))
