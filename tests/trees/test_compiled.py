"""Compiled trees against both libraries and against the walk, which is the oracle: equal to the last bit."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from native import trained
from random_trees import built, random_ensemble, random_tree, trying

from riskmodel.errors import DataError
from riskmodel.trees import LEAF, MISSING_NAN, TreeEnsemble
from riskmodel.trees.compiled import assemble, compile_trees, form
from riskmodel.trees.compiled.split_edges import category_edges, last_left

RULES = ["lightgbm", "xgboost"]
LGBM = {
    "plain": {},
    "zeros are missing": {"zero_as_missing": True},
    "nothing is missing": {"use_missing": False},
    "one-hot categories": {"max_cat_to_onehot": 100},
    "stumps": {"num_leaves": 2},
    "more leaves than a byte tells": {"num_leaves": 400, "min_data_in_leaf": 1, "min_sum_hessian_in_leaf": 0},
    "dart": {"boosting": "dart"},
}
XGB = {"plain": {}, "one-hot categories": {"max_cat_to_onehot": 100}, "deep": {"max_depth": 12, "min_child_weight": 0}}


def assert_same(ensemble, rows, wanted=None):
    """Row by row, in one block and in several."""
    compiled, wanted = compile_trees(ensemble), ensemble.margins(rows) if wanted is None else wanted
    for count in (len(rows), 100, 9):
        np.testing.assert_array_equal(compiled.margins(rows[:count]), wanted[:count])


@pytest.mark.parametrize("name", LGBM)
def test_margins_are_lightgbms_own_to_the_last_bit(name):
    ensemble, back = trained("lightgbm", **LGBM[name])
    rows = trying(ensemble, rows=2000)
    assert_same(ensemble, rows, back(ensemble).margins(rows))


@pytest.mark.parametrize("name", XGB)
def test_margins_are_xgboosts_own_but_for_its_single_precision(name):
    ensemble, back = trained("xgboost", **XGB[name])
    rows = trying(ensemble, rows=2000)
    rows[np.isinf(rows)] = 1e30  # which XGBoost refuses to score
    np.testing.assert_allclose(compile_trees(ensemble).margins(rows), back(ensemble).margins(rows), rtol=0, atol=2e-6)
    assert_same(ensemble, trying(ensemble, rows=1000))


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("seed", range(40))
def test_margins_are_those_of_the_walk_for_trees_that_no_trainer_grows(rules, seed):
    ensemble = random_ensemble(seed, rules, trees=1 + seed % 7)
    assert_same(ensemble, trying(ensemble, 600, seed))


@pytest.mark.parametrize("rules", RULES)
def test_trees_of_all_sizes_add_up_in_their_order(rules):
    draw = np.random.default_rng(0)
    sizes = (254, 3, 0, 255, 256, 700, 0, 254, 1)
    trees = tuple(random_tree(draw, rules, size, features=(0, 1, 2, 2, 2)) for size in sizes)
    weights = 10.0 ** draw.integers(-6, 6, len(trees))  # sums that another order would round otherwise
    trees = tuple(scaled(tree, weight) for tree, weight in zip(trees, weights, strict=True))
    ensemble = TreeEnsemble(trees, -0.1, 3, rules)
    assert_same(ensemble, trying(ensemble))


def scaled(tree, weight):
    return tree.with_leaves({int(leaf): tree.value[leaf] * weight / 3 for leaf in np.flatnonzero(tree.is_leaf)})


def forest(thresholds, features, rules="lightgbm", seed=0):
    """One stump a threshold, spread over so many features."""
    draw = np.random.default_rng(seed)
    trees = []
    for i, threshold in enumerate(thresholds):
        split = {"feature": i % features, "left": 1, "right": 2, "threshold": float(threshold), "cover": 2.0}
        nodes = [{**split, "default_left": bool(i % 2)}, *({"feature": LEAF, "cover": 1.0} for _ in range(2))]
        trees.append(built(nodes, [i % 3 if rules == "lightgbm" else MISSING_NAN] * 3, draw.normal(size=3), rules))
    return TreeEnsemble(tuple(trees), 0.5, features, rules)


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize(("thresholds", "features"), [(2000, 1), (700, 90), (900, 300)])
def test_many_thresholds_and_many_features_need_many_columns(rules, thresholds, features):
    ensemble = forest(np.random.default_rng(1).normal(size=thresholds).astype(np.float32), features, rules)
    rows = np.random.default_rng(2).normal(size=(300, features))
    rows[:, 0] = np.resize([tree.threshold[0] for tree in ensemble.trees[::features]], 300)
    rows[np.random.default_rng(3).random(rows.shape) < 0.1] = np.nan
    assert_same(ensemble, rows)


@pytest.mark.parametrize("rules", RULES)
def test_infinite_thresholds_have_their_side(rules):
    ensemble = forest([-np.inf, np.inf, 0.0, -0.0, 1e-36, -1e-36, *[-np.inf] * 3, *[np.inf] * 3], 1, rules)
    assert_same(ensemble, np.resize([-np.inf, -1e308, -1e39, 0.0, -0.0, 1e-36, -1e-36, 1e39, np.inf, np.nan], (300, 1)))


@pytest.mark.parametrize("rules", RULES)
def test_where_columns_have_no_short_number_all_trees_are_walked(rules, monkeypatch):
    monkeypatch.setattr(assemble, "MOST_COLUMNS", 1)
    ensemble = random_ensemble(3, rules)
    assert_same(ensemble, trying(ensemble, 600))


@pytest.mark.parametrize("rules", RULES)
def test_no_trees_and_single_leaves_are_the_intercept(rules):
    leaf = random_tree(np.random.default_rng(0), rules, 0)
    for trees in ((), (leaf,), (leaf, leaf)):
        assert_same(TreeEnsemble(trees, -1.5, 2, rules), np.zeros((300, 2)))


COUNTS = [0, 1, 2, 31, 32, 33, 255, 256, 257, 511, 513, 9000, 14000]


def test_any_number_of_rows_and_threads_gives_the_same(monkeypatch):
    monkeypatch.setattr(form, "WORK_A_THREAD", 50)  # so that the larger ones are shared out
    ensemble = random_ensemble(1, "lightgbm")
    rows, compiled = trying(ensemble, max(COUNTS)), compile_trees(ensemble)
    wanted = ensemble.margins(rows)
    for count in COUNTS:
        for threads in (1, 2, 3, 64):
            np.testing.assert_array_equal(compiled.margins(rows[:count], threads), wanted[:count])


def test_a_row_by_itself_has_the_same_margin():
    ensemble = random_ensemble(2, "xgboost")
    rows, compiled = trying(ensemble, 50), compile_trees(ensemble)
    assert [compiled.margin_of_row(row) for row in rows] == ensemble.margins(rows).tolist()


def odd_layouts(rows):
    yield np.asfortranarray(rows)
    yield rows[::-1][::-1]
    wide = np.zeros((2 * len(rows), 5))
    wide[::2, ::2] = rows
    yield wide[::2, ::2]
    unaligned = np.zeros(rows.nbytes + 1, np.uint8)[1:].view(np.float64).reshape(rows.shape)
    unaligned[:] = rows
    yield unaligned
    yield rows.astype(">f8")


@pytest.mark.parametrize("count", [5, 100, 600])
def test_the_matrix_may_lie_in_any_way_and_stays_as_it_is(count):
    ensemble = random_ensemble(4, "lightgbm")
    rows = trying(ensemble, count)
    rows.flags.writeable = False
    before, compiled = rows.copy(), compile_trees(ensemble)
    for matrix in (rows, *odd_layouts(rows)):
        np.testing.assert_array_equal(compiled.margins(matrix), ensemble.margins(rows))
    np.testing.assert_array_equal(rows, before)


def test_single_precision_rows_are_scored_as_what_they_are():
    ensemble = random_ensemble(5, "lightgbm")
    with np.errstate(over="ignore"):
        rows = trying(ensemble, 300).astype(np.float32)
    np.testing.assert_array_equal(compile_trees(ensemble).margins(rows), ensemble.margins(rows.astype(np.float64)))


@pytest.mark.parametrize("shape", [(3,), (2, 2), (300, 4), (2, 3, 1)])
def test_another_number_of_features_is_refused(shape):
    with pytest.raises(DataError, match="must have 3 features, however: their shape"):
        compile_trees(random_ensemble(0, "lightgbm")).margins(np.zeros(shape))


def test_a_compiled_form_stays_as_small_as_its_trees():
    ensemble = forest(np.arange(5000.0), 10)
    assert len(compile_trees(ensemble).form) < 100 * ensemble.n_leaves


singles = st.floats(width=32, allow_nan=False)


@given(singles, st.floats(allow_nan=False), st.integers(-2, 2))
@example(float("-inf"), float("-inf"), 0)
@example(float("inf"), 2.0**128 - 2.0**103, 0)
def test_the_last_number_on_the_left_is_where_single_precision_changes_sides(threshold, x, steps):
    [edge] = last_left(np.array([threshold]), "xgboost")
    near = edge
    for _ in range(abs(steps)):
        near = np.nextafter(near, np.copysign(np.inf, steps))
    with np.errstate(over="ignore"):
        for value in (x, near) if threshold > -np.inf else ():
            assert (value <= edge) == (np.float32(value) < np.float32(threshold)), value


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("code", [0, 1, 39, 1 << 24, (1 << 24) + 1, (1 << 24) - 1])
def test_the_edges_of_a_category_part_what_means_it_from_what_does_not(rules, code):
    low, high = category_edges(np.array([code]), rules)
    for edge in (low, high):
        assert means(np.nextafter(edge, np.inf), code, rules) != means(edge, code, rules) or not means(
            code, code, rules
        )


def means(x, code, rules):
    if rules == "xgboost":
        return x >= 0 and int(np.float32(x)) == code
    return x > -1 and int(x) == code
