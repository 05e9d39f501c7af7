"""What every pruner promises; a new module in riskmodel/pruning is held to it unasked."""

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from riskmodel import pruning, scorers
from riskmodel.core import Development, PruningPlan
from riskmodel.errors import PlanMismatch, RiskModelError, UnsupportedScorer
from riskmodel.evaluation import recalibrated

KEEPS = (0.7, 0.4, 0.2)


def plans_or_skip(name, scorer, development, keeps):
    try:
        return pruning.make(name).plans(scorer, development, keeps)
    except UnsupportedScorer as refusal:
        pytest.skip(f"a pruner may refuse a scorer, in words: {refusal}")


ROWS = [name for name in pruning.names() if pruning.make(name).unit == "row"]
SOME = ("lgbm", "scorecard")  # pruners of rows refit, which tests/test_every_scorer.py holds for every kind
PAIRS = [(name, kind) for name in pruning.names() for kind in scorers.names() if name not in ROWS or kind in SOME]


@pytest.fixture(params=PAIRS, ids="-".join)
def pair(request, fitted):
    pruner, kind = request.param
    return pruner, fitted(kind)


def test_every_pruner_serves_some_scorer(fitted, development):
    def serves(name, kind):
        try:
            return bool(pruning.make(name).plans(fitted(kind), development, [0.5]))
        except UnsupportedScorer:
            return False

    assert [name for name in pruning.names() if not any(serves(name, kind) for kind in scorers.names())] == []


def test_keeping_everything_changes_no_score(pair, development, fresh):
    name, scorer = pair
    [plan] = plans_or_skip(name, scorer, development, [1.0])
    if plan.dropped and plan.unit != "node":
        pytest.skip("what goes here goes by another rule than keep, and the plan says so")
    same = pruning.make(name).apply(plan, scorer, development)
    np.testing.assert_allclose(same.score(fresh), scorer.score(fresh), rtol=1e-9)


def test_kept_sets_are_nested_and_never_empty(pair, development):
    name, scorer = pair
    plans = plans_or_skip(name, scorer, development, KEEPS)
    kept = [standing(plan, scorer) for plan in plans]
    assert all(kept)
    assert all(
        larger >= smaller
        for (plan, larger), (other, smaller) in pairwise(zip(plans, kept, strict=True))
        if plan.pruner == other.pruner
    )


def standing(plan, scorer):
    """What a plan keeps; where it keeps the nodes that trees end in, all nodes above them stay too."""
    kept = {plan.units[i] for i in plan.kept}
    if plan.unit != "node":
        return kept
    for i, tree in enumerate(scorer.ensemble.trees):
        for node in reversed(tree.order):
            if not tree.is_leaf[node] and {f"{i}.{tree.left[node]}", f"{i}.{tree.right[node]}"} & kept:
                kept.add(f"{i}.{node}")
    return kept


def test_a_cut_scorer_is_no_larger_and_the_given_one_is_left_as_it_was(pair, development, fresh):
    name, scorer = pair
    before, sha256 = scorer.score(fresh), scorer.sha256
    plans = plans_or_skip(name, scorer, development, [0.4])
    try:
        cut = pruning.make(name).apply(plans[0], scorer, development)
    except UnsupportedScorer:
        pytest.skip("a scorecard has no size to retrain at")
    whole, less = scorer.complexity(), cut.complexity()
    if plans[0].unit == "row":
        assert len(plans[0].kept) < len(development.train)  # fewer rows make no smaller model
    else:
        assert less.connections <= whole.connections
    if pruning.make(name).share_of == "size":
        assert less.connections < whole.connections
        assert less.leaves <= 0.4 * whole.leaves or plans[0].unit == "feature"
        assert cut.sha256 != sha256
    assert scorer.sha256 == sha256
    np.testing.assert_array_equal(scorer.score(fresh), before)


def test_a_cut_keeps_the_level_of_risk(pair, development, fresh):
    name, scorer = pair
    plans = plans_or_skip(name, scorer, development, [0.4])
    try:
        cut = pruning.make(name).apply(plans[0], scorer, development)
    except UnsupportedScorer:
        pytest.skip("a scorecard has no size to retrain at")
    assert abs(cut.score(fresh).mean() - scorer.score(fresh).mean()) < 0.06


def test_a_plan_is_the_same_twice_and_survives_json(pair, development):
    name, scorer = pair
    [plan] = plans_or_skip(name, scorer, development, [0.4])
    [again] = plans_or_skip(name, scorer, development, [0.4])
    assert plan.to_json() == again.to_json()
    assert PruningPlan.from_json(plan.to_json()) == plan
    assert json.loads(plan.to_json())["unit"] == plan.unit


def test_a_plan_for_another_scorer_is_refused(pair, development):
    name, scorer = pair
    [plan] = plans_or_skip(name, scorer, development, [0.4])
    with pytest.raises(PlanMismatch, match="the plan is for scorer"):
        pruning.make(name).apply(replace(plan, scorer_sha256="0" * 64), scorer, development)


@pytest.mark.parametrize("keep", [0, -0.1, 1.5, float("nan")])
@pytest.mark.parametrize("name", pruning.names())
def test_an_impossible_keep_is_refused(name, keep, fitted, development):
    with pytest.raises(RiskModelError, match=r"keep must be in \(0, 1\]"):
        pruning.make(name).plan(fitted("lgbm"), development, keep)


@pytest.mark.parametrize("former", pruning.FORMER)
def test_a_former_name_gives_the_pruner_of_today(former):
    assert pruning.make(former).name == pruning.FORMER[former]
    assert former not in pruning.names()


@pytest.mark.parametrize("kind", ["lgbm", "mlp", "blend"])
@pytest.mark.parametrize("name", pruning.names())
def test_weights_are_counted_or_no_outcome_is(name, kind, fitted, development, fresh):
    """Goods of whom two thirds are gone, each standing for three: cuts and refits keep the level of the PDs."""
    if name in ROWS and kind not in SOME:
        pytest.skip("pruners of rows refit, which tests/test_every_scorer.py holds for every kind")
    scorer = fitted(kind)
    random, parts = np.random.default_rng(3), []
    for sample in (development.train, development.tune):
        stays = (sample.default == 1) | (random.random(len(sample)) < 1 / 3)
        kept = sample.take(np.flatnonzero(stays))
        parts.append(replace(kept, weight=np.where(kept.default == 1, 1.0, 3.0)))
    weighted = Development(*parts)
    pairs = [(plans_or_skip(name, scorer, rows, [0.5])[0], rows) for rows in (weighted, development)]
    try:
        cut, whole = (pruning.make(name).apply(plan, scorer, rows) for plan, rows in pairs)
    except UnsupportedScorer as refusal:
        pytest.skip(f"a pruner may refuse a scorer, in words: {refusal}")
    level = [
        recalibrated(one, sample).score(fresh).mean() for one, sample in ((cut, parts[1]), (whole, development.tune))
    ]
    assert level[0] == pytest.approx(level[1], rel=0.12)
    raw = [one.pd(fresh.columns(one.features)).mean() for one in (cut, whole)]
    assert raw[0] == pytest.approx(raw[1], rel=0.25)
