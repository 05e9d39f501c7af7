"""The compiled form as a plain reading of its tables: scored by hand from these bytes, it gives the walk's margins."""

import numpy as np
import pytest
from random_trees import random_ensemble, random_tree, trying

from riskmodel.trees import TreeEnsemble
from riskmodel.trees.compiled import assemble
from riskmodel.trees.compiled.layout import EDGES, FEATURES, LARGE, MASKED, N_COLUMNS, PLAIN, TREES, VALUES, WALKED

KINDS = {FEATURES: (np.int64, 5), TREES: (np.int64, 5), EDGES: (np.float64, 1), VALUES: (np.float64, 1)}
KINDS[WALKED] = (np.int32, 5)
RULES = pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])


def table(compiled, which):
    dtype, wide = KINDS[which]
    start, rows = compiled.bounds[:, which]
    end = start + rows * wide * np.dtype(dtype).itemsize
    read = compiled.form[start:end].view(dtype)
    return read.reshape(rows, wide) if wide > 1 else read


@RULES
def test_every_table_starts_at_a_line_of_memory_and_before_the_next(rules):
    compiled = assemble.compile_trees(random_ensemble(2, rules))
    starts = compiled.bounds[0]
    assert (starts % assemble.ALIGNED == 0).all()
    assert (np.diff(starts) >= 0).all()
    assert starts[-1] == len(compiled.form)


@RULES
def test_the_leaves_stand_tree_by_tree_with_their_values(rules):
    trees = random_ensemble(2, rules)
    compiled = assemble.compile_trees(trees)
    first = table(compiled, TREES)[:, 2]
    values = np.split(table(compiled, VALUES), first[1:])
    for tree, own in zip(trees.trees, values, strict=True):
        assert sorted(own) == sorted(tree.value[tree.is_leaf])
    assert (compiled.intercept, compiled.n_features) == (trees.intercept, 3)


@pytest.mark.parametrize(
    ("splits", "features", "kind"),
    [(0, (0,), PLAIN), (255, (0, 1), PLAIN), (4, (2,), MASKED), (256, (0, 1), LARGE), (300, (2,), LARGE)],
)
def test_a_tree_is_plain_masked_by_its_categories_or_large(splits, features, kind):
    tree = random_tree(np.random.default_rng(1), "lightgbm", splits, features)
    compiled = assemble.compile_trees(TreeEnsemble((tree,), 0.0, 3, "lightgbm"))
    ((start, end, _, of, lane),) = table(compiled, TREES)
    assert of == kind
    assert (lane < 0) == (kind == LARGE)
    assert end - start == splits


@RULES
def test_large_trees_walked_by_hand_end_in_the_leaf_of_the_walk(rules, monkeypatch):
    monkeypatch.setattr(assemble, "MOST_COLUMNS", 0)  # every tree with a split counts as large
    trees = random_ensemble(6, rules, trees=4)
    compiled, rows = assemble.compile_trees(trees), trying(trees, 60)
    listed, walked, values = (table(compiled, which) for which in (TREES, WALKED, VALUES))
    columns = encoded(compiled, rows)
    margins = np.full(len(rows), trees.intercept)
    for row in range(len(rows)):
        total = 0.0
        for tree, (start, _, first, kind, _) in zip(trees.trees, listed, strict=True):
            at = 0 if len(tree) > 1 else ~0
            while at >= 0:
                column, mask, limit, left, right = walked[start + at]
                local = right if columns[row, column] & mask > limit else left
                at = local - start if local >= 0 else local
            assert (kind == LARGE) == (len(tree) > 1)
            total += values[first + ~at]
        margins[row] = total + trees.intercept
    np.testing.assert_array_equal(margins, trees.margins(rows))


def encoded(compiled, rows):
    """The bytes of each row's columns, by a plain search in the edges; a missing value has the slot after the last."""
    start = compiled.bounds[0, N_COLUMNS - 1]
    content, edges, made = compiled.form[start:], table(compiled, EDGES), []
    for place, first_edge, halvings, first_byte, columns in table(compiled, FEATURES):
        slots = 2**halvings + 1
        own = edges[first_edge : first_edge + slots - 2]
        slot = np.where(np.isnan(rows[:, place]), slots - 1, np.searchsorted(own, rows[:, place]))
        made += [content[first_byte + column * slots + slot] for column in range(columns)]
    return np.column_stack(made)


def test_no_trees_are_the_intercept_alone():
    compiled = assemble.compile_trees(TreeEnsemble((), 0.75, 2, "xgboost"))
    assert compiled.bounds[1, TREES] == 0
    np.testing.assert_array_equal(compiled.margins(np.zeros((3, 2))), 0.75)
