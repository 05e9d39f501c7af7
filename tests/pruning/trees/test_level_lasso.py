"""One level's L1 solution against scikit-learn's on the explicit matrix of scales and shifts."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from riskmodel.pruning.algorithms.trees.level_lasso import fitted_level, largest_penalty, level_of
from riskmodel.pruning.algorithms.trees.problem import stated
from riskmodel.pruning.algorithms.trees.refit import descent_of
from riskmodel.pruning.algorithms.trees.truncation import stumps


@pytest.fixture(scope="module")
def problem(fitted, development):
    return stated(fitted("lgbm"), development, 0.0, monotone=False)


def begun(problem, depth, trees=4):
    kept = stumps(problem.layouts, tuple(np.ones(len(layout.nodes), bool) for layout in problem.layouts))[:trees]
    values = [problem.values[stump.tree][np.argsort(stump.end)] for stump in kept]
    levels = [
        level_of(stump.layout, value, stump.summed(problem.masses[stump.tree]), depth)
        for stump, value in zip(kept, values, strict=True)
    ]
    return descent_of(problem.train, kept, values), levels


def explicit(descent, levels):
    """Columns at one length, and where each pair of them stands."""
    columns, places = [], []
    for tree, level in enumerate(levels):
        group, value = level.group[descent.codes[tree]], level.column[descent.codes[tree]]
        for g in range(len(level.tops)):
            if np.isfinite(level.shift_cost[g]):
                columns.append((group == g) / level.shift_cost[g])
                places.append(("shift", tree, g))
            if level.scale_cost[g] > 0:
                columns.append((group == g) * value / level.scale_cost[g])
                places.append(("scale", tree, g))
    return np.column_stack(columns), places


def cost(objective, margin, penalty, lengths):
    return objective.loss(margin) + penalty * np.abs(lengths).sum()


@pytest.mark.parametrize(("depth", "penalty"), [(0, 0.004), (1, 0.006), (2, 0.003)])
def test_a_level_is_sklearns_l1_on_the_explicit_matrix(problem, depth, penalty):
    descent, levels = begun(problem, depth)
    columns, places = explicit(descent, levels)
    ours = fitted_level(descent, levels, penalty, rounds=3000, tolerance=1e-10)
    lengths = [getattr(ours[t], what)[g] * getattr(ours[t], f"{what}_cost")[g] for what, t, g in places]
    theirs = LogisticRegression(
        C=1 / (len(columns) * penalty), l1_ratio=1.0, solver="saga", tol=1e-9, max_iter=20_000, random_state=0
    ).fit(columns, problem.train.objective.target.astype(int))
    objective, margin = problem.train.objective, columns @ theirs.coef_[0] + theirs.intercept_[0]
    assert cost(objective, descent.margin, penalty, lengths) == pytest.approx(
        cost(objective, margin, penalty, theirs.coef_[0]), abs=2e-8
    )
    np.testing.assert_allclose(descent.margin, margin, atol=5e-3)
    assert [abs(c) > 1e-4 for c in lengths] == [abs(c) > 1e-4 for c in theirs.coef_[0]]
    assert 0 < np.count_nonzero(lengths) < len(lengths)


def test_a_level_begins_as_the_trees_are(problem):
    for depth in (0, 1, 2, 9):
        _, levels = begun(problem, depth)
        for level, layout in zip(levels, problem.layouts, strict=False):
            np.testing.assert_allclose(np.sort(level.values), np.sort(layout.value), rtol=1e-12)


def test_at_the_root_there_is_one_scale_and_no_shift(problem):
    descent, levels = begun(problem, 0)
    for level in fitted_level(descent, levels, 1e-3):
        assert len(level.scale) == 1
        assert level.shift[0] == 0


def test_below_all_splits_there_are_only_shifts(problem):
    _, levels = begun(problem, 9)
    for level in levels:
        assert not level.scale.any()
        assert (level.tops < 0).all()


def test_above_the_largest_penalty_no_scale_stands(problem):
    descent, levels = begun(problem, 0)
    start = [level.values * 0 for level in levels]
    empty = type(descent)(descent.codes, descent.objective, start, problem.train.objective.base)
    largest = largest_penalty(empty, levels)
    for factor, stands in ((1.02, False), (0.9, True)):
        fitted = fitted_level(begun(problem, 0)[0], levels, factor * largest, rounds=300, tolerance=1e-9)
        assert any(level.scale.any() for level in fitted) is stands
