"""The compiled walk against both libraries' rules, written down slowly: one row, one tree, one question at a time."""

import numpy as np
import pytest
from random_trees import random_ensemble, trying

from riskmodel.trees import LEAF, MISSING_NAN, MISSING_ZERO
from riskmodel.trees.flat_arrays import pack

ZERO = float(np.float32(1e-35))


def lightgbm_left(tree, node, x):
    """Numbers nearer to 0 than 1e-35 are 0; what is missing goes the default way only where its kind is missing."""
    if tree.sets[node] is not None:
        return not np.isnan(x) and -1 < x < 2**31 and int(x) in tree.sets[node]
    kind = tree.missing[node]
    if np.isnan(x) and kind != MISSING_NAN:
        x = 0.0
    if abs(x) <= ZERO:
        x = 0.0
    if (kind == MISSING_NAN and np.isnan(x)) or (kind == MISSING_ZERO and x == 0):
        return bool(tree.default_left[node])
    return bool(x <= tree.threshold[node])


def xgboost_left(tree, node, x):
    """Both sides in single precision; a category goes left where it is not listed."""
    if np.isnan(x):
        return bool(tree.default_left[node])
    if tree.sets[node] is not None:
        return not (0 <= x < 2**31 and int(np.float32(x)) in tree.sets[node])
    with np.errstate(over="ignore"):
        return bool(np.float32(x) < np.float32(tree.threshold[node]))


def walked(tree, row, left):
    node = 0
    while tree.feature[node] != LEAF:
        node = int((tree.left if left(tree, node, row[tree.feature[node]]) else tree.right)[node])
    return node


@pytest.mark.parametrize(("rules", "left"), [("lightgbm", lightgbm_left), ("xgboost", xgboost_left)])
@pytest.mark.parametrize("seed", range(5))
def test_every_row_ends_where_the_rules_lead_it(rules, left, seed):
    ensemble = random_ensemble(seed, rules)
    rows = trying(ensemble, 150, seed)
    wanted = [[walked(tree, row, left) for tree in ensemble.trees] for row in rows]
    leaves = ensemble.leaves(rows)
    np.testing.assert_array_equal(leaves, wanted)
    values = np.array([[tree.value[end] for tree, end in zip(ensemble.trees, ends, strict=True)] for ends in wanted])
    np.testing.assert_array_equal(ensemble.tree_margins(rows), values)
    np.testing.assert_allclose(ensemble.margins(rows), values.sum(axis=1) + ensemble.intercept, rtol=0, atol=1e-12)


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
def test_packed_trees_hold_every_node_and_every_category(rules):
    ensemble = random_ensemble(7, rules, trees=9)
    packed = pack(ensemble.trees)
    assert packed.roots.tolist() == np.cumsum([0, *(len(tree) for tree in ensemble.trees)])[:-1].tolist()
    for root, tree in zip(packed.roots.tolist(), ensemble.trees, strict=True):
        for node in range(len(tree)):
            at = root + node
            assert packed.feature[at] == tree.feature[node]
            assert packed.categorical[at] == (tree.sets[node] is not None)
            words = packed.words[packed.start[at] : packed.start[at + 1]]
            codes = {32 * i + bit for i, word in enumerate(words.tolist()) for bit in range(32) if word >> bit & 1}
            assert codes == set(tree.sets[node] or ())


def test_no_trees_are_packed_as_nothing():
    packed = pack(())
    assert len(packed.roots) == len(packed.feature) == len(packed.words) == 0
