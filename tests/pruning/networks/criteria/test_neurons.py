from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from networks import drawn_network, drawn_outcomes, drawn_rows, with_dead

from riskmodel.networks import traced
from riskmodel.pruning.algorithms.networks import criteria
from riskmodel.pruning.algorithms.networks.criteria import OF_NEURONS, neuron_layers

ROWS = 60


def layers(network, seed=0):
    return neuron_layers(network, drawn_rows(ROWS), drawn_outcomes(ROWS), seed=seed, keep=0.5)


def losses(network):
    """Of each row and member."""
    logits = traced(network, drawn_rows(ROWS)).logits
    return np.logaddexp(0, logits) - drawn_outcomes(ROWS)[:, None] * logits


def gate_gradients(network, layer, neuron, step=1e-4):
    """The oracle: each row's and member's loss with the neuron's outgoing weights a little larger, and smaller."""

    def at(factor):
        matrices = [m.astype(np.float64) for m in network.matrices]
        matrices[layer + 1][:, neuron] *= factor
        return losses(network.with_matrices(matrices))

    return (at(1 + step) - at(1 - step)) / (2 * step)


@pytest.mark.parametrize("layer", [0, 1])
def test_taylor_and_fisher_are_those_of_gates_that_move_a_little(layer):
    network = drawn_network()
    mine = layers(network)[layer]
    gates = [gate_gradients(network, layer, j) for j in range(len(mine.matrix))]
    members = len(mine.blocks)  # a head's criterion adds up over members, a hidden layer's averages over them
    np.testing.assert_allclose(
        OF_NEURONS["taylor"]([mine])[0], [members * np.abs(g).mean() for g in gates], rtol=1e-4, atol=1e-9
    )
    np.testing.assert_allclose(
        OF_NEURONS["fisher"]([mine])[0], [members * (g**2).mean() / 2 for g in gates], rtol=1e-4, atol=1e-12
    )


def test_magnitude_is_the_norm_of_a_neurons_weights_in_and_out():
    network = drawn_network()
    first, second, head = network.matrices
    for mine, into, out in zip(layers(network), (first, second), (second, head), strict=True):
        slow = [np.hypot(np.linalg.norm(into[j]), np.linalg.norm(out[:, j])) for j in range(len(into))]
        np.testing.assert_allclose(OF_NEURONS["magnitude"]([mine])[0], slow, rtol=1e-5)


def test_activity_variance_and_wanda_are_their_formulas():
    network = with_dead(drawn_network(), 1, 3)
    activations = traced(network, drawn_rows(ROWS)).inputs[2]  # n x k x 5
    mine, head = layers(network)[1], network.head.astype(np.float64)
    np.testing.assert_allclose(OF_NEURONS["activity"]([mine])[0], (activations > 0).mean(axis=(0, 1)))
    np.testing.assert_allclose(OF_NEURONS["variance"]([mine])[0], (activations.var(axis=0) * head**2).sum(axis=0))
    norms = np.sqrt((activations**2).sum(axis=0))
    np.testing.assert_allclose(OF_NEURONS["wanda"]([mine])[0], (norms * np.abs(head)).sum(axis=0))


@pytest.mark.parametrize(
    "criterion", ["activity", "variance", "wanda", "taylor", "fisher", "correlation", "cosine", "obs"]
)
def test_a_neuron_that_never_fires_is_worth_least(criterion):
    for layer in (0, 1):
        scores = OF_NEURONS[criterion](layers(with_dead(drawn_network(), layer, 2)))[layer]
        assert np.isfinite(scores).all()
        assert scores[2] == scores.min()


def test_random_is_drawn_from_the_seed():
    one, same, other = (OF_NEURONS["random"](layers(drawn_network(), seed))[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_every_criterion_that_the_options_name_exists():
    assert set(get_args(criteria.NeuronCriterion)) == set(OF_NEURONS)
    assert set(get_args(criteria.WeightCriterion)) == set(criteria.OF_WEIGHTS)


def test_fewer_rows_than_neurons_still_give_numbers():
    network = drawn_network(hidden=(30, 20))
    few = neuron_layers(network, drawn_rows(3), drawn_outcomes(3), seed=0, keep=0.5)
    for criterion in OF_NEURONS.values():
        assert all(np.isfinite(scores).all() for scores in criterion(list(map(replace, few))))
