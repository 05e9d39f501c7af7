"""Values of one cell go the same way at every split, and merged cells are told apart by some split."""

import numpy as np
import pytest
from random_trees import random_ensemble, trying

from riskmodel.trees.worst_case.cells import goes_left, merged, representatives

both = pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])


def answers(ensemble, values, feature):
    """For each value of a feature, on which side it is of each split of this feature."""
    rows = [mask for tree in ensemble.trees for node, mask in goes_left(tree, ensemble, values).items()
            if tree.feature[node] == feature]  # fmt: skip
    return np.array(rows, bool).reshape(len(rows), len(values[feature]))


@both
@pytest.mark.parametrize("seed", range(3))
def test_every_value_goes_as_some_representative(rules, seed):
    ensemble = random_ensemble(seed, rules)
    rows = trying(ensemble, 300)
    cells = representatives([ensemble])
    for feature in ensemble.used_features:
        of_rows = answers(ensemble, [rows[:, f] for f in range(3)], feature)
        of_cells = {tuple(column) for column in answers(ensemble, cells, feature).T}
        assert {tuple(column) for column in of_rows.T} <= of_cells


@both
def test_the_side_of_a_split_is_where_the_walk_goes(rules):
    """A tree is followed by these sides alone, and ends where the code that scores ends."""
    ensemble = random_ensemble(7, rules)
    rows = trying(ensemble, 200)
    columns = [rows[:, f] for f in range(3)]
    for i, tree in enumerate(ensemble.trees):
        left = goes_left(tree, ensemble, columns)
        for row, due in enumerate(ensemble.leaves(rows)[:, i]):
            node = 0
            while not tree.is_leaf[node]:
                node = int(tree.left[node] if left[node][row] else tree.right[node])
            assert node == due


@both
def test_merged_cells_are_the_smallest_set_with_all_answers(rules):
    ensemble = random_ensemble(3, rules)
    cells = representatives([ensemble])
    kept = merged(cells, [goes_left(tree, ensemble, cells) for tree in ensemble.trees], ensemble.trees)
    for feature, places in enumerate(kept):
        if feature not in ensemble.used_features:
            assert places.tolist() == [0]
            continue
        columns = [tuple(column) for column in answers(ensemble, cells, feature).T]
        assert len(places) == len(set(columns))
        assert {columns[place] for place in places} == set(columns)
        assert all(columns.index(columns[place]) == place for place in places)  # the first of its kind


def test_a_feature_that_no_split_asks_for_has_one_cell():
    ensemble = random_ensemble(2, "lightgbm", features=(0, 2))
    assert [len(column) for column in representatives([ensemble])][1] == 1
