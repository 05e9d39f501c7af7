"""Small networks and rows for them, random in every array; some neurons never fire unless `alive`."""

from dataclasses import replace

import numpy as np

from riskmodel.networks import Network
from riskmodel.scorers.neural.initial import initial_network


def drawn_network(seed=0, *, members=3, hidden=(7, 5)) -> Network:
    """Two inputs with bins, two indicators."""
    random = np.random.default_rng(seed)
    numbers = random.normal(size=(90, 2)).astype(np.float32)
    network = initial_network(numbers, 2, hidden=hidden, members=members, bins=4, embedding=3, seed=seed)
    return replace(network, bins=random.normal(size=network.bins.shape).astype(np.float32))


def drawn_rows(rows, seed=1):
    random = np.random.default_rng(seed)
    return np.column_stack([random.normal(size=(rows, 2)), random.integers(0, 2, (rows, 2))]).astype(np.float32)


def drawn_outcomes(rows, seed=2):
    return (np.random.default_rng(seed).random(rows) < 0.3).astype(np.float64)


def with_twin(network, layer, of, twin, factor=2.0):
    """The network in which a neuron is `factor` times another one."""
    matrices, offsets = [m.copy() for m in network.matrices], [o.copy() for o in network.offsets]
    matrices[layer][twin], offsets[layer][twin] = factor * matrices[layer][of], factor * offsets[layer][of]
    return network.with_matrices(matrices, offsets)


def with_dead(network, layer, neuron):
    """The network in which a neuron never fires."""
    offsets = [o.copy() for o in network.offsets]
    offsets[layer][neuron] = -1e3
    return network.with_matrices(network.matrices, offsets)
