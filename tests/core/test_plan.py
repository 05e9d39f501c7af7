"""Rankings nest, plans survive JSON and are bound to one scorer, and a pruner is asked within its share."""

import json
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_scorer import ToyScorer

from riskmodel.core import Calibration, Decision, PruningPlan, Ranking, RankingPruner, check_keep
from riskmodel.errors import PlanMismatch, RiskModelError

KEEPS = st.floats(0.01, 1.0)
UNITS = st.lists(st.tuples(st.floats(-5, 5), st.integers(1, 9)), min_size=1, max_size=30)
PLAN = PruningPlan("trees", {"rows": 3}, "tree", 0.5, ("a", "b", "c"), (0.1, 3.0, 2.0), (1, 2), "ab" * 32)


def ranking_of(units):
    importance, cost = (np.array(values, float) for values in zip(*units, strict=True))
    return Ranking(tuple(map(str, range(len(units)))), importance, cost)


@given(UNITS, KEEPS, KEEPS)
def test_a_smaller_share_keeps_a_subset_within_its_cost(units, one, other):
    ranking = ranking_of(units)
    small, large = (ranking.strongest(keep) for keep in sorted((one, other)))
    assert set(small) <= set(large)
    assert small
    assert len(small) == 1 or ranking.cost[list(small)].sum() <= min(one, other) * ranking.cost.sum() * (1 + 1e-9)
    assert ranking.strongest(1.0) == tuple(range(len(units)))


@given(UNITS, KEEPS)
def test_whoever_goes_is_worth_no_more_than_whoever_stays(units, keep):
    ranking = ranking_of(units)
    kept = ranking.strongest(keep)
    gone = sorted(set(range(len(units))) - set(kept))
    assert not gone or ranking.importance[list(kept)].min() >= ranking.importance[gone].max()


def test_the_most_important_stay_in_their_own_order():
    ranking = Ranking(tuple("abcd"), np.array([1.0, 4.0, 2.0, 3.0]), np.ones(4))
    assert ranking.strongest(0.5) == (1, 3)


def test_of_equals_the_first_stays():
    assert Ranking(tuple("abc"), np.ones(3), np.ones(3)).strongest(0.34) == (0,)


def test_a_share_that_is_met_exactly_is_met_though_sums_round():
    cost = np.full(10, 0.1)
    assert len(Ranking(tuple("abcdefghij"), np.arange(10.0), cost).strongest(0.3)) == 3


def test_a_plan_says_what_goes_and_survives_json():
    assert PLAN.dropped == (0,)
    assert PruningPlan.from_json(PLAN.to_json()) == PLAN
    timed = replace(PLAN, values=(1.5, -2.0), steps=(1, 0, 0))
    assert PruningPlan.from_json(timed.to_json()) == timed
    assert timed.to_json() != PLAN.to_json()


@pytest.mark.parametrize("keep", [0.0, -0.1, 1.0000001, float("nan"), float("inf")])
def test_a_share_outside_its_range_is_refused_in_one_line(keep):
    with pytest.raises(RiskModelError, match=r"^keep must be in \(0, 1\], however: "):
        check_keep(keep)


@pytest.mark.parametrize("keep", [1e-9, 0.5, 1.0])
def test_a_share_in_its_range_is_taken(keep):
    check_keep(keep)


@dataclass(frozen=True)
class Halving(RankingPruner):
    """Weights of a toy, worth what they are worth."""

    rounds: int = 2
    unit = "weight"

    def rank(self, scorer, development):
        return Ranking(tuple("xyz"), np.abs(scorer.weights) / 3, np.ones(3))

    def cut(self, scorer, plan, development):
        kept = np.isin(np.arange(3), plan.kept)
        return replace(scorer, weights=np.where(kept, scorer.weights, 0.0))


def test_one_plan_a_share_bound_to_the_scorer_with_the_options_written_down():
    scorer = ToyScorer.of([1.0, -2.0, 0.5])
    half, all_of_it = Halving(rounds=5).plans(scorer, None, [0.67, 1.0])
    assert (half.kept, half.dropped, all_of_it.kept) == ((0, 1), (2,), (0, 1, 2))
    assert (half.options, half.unit, half.keep, half.units) == ({"rounds": 5}, "weight", 0.67, ("x", "y", "z"))
    assert half.scorer_sha256 == scorer.sha256
    assert half.pruner == Halving().name == "test_plan"
    assert Halving().plan(scorer, None, 0.67).kept == half.kept


def test_importance_is_written_in_six_digits():
    (plan,) = Halving().plans(ToyScorer.of([1.0, -2.0, 0.5]), None, [1.0])
    assert plan.importance == (0.333333, 0.666667, 0.166667)


def test_a_plan_is_taken_from_a_copy_and_never_from_another_scorer():
    scorer, other = ToyScorer.of([1.0, -2.0, 0.5]), ToyScorer.of([1.0, -2.0, 0.25])
    plan = Halving().plan(scorer, None, 0.34)
    smaller = Halving().apply(plan, scorer, None)
    assert smaller.weights.tolist() == [0.0, -2.0, 0.0]
    assert scorer.weights.tolist() == [1.0, -2.0, 0.5]
    with pytest.raises(PlanMismatch, match=r"the plan is for scorer \w{12}, however: this scorer is \w{12}"):
        Halving().apply(plan, other, None)
    with pytest.raises(PlanMismatch):
        Halving().apply(plan, scorer.recalibrated(Calibration(0.1, 1.0)), None)


def test_no_plan_is_made_for_a_share_outside_its_range():
    with pytest.raises(RiskModelError, match="keep must be in"):
        Halving().plans(ToyScorer.of([1.0, 2.0, 3.0]), None, [0.5, 2.0])


@dataclass(frozen=True)
class Asking(Halving):
    """Leaves the decision to another, whose name the plan then bears."""

    def decide(self, scorer, development, keeps):
        other = Halving(rounds=7)
        return [Decision(("x",), np.ones(1), (0,), by=other) for _ in keeps]


def test_a_plan_bears_the_options_of_whoever_decided():
    assert Asking().plan(ToyScorer.of([1.0, 2.0, 3.0]), None, 0.5).options == {"rounds": 7}


@pytest.mark.parametrize("field", ["values", "steps", "reasons"])
def test_a_plan_written_before_it_had_a_field_is_read_without(field):
    data = json.loads(PLAN.to_json())
    del data[field]
    assert PruningPlan.from_json(json.dumps(data).encode()) == PLAN


def test_options_that_are_lists_come_back_as_they_were():
    plan = replace(PLAN, options={"must_keep": ("a", "b"), "rows": 3, "deep": None})
    assert PruningPlan.from_json(plan.to_json()).options == plan.options


@given(UNITS)
def test_what_goes_and_what_stays_are_all_units_once(units):
    ranking = ranking_of(units)
    kept = ranking.strongest(0.5)
    plan = replace(PLAN, units=ranking.units, importance=tuple(ranking.importance), kept=kept)
    assert sorted((*plan.kept, *plan.dropped)) == list(range(len(units)))


@pytest.mark.parametrize("keep", ["half", None])
def test_a_share_that_is_no_number_is_refused(keep):
    with pytest.raises((RiskModelError, TypeError)):
        check_keep(keep)
