"""What pruners that cut leaves promise, whatever their order: budgets, nesting, plans that suffice, monotone splits."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.core import PruningPlan
from riskmodel.errors import RiskModelError
from riskmodel.pruning.algorithms.trees.path import PathPruner
from riskmodel.pruning.group_lasso import GroupLassoPruner
from riskmodel.pruning.level_scaling import LevelScalingPruner
from riskmodel.trees.monotone import broken, held

KEEPS = (1.0, 0.75, 0.5, 0.25, 0.1, 0.03, 0.001)
DIRECTIONS = (0, 0, 0, -1, 0)  # of the columns of the samples


class Shuffled(PathPruner):
    """Splits in a drawn order, children first: what holds for it holds for any order."""

    def going(self, problem):
        draw = np.random.default_rng(self.seed)
        left = {(t, s) for t, layout in enumerate(problem.layouts) for s in range(len(layout.nodes))}
        gone = []
        while left:
            parents = {(t, int(problem.layouts[t].parent[s])) for t, s in left}
            free = sorted(left - parents)
            gone.append(free[draw.integers(len(free))])
            left.remove(gone[-1])
        return gone


@pytest.fixture(params=["lgbm", "xgb"])
def scorer(request, fitted):
    return fitted(request.param)


@pytest.fixture(params=[GroupLassoPruner, LevelScalingPruner, Shuffled], ids=lambda kind: kind.__name__)
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def planned(fitted, development):
    """The plans of one call over all shares, made when they are first asked for."""
    return cache(lambda kind, library: kind().plans(fitted(library), development, KEEPS))


@pytest.fixture
def plans(planned, kind, scorer):
    return planned(kind, scorer.kind)


@pytest.fixture
def cuts(kind, scorer, development, plans):
    return [kind().apply(plan, scorer, development) for plan in plans]


def splits_of(scorer, plan):
    """The nodes above the kept ends."""
    result = set()
    for unit in (plan.units[i] for i in plan.kept[:-1]):
        tree, node = map(int, unit.split("."))
        anatomy = scorer.ensemble.trees[tree]
        above = {int(c): n for n in np.flatnonzero(~anatomy.is_leaf) for c in (anatomy.left[n], anatomy.right[n])}
        while node in above:
            node = int(above[node])
            result.add((tree, node))
    return result


def test_leaves_fit_the_share_and_fill_it_to_the_last_split(cuts, scorer):
    for keep, cut in zip(KEEPS, cuts, strict=True):
        budget = int(keep * scorer.ensemble.n_leaves)
        assert max(1, budget - 1) <= cut.ensemble.n_leaves <= max(1, budget)


def test_splits_are_nested(scorer, plans):
    for more, fewer in pairwise(plans):
        assert splits_of(scorer, more) >= splits_of(scorer, fewer)


def test_a_share_does_not_depend_on_the_others(kind, scorer, development, plans):
    assert kind().plan(scorer, development, 0.25).to_json() == plans[3].to_json()


def test_keeping_all_is_the_scorer_itself(cuts, scorer):
    assert cuts[0] is scorer


def test_the_plan_alone_makes_the_cut(kind, scorer, development, fresh, plans):
    pruner, plan = kind(), PruningPlan.from_json(plans[3].to_json())
    poisoned = replace(development, train=replace(development.train, matrix=development.train.matrix * np.nan))
    one, other = (pruner.apply(plan, scorer, rows) for rows in (development, poisoned))
    assert one.sha256 == other.sha256
    margins = one.ensemble.margins(fresh.matrix)
    np.testing.assert_allclose(one.native_margin(fresh.matrix), margins, rtol=0, atol=1e-5)


def test_importance_falls_from_root_to_leaf(scorer, plans):
    plan = plans[3]
    importance, at = dict(zip(plan.units, plan.importance, strict=True)), 0
    for t, tree in enumerate(scorer.ensemble.trees):
        for node in np.flatnonzero(~tree.is_leaf):
            for child in (tree.left[node], tree.right[node]):
                assert importance[f"{t}.{child}"] <= importance[f"{t}.{node}"]
                at += 1
    assert at == 2 * (scorer.ensemble.n_nodes - scorer.ensemble.n_leaves)


def test_contributions_of_a_cut_still_add_up(cuts, fresh):
    for cut in cuts[2:]:
        total = cut.contributions(fresh.matrix).sum(axis=1)
        np.testing.assert_allclose(total, cut.raw_margin(fresh.matrix), rtol=0, atol=1e-5)


def test_constraints_that_held_before_hold_after(kind, scorer, development):
    assert held(scorer.ensemble, DIRECTIONS) == DIRECTIONS
    for refit in (True, False):
        pruner = kind(refit=refit)
        for plan in pruner.plans(scorer, development, (0.5, 0.1)):
            assert not broken(pruner.apply(plan, scorer, development).ensemble, DIRECTIONS)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 1000), mix=st.floats(0, 1))
def test_whatever_the_order_constraints_hold_and_the_level_of_risk_stays(fitted, development, seed, mix):
    scorer, pruner = fitted("lgbm"), Shuffled(seed=seed, mix=mix)
    cut = pruner.apply(pruner.plan(scorer, development, 0.3), scorer, development)
    assert not broken(cut.ensemble, DIRECTIONS)
    before, after = (s.score(development.train).mean() for s in (scorer, cut))
    assert after == pytest.approx(before, abs=0.01)


def test_without_the_safe_mode_a_refit_may_break_a_constraint(fitted, development):
    """So the safe mode is what holds it."""
    scorer, pruner = fitted("lgbm"), Shuffled(monotone=False, mix=0.0, seed=3)
    flipped = replace(
        development, train=replace(development.train, default=(development.train.matrix[:, 3] > 30).astype(np.int8))
    )
    flipped = replace(
        flipped, tune=replace(development.tune, default=(development.tune.matrix[:, 3] > 30).astype(np.int8))
    )
    cuts = [replace(pruner, monotone=safe) for safe in (False, True)]
    free, safe = (p.apply(p.plan(scorer, flipped, 0.5), scorer, flipped).ensemble for p in cuts)
    assert broken(free, DIRECTIONS)
    assert not broken(safe, DIRECTIONS)


def test_with_the_teacher_alone_labels_do_not_matter(kind, scorer, development):
    mirrored = replace(development, train=replace(development.train, default=1 - development.train.default))
    mirrored = replace(mirrored, tune=replace(development.tune, default=1 - development.tune.default))
    plans = [kind(mix=1.0, rows=500).plan(scorer, rows, 0.25) for rows in (development, mirrored)]
    assert plans[0].to_json() == plans[1].to_json()


def test_the_teachers_pd_as_target_keeps_a_cut_closer_to_the_teacher(scorer, development, fresh):
    away = []
    for mix in (0.0, 1.0):
        pruner = GroupLassoPruner(mix=mix)
        cut = pruner.apply(pruner.plan(scorer, development, 0.3), scorer, development)
        away.append(np.abs(cut.score(fresh) - scorer.score(fresh)).mean())
    assert away[1] < away[0]


def test_fewer_rows_for_the_order_are_drawn_by_the_seed(kind, scorer, development):
    one, same, other = (kind(rows=200, seed=seed).plan(scorer, development, 0.25) for seed in (1, 1, 2))
    assert one.to_json() == same.to_json()
    assert one.values != other.values


def test_a_mix_that_cannot_be_is_refused(kind, scorer, development):
    with pytest.raises(RiskModelError, match=r"mix must be in \[0, 1\]"):
        kind(mix=1.5).plan(scorer, development, 0.5)
