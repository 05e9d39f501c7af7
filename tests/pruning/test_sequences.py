"""Hidden units and channels go whole, gates and months with them, and what is left makes up for them."""

import numpy as np
import pytest
from scipy.special import expit

from riskmodel import pruning
from riskmodel.core import Development, TeacherPds
from riskmodel.errors import UnsupportedScorer
from riskmodel.evaluation import log_loss
from riskmodel.networks.graph import traced_graph, units_of

both = pytest.mark.parametrize("kind", ["gru", "conv"])


def cut(scorer, development: Development, keep: float, **options):
    pruner = pruning.make("neurons", {"epochs": 0, **options})
    return pruner.apply(pruner.plan(scorer, development, keep), scorer, development)


@both
def test_the_graph_computes_what_the_scorer_does_and_comes_back_as_it_was(kind, fitted, fresh):
    scorer = fitted(kind)
    margin = scorer.raw_margin(fresh.matrix)
    np.testing.assert_allclose(traced_graph(scorer.graph, scorer.sources(fresh.matrix)).margin, margin, atol=2e-6)
    np.testing.assert_array_equal(scorer.with_graph(scorer.graph).raw_margin(fresh.matrix), margin)


def test_a_hidden_unit_is_one_unit_in_all_gates_and_months(fitted):
    graph = fitted("gru").graph
    units = units_of(graph)
    assert [len(layer.units) for layer in units.layers] == [6, 8]
    for gate in ("input_r@1", "input_z@2", "state_n@1", "state_r@2", "h0", "h2"):
        np.testing.assert_array_equal(units.of[gate], units.layers[0].units)


def test_a_channel_is_one_unit_in_all_places(fitted):
    units = units_of(fitted("conv").graph)
    assert [len(layer.units) for layer in units.layers] == [6, 8]


@both
def test_the_arrays_shrink_and_a_month_uses_the_same_ones_as_another(kind, fitted, development, fresh):
    scorer = fitted(kind)
    small = cut(scorer, development, 0.5)
    assert small.sequence_network.neurons == small.complexity().neurons == 7
    assert small.complexity().bytes < scorer.complexity().bytes
    graph = traced_graph(small.graph, small.sources(fresh.matrix))
    np.testing.assert_allclose(graph.margin, small.raw_margin(fresh.matrix), atol=2e-5)


@both
def test_least_squares_brings_back_what_a_cut_took(kind, fitted, development, fresh):
    scorer = fitted(kind)
    margin = scorer.raw_margin(fresh.matrix)
    missed = {
        how: ((cut(scorer, development, 0.5, compensate=how).raw_margin(fresh.matrix) - margin) ** 2).mean()
        for how in ("least_squares", "none")
    }
    assert missed["least_squares"] < 0.5 * missed["none"]


@both
def test_a_unit_that_stands_twice_goes_without_a_trace(kind, fitted, development, fresh):
    """Doubled, with half of what each hands on: the copy is exactly what least squares gives back."""
    scorer = fitted(kind)
    doubled = scorer.with_graph(_doubled(scorer.graph, kind))
    margin = scorer.raw_margin(fresh.matrix)
    np.testing.assert_allclose(doubled.raw_margin(fresh.matrix), margin, atol=2e-5)
    small = cut(doubled, development, 14 / 20)
    error = np.abs(small.raw_margin(fresh.matrix) - margin)
    assert error.mean() < 0.3 * np.abs(margin - margin.mean()).mean()


def _doubled(graph, kind):
    from dataclasses import replace

    units = units_of(graph)
    layer = set(units.layers[0].units.tolist())

    def of(dense):
        rows = np.isin(units.of[dense.name], list(layer))
        columns = np.isin(units.of[dense.source], list(layer))
        weight, bias = dense.weight, dense.bias
        if columns.any():
            order = _order(columns, 6)
            weight = (weight * np.where(columns, 0.5, 1.0))[:, order]
        if rows.any():
            weight, bias = np.concatenate([weight, weight]), np.concatenate([bias, bias])
        return replace(dense, weight=weight, bias=bias)

    nodes = tuple(of(node) if hasattr(node, "weight") else node for node in graph.nodes)
    return replace(graph, nodes=nodes)


def _order(columns, width):
    """Each block of doubled units once more right after itself."""
    order, at = [], 0
    while at < len(columns):
        if columns[at]:
            order += [*range(at, at + width), *range(at, at + width)]
            at += width
        else:
            order.append(at)
            at += 1
    return order


@both
@pytest.mark.parametrize("criterion", ["magnitude", "taylor", "activity", "variance", "random"])
def test_every_criterion_that_needs_no_training_judges_them(kind, criterion, fitted, development, fresh):
    small = cut(fitted(kind), development, 0.5, criterion=criterion)
    assert np.isfinite(small.score(fresh)).all()
    assert small.sequence_network.neurons == 7


@both
def test_training_after_a_cut_brings_tune_nearer_and_leaves_the_units_alone(kind, fitted, development):
    def loss(scorer) -> float:
        return log_loss(development.tune.default, expit(scorer.raw_margin(development.tune.matrix))).value

    cruel = {"criterion": "random", "compensate": "none", "mix": 0.0}
    left = cut(fitted(kind), development, 0.5, **cruel)
    taught = cut(fitted(kind), development, 0.5, **cruel, epochs=3, schedule="cubic", steps=2)
    again = cut(fitted(kind), development, 0.5, **cruel, epochs=3, schedule="cubic", steps=2)
    assert loss(taught) < loss(left) - 0.005
    assert taught.sequence_network.neurons == left.sequence_network.neurons == 7
    assert taught.sha256 == again.sha256


@both
def test_what_it_is_taught_is_the_champions_pd_where_there_is_one(kind, fitted, development):
    """Taught PDs of one half alone, every margin falls back to about nothing."""
    samples = (development.train, development.tune)
    flat = Development(*samples, taught=TeacherPds(*(np.full(len(sample), 0.5) for sample in samples)))
    small = cut(fitted(kind), flat, 0.5, epochs=8, mix=1.0)
    before = cut(fitted(kind), flat, 0.5)
    rows = development.tune.matrix
    assert np.abs(small.raw_margin(rows)).mean() < 0.5 * np.abs(before.raw_margin(rows)).mean()


@both
def test_single_weights_of_what_months_share_are_refused(kind, fitted, development):
    with pytest.raises(UnsupportedScorer, match="weights of a network stand once each to be pruned, however: "):
        pruning.make("weights").plan(fitted(kind), development, 0.5)
