"""Conditions in plain terms give what the libraries' own rules give, on numbers that lie on every edge."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import NUMBERS, random_ensemble

from riskmodel.trees import TreeEnsemble
from riskmodel.trees.conditions import Case, Condition, case, of_table, of_tree, size
from riskmodel.trees.lookup_tables import Axis, axes_of, examples


def answered(rule, row):
    """The slow exact version: one row, one question after the other."""
    while isinstance(rule, Case):
        rule = rule.yes if _holds(rule.condition, row[rule.condition.feature]) else rule.no
    return rule


def _holds(condition, x):
    if condition.kind == "missing" or np.isnan(x):
        return condition.kind == "missing" and bool(np.isnan(x))
    if condition.kind == "zero":
        return abs(x) <= np.float32(1e-35)
    if condition.kind == "in":
        return x in condition.codes
    return bool(x > condition.edge if condition.kind == "above" else x <= condition.edge)


def rows(draw):
    single = NUMBERS.astype(np.float32).astype(float)
    edges = np.concatenate([single, np.nextafter(single, np.inf), np.nextafter(single, -np.inf), [np.nan, 7.0, -7.0]])
    numbers = draw.choice(edges, (400, 3))
    numbers[:, 2] = draw.choice([np.nan, *range(45)], 400)
    return numbers


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_tree_answers_as_its_library_does(rules, seed):
    ensemble, draw = random_ensemble(seed, rules), np.random.default_rng(seed)
    matrix = rows(draw)
    due = ensemble.tree_margins(matrix)
    for place, tree in enumerate(ensemble.trees):
        rule = of_tree(tree, rules, 2.0)
        assert [answered(rule, row) for row in matrix] == (2.0 * due[:, place]).tolist()


@pytest.mark.parametrize("used", [(0,), (2,), (0, 1), (1, 2)])
@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
def test_a_table_answers_as_the_trees_that_it_was_made_of(rules, used):
    for seed in range(12):
        ensemble = random_ensemble(seed, rules, features=used)
        group = TreeEnsemble(tuple(t for t in ensemble.trees if t.used_features == used), 0.0, 3, rules)
        if not group.trees:
            continue
        axes = axes_of(group, used)
        points = group.margins(examples(axes, 3)).reshape([len(axis) for axis in axes])
        rule, matrix = of_table(axes, points), rows(np.random.default_rng(seed))
        assert [answered(rule, row) for row in matrix] == group.margins(matrix).tolist()
        assert size(rule) <= points.size


def test_equal_neighbours_are_one_step_and_a_constant_asks_nothing():
    axis = Axis(0, edges=(1.0, 2.0, 3.0))
    assert size(of_table([axis], np.array([5.0, 5.0, 5.0, 7.0, 7.0]))) == 2
    assert of_table([axis], np.full(5, 2.5)) == 2.5
    assert case(Condition(0, "missing"), 1.0, 1.0) == 1.0
    assert of_table([Axis(1, codes=(2, 5))], np.array([1.0, 4.0, 1.0, 1.0])) == Case(
        Condition(1, "in", codes=(2,)), 4.0, 1.0
    )


def test_a_search_is_as_deep_as_the_logarithm_of_its_steps():
    def depth(rule):
        return 1 + max(depth(rule.yes), depth(rule.no)) if isinstance(rule, Case) else 0

    edges = tuple(float(i) for i in range(255))
    assert depth(of_table([Axis(0, edges=edges)], np.arange(257.0))) == 9  # one more asks for missing
