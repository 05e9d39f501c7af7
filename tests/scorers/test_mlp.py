import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

from riskmodel.core import Targets
from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.networks import Network, Tuning


def loss(scorer, sample):
    return log_loss(sample.default, scorer.score(sample))


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_a_network_of_scikit_learns_weights_says_what_scikit_learn_says():
    random = np.random.default_rng(0)
    inputs = random.normal(size=(300, 5)).astype(np.float32)
    model = MLPClassifier((9, 6), max_iter=15, random_state=1).fit(inputs, inputs[:, 0] > random.normal(size=300))
    network = Network.of_mlp(model.coefs_, model.intercepts_)
    np.testing.assert_allclose(1 / (1 + np.exp(-network.margin(inputs))), model.predict_proba(inputs)[:, 1], atol=1e-6)
    assert network.widths == (9, 6)
    model.coefs_[0][:] = 0
    assert network.weights[0].any()


def test_a_network_of_several_outputs_is_refused():
    with pytest.raises(RiskModelError, match="must end in one output, however: 3"):
        Network.of_mlp([np.ones((4, 5)), np.ones((5, 3))], [np.ones(5), np.ones(3)])


def test_zeros_hold_through_every_step_and_tune_never_gets_worse(fitted, development):
    scorer = fitted("mlp")
    random = np.random.default_rng(0)
    masked = scorer.network.with_matrices(
        [np.where(random.random(m.shape) < 0.5, 0, m).astype(np.float32) for m in scorer.network.matrices]
    )
    tuned = scorer.fine_tune(masked, development, epochs=3)
    for before, after in zip(masked.matrices, tuned.network.matrices, strict=True):
        np.testing.assert_array_equal(before == 0, after == 0)
        assert not np.array_equal(before, after)
    assert loss(tuned, development.tune) < loss(scorer.with_network(masked), development.tune)


def test_hard_targets_given_as_soft_ones_teach_the_same(fitted, development):
    scorer, network = fitted("mlp"), fitted("mlp").early(development, 0)
    nearly = Targets(*(np.clip(s.default, 1e-9, 1 - 1e-9) for s in (development.train, development.tune)))
    hard = scorer.fine_tune(network, development, 1, Tuning(until=1)).network
    soft = scorer.fine_tune(network, development, 1, Tuning(until=1, targets=nearly)).network
    np.testing.assert_allclose(soft.weights[0], hard.weights[0], atol=1e-3)


def test_l2_shrinks_the_weights_and_other_penalties_are_refused(fitted, development):
    scorer = fitted("mlp")
    sizes = [
        np.abs(
            scorer.fine_tune(scorer.network, development, 2, Tuning(penalty="l2", strength=s)).network.weights[0]
        ).mean()
        for s in (0.0, 0.05)
    ]
    assert sizes[1] < 0.9 * sizes[0]
    with pytest.raises(UnsupportedScorer, match="l2 penalty alone, however: l1"):
        scorer.fine_tune(scorer.network, development, 1, Tuning(penalty="l1", strength=0.1))


def test_inputs_that_are_no_numbers_are_one_clear_line(fitted, development):
    scorer = fitted("mlp")
    broken = replace(
        development, train=replace(development.train, matrix=np.full_like(development.train.matrix, np.inf))
    )
    wild = replace(scorer, encoding=replace(scorer.encoding, scores=scorer.encoding.scores * np.nan))
    with np.errstate(all="ignore"), pytest.raises(RiskModelError, match="rate must be smaller"):
        wild.fine_tune(scorer.network, broken, 1)


def test_training_pruning_and_recovery_need_no_torch():
    """The path of an installation without it: fit, plan, cut, compensate, fine-tune."""
    program = """
import sys
class NoTorch:
    def find_spec(self, name, path, target=None):
        if name.split(".")[0] == "torch":
            raise ModuleNotFoundError("No module named 'torch'", name="torch")
sys.meta_path.insert(0, NoTorch())
sys.path.insert(0, "tests")
from samples import FEATURES, drawn
from riskmodel import pruning, scorers
from riskmodel.core import Development
seen = Development(drawn(500, 1, "train"), drawn(300, 2, "tune"))
scorer = scorers.recipe("mlp", {"hidden": [12, 8], "epochs": 4, "rate": 0.01, "least_steps": 0}).fit(seen, FEATURES, 0)
for name in ("neurons", "weights"):
    pruner = pruning.make(name, {"epochs": 2, "schedule": "cubic", "steps": 2})
    small = pruner.apply(pruner.plan(scorer, seen, 0.25), scorer, seen)
    print(name, small.network.neurons, small.complexity().weights < scorer.complexity().weights)
print("torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["neurons 5 True", "weights 20 True", "False"]
