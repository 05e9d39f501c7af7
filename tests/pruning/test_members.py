import numpy as np
import pytest
from samples import FEATURES, QUICK
from scipy.special import expit
from sklearn.metrics import log_loss

from riskmodel import pruning, scorers
from riskmodel.errors import ConfigError, UnsupportedScorer
from riskmodel.pruning.members import MembersPruner, forward

pytest.importorskip("torch")


@pytest.fixture(scope="module")
def scorer(development):
    return scorers.recipe("neural", {**QUICK["neural"], "members": 5, "epochs": 4}).fit(development, FEATURES, seed=0)


def cut(pruner, scorer, development, keep):
    return pruner.apply(pruner.plan(scorer, development, keep), scorer, development)


def test_the_order_is_that_of_a_slow_search():
    random = np.random.default_rng(0)
    logits, default = random.normal(size=(80, 4)) * [1, 2, 0.5, 3], random.integers(0, 2, 80)
    taken = []
    while len(taken) < 4:
        left = [m for m in range(4) if m not in taken]
        losses = [log_loss(default, expit(logits[:, [*taken, m]]).mean(axis=1)) for m in left]
        taken.append(left[int(np.argmin(losses))])
    assert forward(logits, default.astype(np.int8)) == taken


def test_members_that_stay_say_what_they_said(scorer, development, fresh):
    pruner = MembersPruner(epochs=0, refit_head=False)
    plan = pruner.plan(scorer, development, 0.4)
    assert len(plan.kept) == 2
    small, inputs = pruner.apply(plan, scorer, development), scorer.encoded(fresh.matrix)
    np.testing.assert_allclose(
        small.network.logits(inputs), scorer.network.logits(inputs)[:, list(plan.kept)], atol=1e-5
    )
    assert small.complexity().work < 0.5 * scorer.complexity().work


def test_the_last_member_has_its_scaling_folded_away(scorer, development, fresh):
    pruner = MembersPruner(epochs=0, refit_head=False)
    plan = pruner.plan(scorer, development, 0.01)
    small, inputs = pruner.apply(plan, scorer, development), scorer.encoded(fresh.matrix)
    np.testing.assert_array_equal(small.network.scaling, 1)
    np.testing.assert_allclose(
        small.network.logits(inputs)[:, 0], scorer.network.logits(inputs)[:, plan.kept[0]], atol=1e-5
    )
    assert cut(MembersPruner(epochs=1), scorer, development, 0.01).network.members == 1


def test_random_is_the_control_and_comes_of_its_seed(scorer, development):
    plans = [MembersPruner("random", seed=s).plan(scorer, development, 0.6) for s in (0, 0, 3)]
    assert plans[0].kept == plans[1].kept != plans[2].kept
    with pytest.raises(ConfigError, match=r"options.criterion"):
        pruning.make("members", {"criterion": "backward"})


def test_networks_of_one_member_are_refused(development, fitted):
    with pytest.raises(UnsupportedScorer, match="members works on networks of two members or more, however: 1"):
        MembersPruner().plan(fitted("mlp"), development, 0.5)
