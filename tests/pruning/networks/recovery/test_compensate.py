import numpy as np
import pytest
from networks import drawn_network, drawn_rows, with_dead, with_twin

from riskmodel.networks import traced
from riskmodel.pruning.algorithms.networks.recovery import compensate, compensated

ROWS = 400
HOWS = ("none", "bias", "merge", "least_squares")


def without(network, layer, gone):
    kept = [[j for j in range(w) if i != layer or j not in gone] for i, w in enumerate(network.widths)]
    return network.without_neurons([gone if i == layer else [] for i in range(len(network.widths))]), kept


def error(network, other, rows):
    return float(((network.logits(rows) - other.logits(rows)) ** 2).mean())


@pytest.mark.parametrize("layer", [0, 1])
def test_the_neuron_of_a_twin_can_go_without_a_trace(layer):
    network, rows = with_twin(drawn_network(), layer, of=1, twin=3), drawn_rows(ROWS)
    cut, kept = without(network, layer, [3])
    merged, refitted = (compensated(network, cut, kept, rows, how) for how in ("merge", "least_squares"))
    np.testing.assert_allclose(merged.logits(rows), network.logits(rows), atol=2e-5)
    assert error(refitted, network, rows) < 1e-3 * error(cut, network, rows)


@pytest.mark.parametrize("how", HOWS)
def test_a_dead_neuron_goes_without_a_trace_however_it_is_done(how):
    network, rows = with_dead(drawn_network(), 0, 2), drawn_rows(ROWS)
    cut, kept = without(network, 0, [2])
    np.testing.assert_allclose(compensated(network, cut, kept, rows, how).logits(rows), network.logits(rows), atol=1e-4)


def test_a_neuron_that_is_always_the_same_goes_into_the_offset():
    network, rows = drawn_network(), drawn_rows(ROWS)
    matrices, offsets = [m.copy() for m in network.matrices], [o.copy() for o in network.offsets]
    matrices[0][4], offsets[0][4] = 0, 1.5
    network = network.with_matrices(matrices, offsets)
    cut, kept = without(network, 0, [4])
    assert error(cut, network, rows) > 1e-4
    np.testing.assert_allclose(
        compensated(network, cut, kept, rows, "bias").logits(rows), network.logits(rows), atol=1e-5
    )


def test_each_way_is_at_least_as_good_as_the_one_before():
    network, rows = drawn_network(hidden=(24, 16)), drawn_rows(ROWS)
    cut, kept = without(network, 1, list(range(0, 16, 2)))
    errors = [error(compensated(network, cut, kept, rows, how), network, rows) for how in HOWS]
    assert errors[3] < errors[2] < errors[0]
    assert errors[3] < errors[1] < errors[0]
    assert error(compensated(network, cut, kept, rows, "least_squares"), network, drawn_rows(ROWS, 9)) < errors[0]


def test_without_a_ridge_it_is_numpys_least_squares(monkeypatch):
    monkeypatch.setattr(compensate, "RIDGE", 1e-12)
    network, rows = drawn_network(2, members=1), drawn_rows(ROWS)
    cut, kept = without(network, 1, [0, 3])
    mine = compensated(network, cut, kept, rows, "least_squares")
    design = np.column_stack([traced(cut, rows).inputs[-1][:, 0], np.ones(ROWS)])
    live = design.any(axis=0)
    expected, *_ = np.linalg.lstsq(design[:, live], traced(network, rows).logits[:, 0], rcond=None)
    fitted = design[:, live] @ expected
    np.testing.assert_allclose(mine.logits(rows)[:, 0], fitted, atol=1e-4)


def test_zeros_stay_zero_and_the_others_make_up_for_them():
    network, rows = drawn_network(hidden=(24, 16)), drawn_rows(ROWS)
    random = np.random.default_rng(0)
    masked = network.with_matrices([m * (random.random(m.shape) < 0.5) for m in network.matrices])
    result = compensated(network, masked, [range(24), range(16)], rows, "least_squares")
    for before, after in zip(masked.matrices, result.matrices, strict=True):
        np.testing.assert_array_equal(before == 0, after == 0)
    assert error(result, network, rows) < 0.3 * error(masked, network, rows)


@pytest.mark.parametrize("how", HOWS)
def test_fewer_rows_than_neurons_still_give_finite_weights(how):
    network, rows = drawn_network(hidden=(24, 16)), drawn_rows(2)
    cut, kept = without(network, 0, list(range(12)))
    result = compensated(network, cut, kept, rows, how)
    assert all(np.isfinite(m).all() for m in (*result.matrices, *result.offsets))
    assert result.head.dtype == np.float32


def test_nothing_cut_changes_next_to_nothing():
    network, rows = drawn_network(), drawn_rows(ROWS)
    cut, kept = without(network, 0, [])
    np.testing.assert_allclose(
        compensated(network, cut, kept, rows, "least_squares").logits(rows), network.logits(rows), atol=1e-4
    )
