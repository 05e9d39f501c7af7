import numpy as np
import pytest
from networks import drawn_network, drawn_outcomes, drawn_rows
from scipy.special import expit

from riskmodel.networks import traced
from riskmodel.pruning.algorithms.networks.criteria import OF_WEIGHTS, weight_layers, weights

ROWS = 2 * weights.BATCH + 11


def layers(network=None, rows=ROWS):
    return weight_layers(network or drawn_network(), drawn_rows(rows), drawn_outcomes(rows), seed=0, keep=0.5)


def gradients(layer, matrix):
    """The oracle: each row's and member's gradient by each weight, written out; n x k x outputs x inputs."""
    network = drawn_network()
    trace = traced(network, drawn_rows(ROWS))
    errors = expit(trace.logits) - drawn_outcomes(ROWS)[:, None]
    out = np.zeros((ROWS, 3, *matrix.shape))
    for n in range(ROWS):
        for k in range(3):
            flow = errors[n, k] * network.head[k].astype(np.float64)
            if layer == 2:
                out[n, k, k] = errors[n, k] * trace.inputs[2][n, k]
                continue
            flow = flow * (trace.sums[1][n, k] > 0)
            if layer == 0:
                flow = (flow @ network.weights[1].astype(np.float64)) * (trace.sums[0][n, k] > 0)
            out[n, k] = np.outer(flow, trace.inputs[layer][n, k])
    return out


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_snip_and_fisher_are_those_of_gradients_written_out(layer):
    mine = layers()[layer]
    each = gradients(layer, mine.matrix)
    count = ROWS * 3 if layer < 2 else ROWS  # a head's weight belongs to one member
    np.testing.assert_allclose(OF_WEIGHTS["snip"](mine), np.abs(mine.matrix * each.sum(axis=(0, 1))) / count, atol=1e-9)
    expected = mine.matrix**2 * (each**2).sum(axis=(0, 1)) / (2 * count)
    np.testing.assert_allclose(OF_WEIGHTS["fisher"](mine), expected, rtol=1e-6, atol=1e-15)


def test_taylor_is_the_mean_square_of_small_batches():
    mine = layers()[2]
    each = gradients(2, mine.matrix).sum(axis=1)
    batches = [each[s : s + weights.BATCH].mean(axis=0) for s in range(0, ROWS, weights.BATCH)]
    np.testing.assert_allclose(OF_WEIGHTS["taylor"](mine), np.mean([(mine.matrix * g) ** 2 for g in batches], axis=0))


def test_lamp_is_its_formula_and_safe_for_zeros():
    matrix = layers()[0].matrix
    slow = [[w**2 / (matrix[np.abs(matrix) >= abs(w)] ** 2).sum() for w in row] for row in matrix]
    np.testing.assert_allclose(OF_WEIGHTS["lamp"](layers()[0]), slow)
    network = drawn_network()
    empty = network.with_matrices([np.zeros_like(m) for m in network.matrices])
    np.testing.assert_array_equal(OF_WEIGHTS["lamp"](layers(empty)[0]), 0)


def test_wanda_takes_the_norm_of_each_members_own_inputs():
    network, mine = drawn_network(), layers()[2]
    norms = np.linalg.norm(traced(network, drawn_rows(ROWS)).inputs[2], axis=0)
    np.testing.assert_allclose(OF_WEIGHTS["wanda"](mine), np.abs(network.head) * norms)


@pytest.mark.parametrize("criterion", sorted(OF_WEIGHTS))
def test_every_criterion_gives_each_weight_a_number(criterion):
    for mine in layers(rows=4):
        scores = OF_WEIGHTS[criterion](mine)
        assert scores.shape == mine.matrix.shape
        assert np.isfinite(scores).all()
