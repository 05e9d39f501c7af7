"""The path over levels: it ends in nothing, drops what is noise first, and says less than it keeps."""

import numpy as np
import pytest

from riskmodel.core import Development
from riskmodel.pruning.algorithms.trees.problem import stated
from riskmodel.pruning.level_scaling import LevelScalingPruner, _centred, _deepest, _levels, _one_level


@pytest.fixture(scope="module")
def problem(fitted, development):
    return stated(fitted("lgbm"), development, 0.5, monotone=True)


def test_each_split_goes_once_and_after_all_that_hang_below_it(problem):
    going = LevelScalingPruner().going(problem)
    assert sorted(going) == [(t, s) for t, layout in enumerate(problem.layouts) for s in range(len(layout.nodes))]
    place = {step: i for i, step in enumerate(going)}
    for t, layout in enumerate(problem.layouts):
        for s, parent in enumerate(layout.parent):
            assert parent < 0 or place[t, s] < place[t, int(parent)]


def test_with_hardly_a_penalty_a_level_drops_nothing(problem):
    state, went = _one_level(problem, _centred(problem), 1, 1e-12)
    assert not went
    assert all(kept.all() for kept in state.kept)


def test_under_an_endless_penalty_the_first_level_drops_all(problem):
    state, went = _one_level(problem, _centred(problem), 0, 1e3)
    assert _deepest(problem, state) == -1
    assert len(went) == sum(len(layout.nodes) for layout in problem.layouts)


def test_what_goes_together_goes_by_strength_and_what_stays_keeps_its_own_values(problem):
    before = _centred(problem)
    state, went = _one_level(problem, before, 1, 2e-3)
    assert 0 < len(went) < sum(len(layout.nodes) for layout in problem.layouts)
    standing, _, _ = _levels(problem, state, 0)
    for stump in standing:
        pooled = stump.pooled(state.values[stump.tree], problem.masses[stump.tree])
        np.testing.assert_allclose(pooled[stump.end], state.values[stump.tree], atol=1e-12)


def test_a_leaf_that_rows_never_reach_is_no_trouble(fitted, development):
    """All rows alike: most leaves are empty."""
    same = development.train.take(np.zeros(300, np.intp))
    rows = Development(same, development.tune)
    plan = LevelScalingPruner().plan(fitted("lgbm"), rows, 0.3)
    assert np.isfinite(plan.values).all()


def test_splits_on_noise_go_before_splits_on_what_matters(fitted, problem):
    going, ensemble = LevelScalingPruner().going(problem), fitted("lgbm").ensemble
    rank = {0: [], 4: []}  # income, noise
    for place, (t, s) in enumerate(going):
        feature = int(ensemble.trees[t].feature[problem.layouts[t].nodes[s]])
        if feature in rank:
            rank[feature].append(place / len(going))
    assert np.mean(rank[4]) < np.mean(rank[0])
