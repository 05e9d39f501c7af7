import numpy as np
from networks import drawn_network, drawn_outcomes, drawn_rows, with_dead, with_twin

from riskmodel.networks import traced
from riskmodel.pruning.algorithms.networks.criteria import neuron_layers, redundancy

ROWS = 80


def first_layer(network):
    return neuron_layers(network, drawn_rows(ROWS), drawn_outcomes(ROWS), seed=0, keep=0.5)[0]


def test_one_of_two_that_say_the_same_goes_first():
    layer = first_layer(with_twin(drawn_network(), 0, of=1, twin=4))
    for criterion in (redundancy.correlation, redundancy.cosine):
        scores = criterion(layer)
        live = np.flatnonzero(layer.blocks[0].inputs.any(axis=0))
        assert scores[[1, 4]].min() == scores[live].min()
        assert abs(scores[[1, 4]].min() - scores.min()) < 1e-9
        assert scores[[1, 4]].max() > scores[live].min() + 1e-9


def test_the_first_to_go_is_the_cheapest_merge_of_a_slow_search():
    network = drawn_network(3)
    layer = first_layer(network)
    activations = traced(network, drawn_rows(ROWS)).inputs[1].reshape(-1, 7)
    out = (network.weights[1].astype(np.float64) ** 2).sum(axis=0)
    costs = {}
    for gone in range(7):
        for left in set(range(7)) - {gone}:
            slope, intercept = np.polyfit(activations[:, left], activations[:, gone], 1)
            unsaid = activations[:, gone] - slope * activations[:, left] - intercept
            costs[gone, left] = unsaid.var() * out[gone]
    (gone, _), cheapest = min(costs.items(), key=lambda item: item[1])
    scores = redundancy.correlation(layer)
    assert np.argmin(scores) == gone
    np.testing.assert_allclose(scores.min(), cheapest, rtol=1e-6)


def test_a_layer_of_dead_neurons_has_an_order_too():
    network = drawn_network()
    for neuron in range(7):
        network = with_dead(network, 0, neuron)
    for criterion in (redundancy.correlation, redundancy.cosine):
        assert np.isfinite(criterion(first_layer(network))).all()
