from itertools import pairwise

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import log_loss

from riskmodel import pruning
from riskmodel.core import Column, Development, Sample
from riskmodel.errors import ConfigError, UnsupportedScorer
from riskmodel.pruning.neurons import NeuronsPruner, group_norms
from riskmodel.scorers.neural import NeuralRecipe

pytest.importorskip("torch")

FEATURES = (Column("income"), Column("rate"))


def a_sample(rows, seed):
    random = np.random.default_rng(seed)
    matrix = random.normal(size=(rows, 2))
    default = random.random(rows) < expit(3 * np.abs(matrix[:, 0]) - 3 + matrix[:, 1])
    return Sample("s", FEATURES, matrix, default.astype(np.int8), np.arange(rows))


SEEN = Development(a_sample(700, 0), a_sample(300, 1))


@pytest.fixture(scope="module")
def scorer():
    recipe = NeuralRecipe(members=2, hidden=(16, 10), bins=6, embedding=2, epochs=10, batch=64, rate=0.01)
    return recipe.fit(SEEN, FEATURES, seed=0)


def loss(scorer):
    return log_loss(SEEN.tune.default, scorer.score(SEEN.tune))


def test_norms_are_those_of_a_slow_loop(scorer):
    first, second, head = scorer.network.matrices
    for norms, into, out in zip(group_norms(scorer.network), (first, second), (second, head), strict=True):
        slow = [np.hypot(np.linalg.norm(into[j]), np.linalg.norm(out[:, j])) for j in range(len(into))]
        np.testing.assert_allclose(norms, slow, rtol=1e-5)


def test_the_smallest_norms_of_each_layer_go(scorer):
    plan = NeuronsPruner().plan(scorer, SEEN, keep=0.5)
    kept = [plan.units[i] for i in plan.kept]
    assert len(kept) == 13
    for layer, norms in enumerate(group_norms(scorer.network), start=1):
        strongest = np.sort(np.argsort(-norms)[: len(norms) // 2])
        assert [unit for unit in kept if unit.startswith(f"{layer}.")] == [f"{layer}.{j}" for j in strongest]


@pytest.mark.parametrize("keep", [0.5, 0.25])
def test_a_cut_network_is_smaller_and_fine_tuning_recovers_it(scorer, keep):
    pruner, bare = NeuronsPruner(epochs=5), NeuronsPruner(epochs=0)
    plan = pruner.plan(scorer, SEEN, keep)
    cut, tuned = bare.apply(bare.plan(scorer, SEEN, keep), scorer, SEEN), pruner.apply(plan, scorer, SEEN)
    assert tuned.network.widths == cut.network.widths
    assert tuned.network.neurons == len(plan.kept)
    assert loss(tuned) < loss(cut)
    for measure in ("work", "parameters", "bytes"):
        assert getattr(tuned.complexity(), measure) < getattr(scorer.complexity(), measure)


@pytest.mark.parametrize("keep", [1e-6, 0.05, *np.linspace(0.08, 1, 47)])
def test_every_layer_keeps_its_share_and_never_less_than_one(scorer, keep):
    plan = NeuronsPruner().plan(scorer, SEEN, keep)
    left = [sum(plan.units[i].startswith(f"{layer}.") for i in plan.kept) for layer in (1, 2)]
    assert min(left) >= 1
    assert len(plan.kept) == max(2, int(26 * keep * (1 + 1e-12)))
    assert all(abs(max(1, keep * width) - count) < 1.5 for count, width in zip(left, (16, 10), strict=True))


def test_kept_sets_are_nested(scorer):
    kept = [set(plan.kept) for plan in NeuronsPruner().plans(scorer, SEEN, [0.05, 0.2, 0.5, 0.9])]
    assert all(small < large for small, large in pairwise(kept))


def test_keeping_everything_changes_nothing(scorer):
    pruner = NeuronsPruner()
    assert pruner.apply(pruner.plan(scorer, SEEN, 1.0), scorer, SEEN) is scorer


def test_the_same_cut_gives_the_same_bytes_and_leaves_the_original(scorer):
    before, pruner = scorer.files(), NeuronsPruner(epochs=2)
    plan = pruner.plan(scorer, SEEN, 0.3)
    assert pruner.apply(plan, scorer, SEEN).files() == pruner.apply(plan, scorer, SEEN).files()
    assert scorer.files() == before


def test_a_network_can_be_cut_twice(scorer):
    pruner = NeuronsPruner(epochs=0)
    once = pruner.apply(pruner.plan(scorer, SEEN, 0.5), scorer, SEEN)
    twice = pruner.apply(pruner.plan(once, SEEN, 0.5), once, SEEN)
    assert twice.network.widths == (4, 2)


def test_a_scorer_without_a_network_is_refused():
    class Trees:
        kind = "lgbm"

    with pytest.raises(UnsupportedScorer, match="neurons works on scorers with a network"):
        NeuronsPruner().rank(Trees(), SEEN)


def test_impossible_options_are_refused():
    assert pruning.make("neurons", {"epochs": 3}) == NeuronsPruner(epochs=3)
    with pytest.raises(ConfigError, match=r"options.epochs: .* however: -1"):
        pruning.make("neurons", {"epochs": -1})
