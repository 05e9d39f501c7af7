"""Categories as columns of 0 and 1: trees of such columns, folded, give each row of the features the same margin."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.core import Column, Kind
from riskmodel.scorers.catboost.indicators import Indicators
from riskmodel.scorers.foreign.plain_trees import plain_tree
from riskmodel.trees import LEAF, MISSING_NAN, MISSING_NONE, TreeEnsemble

FEATURES = (
    Column("job", kind=Kind.CATEGORICAL, categories=("clerk", "driver", "none")),
    Column("age", monotone=-1),
    Column("town", kind=Kind.CATEGORICAL, categories=("here", "there")),
    Column("income", monotone=1),
)
INDICATORS = Indicators.of(FEATURES)
ROWS = np.array([[0, 30.0, 1, -2.0], [2, np.nan, 0, 5.0], [np.nan, 41.0, np.nan, np.nan], [7, -1.0, 1, 0.0]])


def grown(seed, splits=5):
    """A tree of the indicator columns: a category is split at one half, a number anywhere."""
    draw = np.random.default_rng(seed)
    feature, left, right, leaves = [LEAF], [LEAF], [LEAF], [0]
    for _ in range(splits):
        node = leaves.pop(int(draw.integers(len(leaves))))
        feature[node], left[node], right[node] = int(draw.integers(INDICATORS.count)), len(feature), len(feature) + 1
        leaves += [left[node], right[node]]
        feature, left, right = feature + [LEAF] * 2, left + [LEAF] * 2, right + [LEAF] * 2
    asked = np.array(feature)
    is_code = np.array([at != LEAF and INDICATORS.sources[at][1] is not None for at in feature])
    return plain_tree(
        feature=asked,
        threshold=np.where(asked == LEAF, 0.0, np.where(is_code, 0.5, draw.normal(size=len(asked)))),
        children=(np.array(left), np.array(right)),
        value=np.where(asked == LEAF, draw.normal(size=len(asked)), 0.0),
        cover=np.ones(len(asked)),
        missing=(MISSING_NAN, draw.random(len(asked)) < 0.5),
    )


def test_a_number_is_one_column_and_a_category_one_a_level():
    assert INDICATORS.sources == ((0, 0), (0, 1), (0, 2), (1, None), (2, 0), (2, 1), (3, None))
    assert INDICATORS.count == 7


def test_directions_are_those_of_the_numbers_alone():
    assert INDICATORS.monotone == [0, 0, 0, -1, 0, 0, 1]


def test_a_row_has_1_at_its_level_and_nothing_but_0_where_its_level_is_missing_or_unknown():
    nan = np.nan
    due = [[1, 0, 0, 30, 0, 1, -2], [0, 0, 1, nan, 1, 0, 5], [0, 0, 0, 41, 0, 0, nan], [0, 0, 0, -1, 0, 1, 0]]
    np.testing.assert_array_equal(INDICATORS.matrix(ROWS), due)


def test_no_row_gives_no_row():
    assert INDICATORS.matrix(ROWS[:0]).shape == (0, 7)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_folded_trees_give_the_margins_of_the_indicator_trees(seed):
    draw = np.random.default_rng(seed)
    trees = tuple(grown(draw.integers(1 << 30), int(draw.integers(0, 7))) for _ in range(3))
    wide = TreeEnsemble(trees, 0.3, INDICATORS.count, "lightgbm")
    pairs = [(draw.choice([*range(4), np.nan], 60), draw.normal(size=60)) for _ in range(2)]
    rows = np.column_stack([column for pair in pairs for column in pair])
    rows[::7, 3] = np.nan
    narrow = INDICATORS.folded(wide)
    assert narrow.n_features == len(FEATURES)
    np.testing.assert_array_equal(narrow.margins(rows), wide.margins(INDICATORS.matrix(rows)))


def test_a_split_on_a_level_is_a_split_by_category_and_any_other_stays():
    tree = grown(3, 6)
    (folded,) = INDICATORS.folded(TreeEnsemble((tree,), 0.0, INDICATORS.count, "lightgbm")).trees
    for node, asked in enumerate(tree.feature.tolist()):
        place, code = INDICATORS.sources[asked] if asked != LEAF else (LEAF, None)
        assert folded.feature[node] == place
        assert folded.sets[node] == (None if code is None else (code,))
        swapped = (tree.right, tree.left) if code is not None else (tree.left, tree.right)
        if code is not None:  # a missing level is one that is not listed
            assert (folded.missing[node], folded.default_left[node]) == (MISSING_NONE, False)
        assert (folded.left[node], folded.right[node]) == tuple(side[node] for side in swapped)


@pytest.mark.parametrize("kind", [Kind.NUMERIC, Kind.CATEGORICAL])
def test_a_single_feature_is_enough(kind):
    categories = ("a",) if kind is Kind.CATEGORICAL else ()
    made = Indicators.of([Column("only", kind=kind, categories=categories)])
    due = [[1], [0]] if categories else [[0], [np.nan]]
    np.testing.assert_array_equal(made.matrix(np.array([[0.0], [np.nan]])), due)
