"""The bytes of columns, looked up slowly, answer every split as the code that scores does."""

from dataclasses import replace

import numpy as np
import pytest
from random_trees import random_ensemble, trying

from riskmodel.trees.compiled.split_encoding import FULL, questions
from riskmodel.trees.compiled.tree_order import ordered
from riskmodel.trees.shap.leaf_paths import sides

both = pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])


def encoded(asked, matrix):
    """The bytes of each row (n x columns): a value's slot is the number of edges below it, missing has the last."""
    columns = []
    for feature, first_edge, halvings, first_byte, width in asked.features:
        slots = 2**halvings + 1
        edges = asked.edges[first_edge : first_edge + slots - 2]
        values = matrix[:, feature]
        slot = np.where(np.isnan(values), slots - 1, np.searchsorted(edges, values))
        columns += [asked.bytes[first_byte + slots * column + slot] for column in range(width)]
    return np.column_stack(columns)


def lefts(ensemble, rows):
    """Whether each row goes left at each split, in the order of `ordered`: by a walk that shares nothing with it."""
    whole, first, of = sides(ensemble, rows), 0, []
    for tree in ensemble.trees:
        stack = [0]
        while stack:
            node = stack.pop()
            if not tree.is_leaf[node]:
                of.append(first + node)
                stack += [int(tree.right[node]), int(tree.left[node])]
        first += len(tree)
    return whole[:, of]


@both
@pytest.mark.parametrize("seed", range(4))
def test_each_split_is_answered_as_by_the_walk(rules, seed):
    ensemble = random_ensemble(seed, rules, trees=8)
    rows = trying(ensemble, 400, seed)
    asked = questions(ordered(ensemble.trees), rules)
    given = encoded(asked, rows)
    assert given.shape[1] == asked.n_columns
    right = (given[:, asked.column] & asked.mask) > asked.limit
    np.testing.assert_array_equal(~right, lefts(ensemble, rows))


def test_more_edges_than_a_byte_counts_take_another_column():
    trees = []
    for seed in range(2, 200):
        trees += random_ensemble(seed, "xgboost", trees=3, features=(0,)).trees
    few = random_ensemble(1, "xgboost", trees=3, features=(0,))
    assert questions(ordered(few.trees), "xgboost").n_columns == 2  # one a way that missing values go
    draw = np.random.default_rng(4)
    spread = tuple(
        replace(tree, threshold=np.where(tree.is_leaf, 0.0, np.float32(draw.normal(size=len(tree)))).astype(float))
        for tree in trees
    )
    many = replace(few, trees=spread)
    edges = {float(t) for tree in spread for t in tree.threshold[~tree.is_leaf]}
    asked = questions(ordered(many.trees), "xgboost")
    assert len(edges) > FULL
    assert asked.n_columns >= -(-len(edges) // FULL)
    rows = np.column_stack([draw.normal(size=(100, 1)), np.zeros((100, 2))])
    right = (encoded(asked, rows)[:, asked.column] & asked.mask) > asked.limit
    np.testing.assert_array_equal(~right, lefts(many, rows))
