"""The group lasso against a slow one on the explicit matrix, and the whole choice against brute force."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from scipy.special import expit

from riskmodel.pruning.algorithms.trees.problem import Problem, stated
from riskmodel.pruning.algorithms.trees.refit import descent_of, settled
from riskmodel.pruning.algorithms.trees.truncation import stumps
from riskmodel.pruning.group_lasso import GroupLasso, GroupLassoPruner


def part(problem, trees):
    """The first trees of a problem only; their margin is the teacher."""
    views = [type(view)(view.codes[:trees], view.objective, view.teacher) for view in (problem.train, problem.tune)]
    few = type(problem.ensemble)(problem.ensemble.trees[:trees], 0.0, problem.ensemble.n_features, "lightgbm")
    return Problem(few, problem.layouts[:trees], *views)


@pytest.fixture(scope="module")
def problem(fitted, development):
    return stated(fitted("lgbm"), development, 0.5, monotone=False)


def group_norms(lasso, coefficients):
    return sum(
        w * np.linalg.norm(c[first : split + 1])
        for basis, weights, c in zip(lasso.basis, lasso.weights, coefficients, strict=True)
        for split, (first, w) in enumerate(zip(basis.layout.first, weights, strict=True))
    )


def slow_lasso(problem, lasso, penalty, rounds=6000):
    """Plain proximal gradient on the explicit matrix; the prox of each group in turn, children first, in numpy."""
    columns = [
        np.column_stack([basis.values(unit) for unit in np.eye(len(basis.on_left))])[codes]
        for basis, codes in zip(lasso.basis, problem.train.codes, strict=True)
    ]
    rows, objective = np.hstack([*columns, np.ones((len(columns[0]), 1))]), problem.train.objective
    bound = np.linalg.eigvalsh(rows.T @ (rows * (objective.weight / 4)[:, None])).max()
    x, ends = np.zeros(rows.shape[1]), np.cumsum([0, *(c.shape[1] for c in columns)])
    x[-1] = objective.base
    for _ in range(rounds):
        x = x + rows.T @ objective.residual(rows @ x) / bound
        for start, basis, weights in zip(ends, lasso.basis, lasso.weights, strict=False):
            for split, first in enumerate(basis.layout.first):
                group = slice(start + first, start + split + 1)
                norm = np.linalg.norm(x[group])
                x[group] *= max(0.0, 1 - penalty * weights[split] / bound / norm) if norm > 0 else 0.0
    return rows @ x, [x[a:b] for a, b in pairwise(ends)]


@pytest.mark.parametrize("share", [0.6, 0.15])
def test_the_group_lasso_is_the_slow_one_on_the_explicit_matrix(problem, share):
    small = part(problem, 3)
    lasso = GroupLasso(small)
    penalty = share * lasso.largest()
    lasso.solve(penalty, rounds=3000, tolerance=1e-9)
    margin, coefficients = slow_lasso(small, lasso, penalty)
    loss = small.train.objective.loss
    ours = loss(lasso.descent.margin) + penalty * group_norms(lasso, lasso.coefficients)
    theirs = loss(margin) + penalty * group_norms(lasso, coefficients)
    assert ours == pytest.approx(theirs, abs=1e-7)
    for one, other in zip(lasso.coefficients, coefficients, strict=True):
        np.testing.assert_array_equal(one != 0, np.abs(other) > 1e-6)


def test_at_the_largest_penalty_nothing_stands(problem):
    lasso = GroupLasso(problem)
    lasso.solve(lasso.largest())
    assert not any(splits.any() for splits in lasso.standing())


def test_warm_or_cold_the_solution_is_one(problem):
    warm, cold = GroupLasso(problem), GroupLasso(problem)
    largest = warm.largest()
    for share in (0.7, 0.4, 0.2):
        warm.solve(share * largest, rounds=500, tolerance=1e-8)
    cold.solve(0.2 * largest, rounds=500, tolerance=1e-8)
    np.testing.assert_allclose(warm.descent.margin, cold.descent.margin, atol=1e-4)


def upward_closed(layouts, leaves):
    """All choices of splits that fit, each with its parents."""
    splits = [(t, s) for t, layout in enumerate(layouts) for s in range(len(layout.nodes))]
    for size in range(1, leaves):
        for chosen in combinations(splits, size):
            closed = all(layouts[t].parent[s] < 0 or (t, int(layouts[t].parent[s])) in chosen for t, s in chosen)
            if closed and size + len({t for t, _ in chosen}) <= leaves:
                yield chosen


def loss_of(problem, chosen):
    """Of the best values of these splits' leaves."""
    kept = tuple(np.zeros(len(layout.nodes), bool) for layout in problem.layouts)
    for tree, split in chosen:
        kept[tree][split] = True
    standing = stumps(problem.layouts, kept)
    zeros = [np.zeros(len(stump.layout.leaves)) for stump in standing]
    descent = descent_of(problem.train, standing, zeros)
    settled(descent, [stump.layout for stump in standing], zeros, zeros, 1e-3, rounds=4)
    return problem.train.objective.loss(descent.margin)


def test_the_choice_is_close_to_the_best_subset_of_all(problem):
    """One step at a time backwards is not the best of all: most of what could be gained is asked for."""
    small = part(problem, 3)
    order = [*reversed(GroupLassoPruner().going(small))]
    for leaves in (4, 5):
        losses = sorted(loss_of(small, chosen) for chosen in upward_closed(small.layouts, leaves))
        ours = [step for i, step in enumerate(order) if i + 1 + len({t for t, _ in order[: i + 1]}) <= leaves]
        base = small.train.objective.loss(np.full(small.train.codes.shape[1], small.train.objective.base))
        assert base - loss_of(small, ours) >= 0.8 * (base - losses[0])


def test_it_loses_less_on_new_rows_than_the_same_number_of_first_trees(fitted, development, fresh):
    scorer, pruner = fitted("lgbm"), GroupLassoPruner()
    cut = pruner.apply(pruner.plan(scorer, development, 0.2), scorer, development)
    first = scorer.ensemble.keep_trees(range(len(scorer.ensemble.trees) // 5))
    assert loss_on(cut.raw_margin(fresh.matrix), fresh.default) < loss_on(first.margins(fresh.matrix), fresh.default)


def loss_on(margin, default):
    pd = expit(margin)
    return -np.mean(np.where(default == 1, np.log(pd), np.log1p(-pd)))
