import numpy as np
import pytest
from samples import FEATURES

from riskmodel import pruning
from riskmodel.errors import UnsupportedScorer
from riskmodel.scorers.blend import BlendRecipe


@pytest.fixture(scope="module")
def blend(development):
    """The second member knows a single term."""
    weak = {"kind": "simple", "options": {"terms": 1}}
    return BlendRecipe(of=[{"kind": "scorecard"}, weak, {"kind": "simple", "options": {"terms": 5}}]).fit(
        development, FEATURES, 0
    )


def loss(scorer, sample):
    margin = scorer.raw_margin(sample.matrix)
    return np.mean(np.logaddexp(0, margin) - margin * sample.default)


def test_the_member_least_missed_goes_first_and_the_others_are_weighed_again(blend, development):
    pruner = pruning.make("blend_members")
    plan = pruner.plan(blend, development, 0.67)
    [gone] = plan.dropped
    losses = [loss(blend.without([i], development), development.tune) for i in range(3)]
    assert gone == int(np.argmin(losses))
    cut = pruner.apply(plan, blend, development)
    assert [m.sha256 for m in cut.members] == [m.sha256 for i, m in enumerate(blend.members) if i != gone]
    assert loss(cut, development.tune) == pytest.approx(losses[gone], abs=1e-12)
    assert len(cut.recipe.of) == 2


def test_importance_rises_in_the_order_of_going(blend, development):
    ranking = pruning.make("blend_members").rank(blend, development)
    order = np.argsort(ranking.importance)
    assert (np.diff(ranking.importance[order]) >= 0).all()
    last = [i for i in range(3) if i != order[-1]]
    want = -np.mean(
        np.log(
            np.where(
                development.tune.default == 1, development.tune.default.mean(), 1 - development.tune.default.mean()
            )
        )
    )
    assert ranking.importance[order[-1]] == pytest.approx(want - loss(blend, development.tune), abs=1e-9)
    assert loss(blend.without(last, development), development.tune) - loss(blend, development.tune) == pytest.approx(
        ranking.importance[order[-2]], abs=1e-9
    )


def test_what_is_no_blend_is_refused(fitted, development):
    with pytest.raises(UnsupportedScorer, match="blend_members works on blends, however: lgbm"):
        pruning.make("blend_members").plan(fitted("lgbm"), development, 0.5)
