"""Networks from elsewhere lose neurons and weights by the criteria of our own, and what hangs together goes so."""

import numpy as np
import pytest
from drawn_onnx import Sketch, drawn_network, rows_for
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel import pruning
from riskmodel.core import Development, Sample
from riskmodel.errors import RiskModelError
from riskmodel.networks.graph import units_of
from riskmodel.scorers import network_scorer_of

pytest.importorskip("onnxruntime")

NEURONS = ("random", "magnitude", "activity", "variance", "wanda", "taylor", "fisher", "correlation", "cosine", "obs")
WEIGHTS = ("random", "magnitude", "lamp", "wanda", "snip", "taylor", "fisher", "sparsegpt", "obs")
PLAIN = {"epochs": 0, "refit_head": False}


def development_of(scorer, rows=211):
    def sample(name, count, seed):
        matrix = rows_for(len(scorer.features), count, seed)
        bad = (np.random.default_rng(seed).random(count) < scorer.pd(matrix)).astype(np.int8)
        return Sample(name, scorer.features, matrix, bad, np.arange(count))

    return Development(sample("train", rows, 1), sample("tune", rows // 2, 2))


def cut(scorer, method, keep, **options):
    pruner, development = pruning.make(method, {**PLAIN, **options}), development_of(scorer)
    plan = pruner.plan(scorer, development, keep)
    return pruner.apply(plan, scorer, development), plan


def error(small, whole):
    matrix = rows_for(len(whole.features), 400, 9)
    return float(np.sqrt(np.mean((small.raw_margin(matrix) - whole.raw_margin(matrix)) ** 2)))


def wide(seed=3, width=24, activation="Relu"):
    """Two layers with a residual; every neuron of the first stands there twice."""
    sketch = Sketch(seed)
    half = 0.7 * sketch.random.normal(size=(width // 2, 4)).astype(np.float32)
    hidden = sketch.add("Gemm", "x", sketch.array(np.vstack([half, half])), transB=1)
    hidden = sketch.activation(hidden, activation)
    hidden = sketch.activation(sketch.gemm(hidden, width, width), activation)
    return network_scorer_of(sketch.finished(sketch.gemm(hidden, width, 1)))


@pytest.mark.parametrize("criterion", NEURONS)
def test_every_criterion_of_neurons_keeps_the_share_that_is_asked(criterion):
    scorer = wide()
    small, plan = cut(scorer, "neurons", 0.25, criterion=criterion)
    assert (scorer.neurons, small.neurons, len(plan.kept)) == (48, 12, 12)
    assert [len(layer.units) for layer in units_of(small.graph).layers] == [6, 6]
    assert np.isfinite(small.raw_margin(rows_for(4))).all()


@pytest.mark.parametrize("criterion", WEIGHTS)
def test_every_criterion_of_weights_keeps_the_share_that_is_asked(criterion):
    scorer = wide()
    small, plan = cut(scorer, "weights", 0.25, criterion=criterion)
    assert small.graph.connections <= len(plan.kept) == scorer.complexity().weights // 4
    assert small.graph.widths == scorer.graph.widths


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 100_000), st.sampled_from(["neurons", "weights"]))
def test_what_loses_nothing_stays_as_it_is(seed, method):
    scorer = network_scorer_of(drawn_network(seed))
    small, plan = cut(scorer, method, 1.0)
    assert small is scorer
    assert not plan.dropped


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 100_000), st.sampled_from(["obs", "fisher", "cosine"]))
def test_any_network_is_cut_and_runs(seed, criterion):
    scorer = network_scorer_of(drawn_network(seed))
    small, _ = cut(scorer, "neurons", 0.6, criterion=criterion)
    assert small.graph.connections < scorer.graph.connections
    matrix = rows_for(len(scorer.features))
    np.testing.assert_allclose(small.pd(matrix), small.network.answer(matrix), atol=1e-5)


@pytest.mark.parametrize("criterion", ["obs", "cosine", "correlation"])
def test_twins_go_first_and_nothing_is_lost(criterion):
    scorer = wide()
    twins = cut(scorer, "neurons", 0.75, criterion=criterion)[0]
    assert error(twins, scorer) < 0.2 * error(cut(scorer, "neurons", 0.75, criterion="random")[0], scorer)


def test_twins_of_the_first_layer_go_without_a_trace():
    sketch = Sketch(2)
    half = sketch.random.normal(size=(7, 4)).astype(np.float32)
    hidden = sketch.activation(sketch.add("Gemm", "x", sketch.array(np.vstack([half, half])), transB=1), "Tanh")
    scorer = network_scorer_of(sketch.finished(sketch.gemm(hidden, 14, 1)))
    small, plan = cut(scorer, "neurons", 0.5)
    assert {int(name.split(".")[1]) % 7 for name in np.array(plan.units)[list(plan.kept)]} == set(range(7))
    assert error(small, scorer) < 1e-3


def test_what_is_left_makes_up_for_what_went():
    scorer = wide(activation="Tanh")
    ways = ("least_squares", "bias", "none")
    errors = [error(cut(scorer, "neurons", 0.4, compensate=how)[0], scorer) for how in ways]
    assert errors[0] < 0.7 * min(errors[1:])


def test_a_residual_loses_the_same_units_on_both_sides():
    sketch = Sketch(4)
    first = sketch.activation(sketch.gemm("x", 4, 10), "Relu")
    total = sketch.add("Add", first, sketch.activation(sketch.gemm(first, 10, 10), "Tanh"))
    scorer = network_scorer_of(sketch.finished(sketch.gemm(total, 10, 1)))
    small, plan = cut(scorer, "neurons", 0.5)
    assert len(plan.units) == 10
    assert [d.weight.shape for d in small.graph.dense_layers] == [(5, 4), (5, 5), (1, 5)]


@pytest.mark.parametrize("schedule", ["iterative", "cubic"])
def test_a_plan_in_steps_says_when_each_goes(schedule):
    scorer = wide()
    small, plan = cut(scorer, "neurons", 0.25, schedule=schedule)
    assert set(plan.steps) >= {0, 1, 2}
    assert small.neurons == 12
    assert cut(scorer, "neurons", 0.25, schedule=schedule)[0].sha256 == small.sha256


@pytest.mark.parametrize(
    ("options", "keep", "message"),
    [
        ({}, 0.02, r"keep must leave a neuron of each of 2 layers, 0.0417 of all or more, however: 0.02"),
        ({}, 1.5, r"keep must be in \(0, 1\], however: 1.5"),
        ({"criterion": "l1"}, 0.5, "trains no network of months or from elsewhere before a cut, however: l1 does"),
        ({"compensate": "merge"}, 0.5, "compensate must be least_squares, bias or none"),
    ],
)
def test_what_cannot_be_is_one_line(options, keep, message):
    with pytest.raises(RiskModelError, match=message):
        cut(wide(), "neurons", keep, **options)


def test_a_line_has_no_neurons():
    sketch = Sketch(0)
    scorer = network_scorer_of(sketch.finished(sketch.gemm("x", 4, 1)))
    with pytest.raises(RiskModelError, match="must have a hidden layer to be pruned"):
        cut(scorer, "neurons", 0.5)
