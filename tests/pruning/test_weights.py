import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import log_loss

from riskmodel import pruning
from riskmodel.core import Column, Development, Sample
from riskmodel.errors import ConfigError, UnsupportedScorer
from riskmodel.pruning.neurons import NeuronsPruner
from riskmodel.pruning.weights import WeightsPruner
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


def cut(pruner, scorer, keep):
    return pruner.apply(pruner.plan(scorer, SEEN, keep), scorer, SEEN)


def bare(criterion, scope="global", floor=0.05):
    """Nothing recovers."""
    return WeightsPruner(criterion=criterion, scope=scope, floor=floor, compensate="none", refit_head=False, epochs=0)


def test_without_a_floor_the_smallest_magnitudes_of_all_layers_go(scorer):
    sparse = cut(bare("magnitude", floor=0.0), scorer, 0.3)
    flat = np.concatenate([m.ravel() for m in scorer.network.matrices])
    left = np.concatenate([m.ravel() for m in sparse.network.matrices])
    threshold = np.sort(np.abs(flat))[-int(0.3 * len(flat))]
    np.testing.assert_array_equal(left, np.where(np.abs(flat) >= threshold, flat, 0))


def test_the_floor_keeps_each_layers_strongest_where_a_threshold_would_empty_it(scorer):
    first, *rest = scorer.network.matrices
    faint = scorer.with_network(scorer.network.with_matrices([first / 1000, *rest]))
    without, with_floor = (cut(bare("magnitude", floor=f), faint, 0.3).network for f in (0.0, 0.05))
    assert np.count_nonzero(without.weights[0]) == 1  # no layer is ever emptied
    left = int(np.ceil(0.05 * first.size))
    assert np.count_nonzero(with_floor.weights[0]) == left
    assert np.abs(first[with_floor.weights[0] != 0]).min() == np.sort(np.abs(first).ravel())[-left]


@pytest.mark.parametrize("keep", [0.5, 0.2])
def test_the_mask_holds_through_fine_tuning_and_the_loss_recovers(scorer, keep):
    masked, tuned = (cut(pruner, scorer, keep) for pruner in (bare("obs", "layer"), WeightsPruner(epochs=5)))
    for before, after in zip(masked.network.matrices, tuned.network.matrices, strict=True):
        np.testing.assert_array_equal(before == 0, after == 0)
        assert not np.array_equal(before, after)
    total = sum(m.size for m in scorer.network.matrices)
    assert tuned.complexity().weights == int(keep * total)
    losses = [log_loss(SEEN.tune.default, s.score(SEEN.tune)) for s in (masked, tuned)]
    assert losses[1] < losses[0]


def test_the_mask_holds_through_every_step_of_a_schedule(scorer):
    pruner = WeightsPruner(schedule="cubic", steps=3, epochs=3)
    plan = pruner.plan(scorer, SEEN, 0.2)
    sparse = pruner.apply(plan, scorer, SEEN)
    gone = np.array([plan.units[i].split(".") for i in plan.dropped], int)
    for layer, row, column in gone:
        assert sparse.network.matrices[layer - 1][row, column] == 0
    assert set(plan.steps) == {0, 1, 2, 3}


@pytest.mark.parametrize("criterion", ["magnitude", "obs", "sparsegpt", "random"])
def test_refitting_the_weights_that_are_left_brings_margins_back(scorer, criterion):
    fresh = a_sample(400, 9).matrix
    whole = scorer.margin(fresh)
    refitted = WeightsPruner(criterion=criterion, refit_head=False, epochs=0)
    lost = [np.square(cut(p, scorer, 0.3).margin(fresh) - whole).mean() for p in (bare(criterion, "layer"), refitted)]
    assert lost[1] < 0.6 * lost[0]


def test_wanda_compares_within_each_row(scorer):
    sparse = cut(bare("wanda", "row"), scorer, 0.5)
    for before, after in zip(scorer.network.matrices, sparse.network.matrices, strict=True):
        left = (after != 0).sum(axis=1)
        assert np.abs(left - before.shape[1] / 2).max() <= 1


def test_zeros_pack_into_fewer_bytes_but_do_the_same_work(scorer):
    before, after = scorer.complexity(), cut(WeightsPruner(epochs=0), scorer, 0.2).complexity()
    assert after.bytes < before.bytes
    assert after.active_share < 0.6
    assert (after.work, after.parameters, after.neurons) == (before.work, before.parameters, before.neurons)


def test_neurons_cut_from_a_sparse_network_do_not_bring_its_zeros_back(scorer):
    sparse = cut(WeightsPruner(epochs=0), scorer, 0.3)
    both = cut(NeuronsPruner(epochs=2), sparse, 0.5)
    assert both.complexity().weights <= sparse.complexity().weights
    assert sum(np.count_nonzero(m == 0) for m in both.network.matrices) > 0


def test_kept_sets_are_nested_and_plans_name_their_weights(scorer):
    plans = WeightsPruner().plans(scorer, SEEN, [0.01, 0.1, 0.5])
    kept = [set(plan.kept) for plan in plans]
    assert kept[0] < kept[1] < kept[2]
    first, second, head = scorer.network.matrices
    assert plans[0].units[0] == "1.0.0"
    assert plans[0].units[first.size + second.size] == "3.0.0"
    assert len(plans[0].units) == first.size + second.size + head.size


def test_keeping_everything_changes_nothing(scorer):
    assert cut(WeightsPruner(), scorer, 1.0) is scorer


def test_the_same_cut_gives_the_same_bytes_and_leaves_the_original(scorer):
    before = scorer.files()
    assert cut(WeightsPruner(epochs=2), scorer, 0.3).files() == cut(WeightsPruner(epochs=2), scorer, 0.3).files()
    assert scorer.files() == before


def test_a_scorer_without_a_network_is_refused():
    class Trees:
        kind, sha256 = "xgb", ""

    with pytest.raises(UnsupportedScorer, match=r"weights works on scorers with a network .* however: xgb"):
        WeightsPruner().plans(Trees(), SEEN, [0.5])


@pytest.mark.parametrize("options", [{"epochs": -1}, {"floor": 1.5}, {"share": 0.1}])
def test_impossible_options_are_refused(options):
    with pytest.raises(ConfigError, match=f"options.{next(iter(options))}"):
        pruning.make("weights", options)
