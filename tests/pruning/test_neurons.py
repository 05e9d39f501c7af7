import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import log_loss

from riskmodel import pruning
from riskmodel.core import Column, Development, PruningPlan, Sample, TeacherPds
from riskmodel.errors import ConfigError, RiskModelError, UnsupportedScorer
from riskmodel.pruning.neurons import NeuronsPruner
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
    recipe = NeuralRecipe(
        members=2, hidden=(16, 10), bins=6, embedding=2, epochs=10, batch=64, rate=0.01, least_steps=0
    )
    return recipe.fit(SEEN, FEATURES, seed=0)


def loss(scorer):
    return log_loss(SEEN.tune.default, scorer.score(SEEN.tune))


def test_the_smallest_norms_of_each_layer_go(scorer):
    plan = NeuronsPruner(criterion="magnitude").plan(scorer, SEEN, keep=0.5)
    kept = [plan.units[i] for i in plan.kept]
    assert len(kept) == 13
    for layer, (into, out) in enumerate(pairwise(scorer.network.matrices), start=1):
        norms = np.hypot(np.linalg.norm(into, axis=1), np.linalg.norm(out, axis=0))
        strongest = np.sort(np.argsort(-norms)[: len(norms) // 2])
        assert [unit for unit in kept if unit.startswith(f"{layer}.")] == [f"{layer}.{j}" for j in strongest]


@pytest.mark.parametrize("criterion", ["random", "magnitude", "activity", "taylor"])
def test_compensation_gives_back_what_any_criterion_took(scorer, criterion):
    """Judged by the margins of the whole network on rows that neither was fitted on."""
    fresh = a_sample(400, 9).matrix
    lost = []
    for how in ("none", "least_squares"):
        pruner = NeuronsPruner(criterion=criterion, compensate=how, refit_head=False, epochs=0)
        cut = pruner.apply(pruner.plan(scorer, SEEN, 0.4), scorer, SEEN)
        lost.append(np.square(cut.margin(fresh) - scorer.margin(fresh)).mean())
    assert lost[1] < 0.6 * lost[0]


@pytest.mark.parametrize("schedule", ["iterative", "cubic"])
def test_a_plan_in_steps_names_when_each_neuron_goes(scorer, schedule):
    pruner = NeuronsPruner(schedule=schedule, step=0.4, steps=3, epochs=2)
    plan = pruner.plan(scorer, SEEN, 0.25)
    steps = np.array(plan.steps)
    assert set(np.flatnonzero(steps == 0)) == set(plan.kept)
    assert sorted(set(steps.tolist())) == [0, 1, 2, 3]
    standing = [int(((steps == 0) | (steps > step)).sum()) for step in (1, 2, 3)]
    shares = {"iterative": (0.6, 0.36, 0.25), "cubic": tuple(0.25 + 0.75 * (1 - t / 3) ** 3 for t in (1, 2, 3))}
    assert standing == [int(26 * share * (1 + 1e-12)) for share in shares[schedule]]
    assert PruningPlan.from_json(plan.to_json()) == plan
    assert pruner.apply(plan, scorer, SEEN).network.neurons == 6


def test_iterative_kept_sets_are_nested(scorer):
    plans = NeuronsPruner(schedule="iterative", step=0.3).plans(scorer, SEEN, [0.5, 0.3, 0.2])
    kept = [set(plan.kept) for plan in plans]
    assert kept[0] > kept[1] > kept[2]


def test_one_shot_plans_have_no_steps_and_old_plans_are_read(scorer):
    plan = NeuronsPruner().plan(scorer, SEEN, 0.5)
    assert plan.steps == ()
    old = json.loads(plan.to_json())
    del old["steps"]
    assert PruningPlan.from_json(json.dumps(old).encode()) == plan


def test_penalties_make_whole_neurons_small_before_they_go(scorer):
    pruner = NeuronsPruner(criterion="group", strength=0.01, penalty_epochs=3, epochs=0)
    before, after = (np.linalg.norm(n.weights[1], axis=1) for n in (scorer.network, pruner._begun(scorer, SEEN)))
    assert after.mean() < 0.8 * before.mean()
    assert pruner.apply(pruner.plan(scorer, SEEN, 0.5), scorer, SEEN).network.neurons == 13


def test_weights_can_be_rewound_to_an_early_epoch(scorer):
    young = scorer.early(SEEN, 2)
    pruner = NeuronsPruner(retrain="early", early=2, epochs=0, refit_head=False)
    plan = pruner.plan(scorer, SEEN, 0.5)
    kept = [int(plan.units[i].split(".")[1]) for i in plan.kept if plan.units[i].startswith("1.")]
    np.testing.assert_array_equal(pruner.apply(plan, scorer, SEEN).network.weights[0], young.weights[0][kept])
    assert not np.array_equal(young.weights[0], scorer.network.weights[0])
    tuned = replace(pruner, epochs=3)
    once = tuned.apply(tuned.plan(scorer, SEEN, 0.5), scorer, SEEN)
    with pytest.raises(UnsupportedScorer, match="rewinds the weights of a network that was never cut"):
        tuned.apply(tuned.plan(once, SEEN, 0.5), once, SEEN)


def test_a_champion_of_another_kind_can_be_the_teacher(scorer):
    """Taught by PDs that are the same for all, the cut network says little else."""
    flat = TeacherPds(*(np.full(len(sample), 0.2) for sample in (SEEN.train, SEEN.tune)))
    pruner = NeuronsPruner(mix=1.0, epochs=4)
    own, other = (
        pruner.apply(pruner.plan(scorer, development, 0.5), scorer, development).score(SEEN.tune)
        for development in (SEEN, replace(SEEN, taught=flat))
    )
    assert other.std() < 0.5 * own.std()
    assert abs(other.mean() - 0.2) < 0.03


def test_a_network_of_dead_neurons_is_cut_without_a_trace(scorer):
    offsets = [np.where(np.arange(len(o)) % 2, o, -1e3).astype(np.float32) for o in scorer.network.biases]
    network = scorer.network.with_matrices(scorer.network.matrices, (*offsets, scorer.network.head_bias))
    dead = scorer.with_network(network)
    pruner = NeuronsPruner(epochs=0, refit_head=False)
    cut = pruner.apply(pruner.plan(dead, SEEN, 0.5), dead, SEEN)
    np.testing.assert_allclose(cut.margin(SEEN.tune.matrix), dead.margin(SEEN.tune.matrix), atol=1e-3)


def test_weights_that_are_no_numbers_and_rows_fewer_than_neurons(scorer):
    broken = [m.copy() for m in scorer.network.matrices]
    broken[1][0, 0] = np.nan
    with pytest.raises(
        RiskModelError, match="neurons needs a network of finite weights, however: 1 of weight2 are not"
    ):
        NeuronsPruner().plan(scorer.with_network(scorer.network.with_matrices(broken)), SEEN, 0.5)
    few = NeuronsPruner(rows=3, epochs=0)
    assert np.isfinite(few.apply(few.plan(scorer, SEEN, 0.5), scorer, SEEN).score(SEEN.tune)).all()


@pytest.mark.parametrize("keep", [0.5, 0.25])
def test_a_cut_network_is_smaller_and_fine_tuning_recovers_it(scorer, keep):
    pruner, bare = NeuronsPruner(epochs=5), NeuronsPruner(epochs=0, compensate="none", refit_head=False)
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
        kind, sha256 = "lgbm", ""

    with pytest.raises(UnsupportedScorer, match="neurons works on scorers with a network"):
        NeuronsPruner().plans(Trees(), SEEN, [0.5])


def test_impossible_options_are_refused():
    assert pruning.make("neurons", {"epochs": 3}) == NeuronsPruner(epochs=3)
    for options in ({"epochs": -1}, {"criterion": "best"}, {"scope": "row"}, {"step": 1.0}, {"steps": 0}, {"mix": 2.0}):
        with pytest.raises(ConfigError, match=rf"options.{next(iter(options))}: .* however"):
            pruning.make("neurons", options)
