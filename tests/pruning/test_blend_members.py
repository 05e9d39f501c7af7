import numpy as np
import pytest
from samples import FEATURES

from riskmodel import pruning
from riskmodel.errors import UnsupportedScorer
from riskmodel.scorers.blend import BlendRecipe


@pytest.fixture(scope="module")
def blend(seen):
    """The second member knows a single term."""
    weak = {"kind": "simple", "options": {"terms": 1}}
    return BlendRecipe(of=[{"kind": "scorecard"}, weak, {"kind": "simple", "options": {"terms": 5}}]).fit(
        seen, FEATURES, 0
    )


def loss(scorer, sample):
    margin = scorer.raw_margin(sample.matrix)
    return np.mean(np.logaddexp(0, margin) - margin * sample.default)


def test_the_member_least_missed_goes_first_and_the_others_are_weighed_again(blend, seen):
    pruner = pruning.make("blend_members")
    plan = pruner.plan(blend, seen, 0.67)
    [gone] = plan.dropped
    losses = [loss(blend.without([i], seen), seen.tune) for i in range(3)]
    assert gone == int(np.argmin(losses))
    cut = pruner.apply(plan, blend, seen)
    assert [m.sha256 for m in cut.members] == [m.sha256 for i, m in enumerate(blend.members) if i != gone]
    assert loss(cut, seen.tune) == pytest.approx(losses[gone], abs=1e-12)
    assert len(cut.recipe.of) == 2


def test_importance_rises_in_the_order_of_going(blend, seen):
    ranking = pruning.make("blend_members").rank(blend, seen)
    order = np.argsort(ranking.importance)
    assert (np.diff(ranking.importance[order]) >= 0).all()
    last = [i for i in range(3) if i != order[-1]]
    want = -np.mean(np.log(np.where(seen.tune.default == 1, seen.tune.default.mean(), 1 - seen.tune.default.mean())))
    assert ranking.importance[order[-1]] == pytest.approx(want - loss(blend, seen.tune), abs=1e-9)
    assert loss(blend.without(last, seen), seen.tune) - loss(blend, seen.tune) == pytest.approx(
        ranking.importance[order[-2]], abs=1e-9
    )


def test_what_is_no_blend_is_refused(fitted, seen):
    with pytest.raises(UnsupportedScorer, match="blend_members works on blends, however: lgbm"):
        pruning.make("blend_members").plan(fitted("lgbm"), seen, 0.5)
