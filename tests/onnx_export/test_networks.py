from dataclasses import replace

import numpy as np
import pytest

from riskmodel.errors import UnsupportedScorer
from riskmodel.networks import Network
from riskmodel.onnx_export import Drawing, network_margin, opened
from riskmodel.scorers.neural.initial import initial_network

pytest.importorskip("onnxruntime")


def a_network(members, hidden=(9, 6), seed=0):
    """Random in every array; its inputs have many bins, four, and one."""
    random = np.random.default_rng(seed)
    numbers = np.column_stack([random.normal(size=90), random.integers(0, 4, 90), np.arange(90) < 31])
    network = initial_network(
        numbers.astype(np.float32), 2, hidden=hidden, members=members, bins=6, embedding=3, seed=seed
    )
    real = np.isfinite(network.edges[:, 1:])[..., None]
    return replace(network, bins=np.where(real, random.normal(size=network.bins.shape), 0).astype(np.float32))


def run(network, inputs):
    drawing = Drawing(inputs.shape[1], "float32")
    return opened(drawing.finished(network_margin(drawing, "rows", network)), inputs.shape[1]).run(inputs)


def inputs(rows=700, seed=1):
    random = np.random.default_rng(seed)
    numbers = 3 * random.normal(size=(rows, 3))
    return np.column_stack([numbers, random.integers(0, 2, (rows, 2))]).astype(np.float32)


@pytest.mark.parametrize("network", [a_network(1), a_network(4), a_network(3, (5,)), a_network(2, (8, 7, 3))])
def test_margins_are_those_of_numpy(network):
    np.testing.assert_allclose(run(network, inputs()), network.margin(inputs()), atol=1e-5, rtol=1e-6)


def test_sure_members_do_not_overflow():
    network = a_network(4)
    loud = replace(network, head=network.head * np.float32(5000))
    np.testing.assert_allclose(run(loud, inputs()), loud.margin(inputs()), rtol=1e-5, atol=0.05)


def test_a_plain_network_without_embeddings_and_one_stored_in_half_precision():
    random = np.random.default_rng(2)
    plain = Network.of_mlp([random.normal(size=(5, 4)), random.normal(size=(4, 1))], [np.zeros(4), np.ones(1)])
    for network in (plain, plain.stored_as(np.float16)):
        np.testing.assert_allclose(run(network, inputs()), network.margin(inputs()), atol=1e-5, rtol=1e-6)


def test_a_weight_that_is_no_number_is_refused():
    network = a_network(2)
    broken = network.with_matrices([np.full_like(network.weights[0], np.nan), *network.matrices[1:]])
    with pytest.raises(UnsupportedScorer, match="must have finite weights, however: one is no number"):
        run(broken, inputs())
