import numpy as np
import pytest

from riskmodel import pruning
from riskmodel.errors import ConfigError, UnsupportedScorer
from riskmodel.evaluation import fit_calibration, log_loss
from riskmodel.pruning import best

KEEPS = (0.6, 0.3, 0.1)
AMONG = ("prefix", "collapse", "trees")


def tune_loss(scorer, tune):
    line = fit_calibration(scorer.raw_margin(tune.matrix), tune.default)
    return log_loss(tune.default, scorer.recalibrated(line).score(tune)).value


def test_the_plan_is_that_of_the_pruner_with_the_least_loss_on_tune_and_bears_its_name(
    fitted, development, monkeypatch
):
    """The oracle: each pruner taken by itself, recalibrated by what recalibrates variants."""
    monkeypatch.setattr(best, "ENOUGH", 1)
    scorer = fitted("lgbm")
    plans = pruning.make("best", {"among": list(AMONG)}).plans(scorer, development, KEEPS)
    for i, plan in enumerate(plans):
        own = {name: pruning.make(name).plans(scorer, development, KEEPS)[i] for name in AMONG}
        cut = {name: pruning.make(name).apply(of, scorer, development) for name, of in own.items()}
        losses = {name: tune_loss(small, development.tune) for name, small in cut.items()}
        winner = min(losses, key=losses.__getitem__)
        assert plan.to_json() == own[winner].to_json()
        made = pruning.make("best").apply(plan, scorer, development)
        np.testing.assert_array_equal(made.score(development.tune), cut[winner].score(development.tune))


@pytest.mark.parametrize(("more", "competes"), [(0, True), (1, False)])
def test_what_decides_on_tune_competes_there_only_with_enough_bads(fitted, development, monkeypatch, more, competes):
    bads = int(development.tune.default.sum())
    monkeypatch.setattr(best, "ENOUGH", min(bads, len(development.tune) - bads) + more)
    plans = pruning.make("best", {"among": ["collapse", "prefix"]}).plans(fitted("lgbm"), development, [0.3])
    assert ("collapse" in {plan.pruner for plan in plans}) == competes


def test_a_pruner_that_refuses_is_passed_over_and_if_all_do_so_does_best(fitted, development):
    scorer = fitted("scorecard")
    [plan] = pruning.make("best", {"among": ["collapse", "features"]}).plans(scorer, development, [0.5])
    assert plan.pruner == "features"
    with pytest.raises(UnsupportedScorer):
        pruning.make("best").plans(scorer, development, [0.5])


def test_it_cannot_be_among_its_own():
    with pytest.raises(ConfigError, match="among must not name best itself"):
        pruning.make("best", {"among": ["best"]})
