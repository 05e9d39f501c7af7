"""A blend of teachers is the same after it was written in a plan, and a plan of another teacher is not taken."""

import json
from dataclasses import asdict, dataclass, replace

import numpy as np
import pytest
from samples import drawn
from toy_scorer import ToyScorer

from riskmodel.core import Development, PruningPlan, Ranking, RankingPruner, TeacherBlend, TeacherPds
from riskmodel.errors import PlanMismatch

BLEND = TeacherBlend(("lgbm", "xgb"), (0.6, 0.5), -0.1, (0.41, 0.42), 0.40, False, 5, "borrower")


@dataclass(frozen=True)
class Learning(RankingPruner):
    """A pruner of a toy's weights that learns PDs."""

    unit = "weight"
    learns = True

    def rank(self, scorer, development):
        return Ranking(tuple("xyz"), np.abs(scorer.weights), np.ones(3))

    def cut(self, scorer, plan, development):
        return replace(scorer, weights=np.where(np.isin(np.arange(3), plan.kept), scorer.weights, 0.0))


@dataclass(frozen=True)
class Ranked(Learning):
    """The same without learning."""

    learns = False


SCORER = ToyScorer.of([1.0, -2.0, 0.5])


def development(blend=BLEND):
    train, tune = drawn(6, 0), drawn(4, 1)
    taught = None if blend is None else TeacherPds(np.full(6, 0.1), np.full(4, 0.2), None, blend)
    return Development(train, tune, taught=taught)


def test_what_was_written_is_the_same_blend():
    assert TeacherBlend.from_facts(json.loads(json.dumps(asdict(BLEND)))) == BLEND


def test_a_plan_of_a_teacher_survives_json():
    plan = Learning().plan(SCORER, development(), 0.67)
    assert plan.teacher == BLEND
    assert PruningPlan.from_json(plan.to_json()) == plan
    without = replace(plan, teacher=None)
    assert PruningPlan.from_json(without.to_json()) == without


def test_only_who_learns_writes_down_the_teacher():
    assert Ranked().plan(SCORER, development(), 0.67).teacher is None
    assert Learning().plan(SCORER, development(None), 0.67).teacher is None


@pytest.mark.parametrize("other", [None, replace(BLEND, weights=(0.5, 0.5)), replace(BLEND, scorers=("lgbm",))])
def test_a_plan_is_not_taken_where_the_teacher_is_another(other):
    plan = Learning().plan(SCORER, development(), 0.67)
    assert Learning().apply(plan, SCORER, development()).weights.tolist() == [1.0, -2.0, 0.0]
    with pytest.raises(PlanMismatch, match="the plan is of the teacher lgbm, xgb, however: the development has"):
        Learning().apply(plan, SCORER, development(other))


def test_the_pds_of_some_rows_are_theirs_and_tunes_stay():
    taught = TeacherPds(np.arange(5.0) / 10, np.array([0.3, 0.4]), np.array([0.9]), BLEND)
    some = taught.take(np.array([4, 0, 4]))
    assert some.train.tolist() == [0.4, 0.0, 0.4]
    assert (some.tune is taught.tune, some.unlabelled is taught.unlabelled, some.blend) == (True, True, BLEND)
