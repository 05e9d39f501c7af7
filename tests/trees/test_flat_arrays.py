"""Trees end to end as arrays, unpacked tree by tree."""

import numpy as np
import pytest
from random_trees import random_ensemble

from riskmodel.trees.flat_arrays import pack


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
@pytest.mark.parametrize("seed", range(3))
def test_every_node_is_where_its_tree_starts(rules, seed):
    trees = random_ensemble(seed, rules).trees
    packed, first = pack(trees), 0
    for i, tree in enumerate(trees):
        assert packed.arrays[0][i] == first
        at = slice(first, first + len(tree))
        for name in ("feature", "threshold", "left", "right", "default_left", "missing"):
            assert getattr(packed, name)[at].tolist() == getattr(tree, name).tolist()
        assert packed.categorical[at].tolist() == [listed is not None for listed in tree.sets]
        for node, listed in enumerate(tree.sets, start=first):
            words = packed.words[packed.start[node] : packed.start[node + 1]]
            codes = [c for c in range(32 * len(words)) if int(words[c // 32]) >> c % 32 & 1]
            assert codes == sorted(listed or ())
        first += len(tree)
    assert len(packed.feature) == first


def test_no_trees_are_empty_arrays():
    assert all(len(values) in (0, 1) for values in pack([]).arrays)
    assert np.array_equal(pack([]).start, [0])
