"""The joint refit against sklearn's ridge logistic regression on the explicit leaf matrix, and what it promises."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from riskmodel.pruning.algorithms.trees.block_coordinate import add
from riskmodel.pruning.algorithms.trees.problem import stated
from riskmodel.pruning.algorithms.trees.refit import as_they_were, descent_of, end_codes, refitted, settled
from riskmodel.pruning.algorithms.trees.truncation import first_splits, stumps


def cut(problem, leaves=25):
    """Roots first, then whatever comes."""
    order = [(t, s) for t, layout in enumerate(problem.layouts[:6]) for s in range(len(layout.nodes) - 1, -1, -1)]
    return stumps(problem.layouts, first_splits(problem.layouts, order, leaves))


@pytest.fixture(scope="module")
def problem(fitted, development):
    return stated(fitted("lgbm"), development, 0.0, monotone=False)


def tune_loss(problem, kept, values, intercept):
    margin = np.full(len(problem.tune.teacher), intercept)
    for row, leaf in zip(end_codes(problem.tune, kept), values, strict=True):
        add(row, leaf, margin)
    return problem.tune.objective.loss(margin)


def test_the_settled_values_are_sklearns_ridge_on_the_leaf_matrix(problem):
    kept, ridge = cut(problem), 0.02
    codes = end_codes(problem.train, kept)
    n = codes.shape[1]
    zeros = [np.zeros(len(stump.layout.leaves)) for stump in kept]
    descent = descent_of(problem.train, kept, zeros)
    ours = settled(descent, [s.layout for s in kept], zeros, zeros, ridge, rounds=500, tolerance=1e-9)
    columns = np.hstack([np.eye(len(v))[row] for v, row in zip(zeros, codes, strict=True)])
    theirs = LogisticRegression(C=1 / (n * ridge), tol=1e-10, max_iter=5000)
    theirs.fit(columns, problem.train.objective.target.astype(int))
    np.testing.assert_allclose(np.concatenate(ours), theirs.coef_[0], atol=2e-5)
    assert descent.intercept == pytest.approx(theirs.intercept_[0], abs=2e-5)


def test_a_strong_ridge_leaves_the_values_at_their_centre(problem):
    kept = cut(problem)
    means, _ = as_they_were(problem, kept)
    zeros = [0 * values for values in means]
    ours = settled(descent_of(problem.train, kept, zeros), [s.layout for s in kept], zeros, means, 1e6, rounds=50)
    np.testing.assert_allclose(np.concatenate(ours), np.concatenate(means), atol=1e-5)


def test_a_refit_is_never_worse_on_tune_than_the_means(problem):
    for leaves in (2, 9, 25):
        kept = cut(problem, leaves)
        refit, means = (tune_loss(problem, kept, *fit(problem, kept)) for fit in (refitted, as_they_were))
        assert refit <= means + 1e-12


def test_the_level_of_risk_on_train_is_that_of_the_target(problem):
    for fit in (as_they_were, refitted):
        kept = cut(problem)
        values, intercept = fit(problem, kept)
        margin = np.full(len(problem.train.teacher), intercept)
        for row, leaf in zip(end_codes(problem.train, kept), values, strict=True):
            add(row, leaf, margin)
        assert np.mean(1 / (1 + np.exp(-margin))) == pytest.approx(problem.train.objective.target.mean(), abs=2e-3)


def test_all_leaves_with_the_means_are_the_teacher(problem):
    kept = stumps(problem.layouts, tuple(np.ones(len(layout.nodes), bool) for layout in problem.layouts))
    means, _ = as_they_were(problem, kept)
    for stump, values in zip(kept, means, strict=True):
        back = dict(zip(stump.layout.leaves.tolist(), values, strict=True))
        layout = problem.layouts[stump.tree]
        np.testing.assert_allclose([back[leaf] for leaf in layout.leaves.tolist()], layout.value, rtol=1e-12)
