"""A network that is read, held to what plain ONNX Runtime says of its file."""

import numpy as np
import onnxruntime
from drawn_sequences import COLUMNS, SequenceSketch
from scipy.special import expit

from riskmodel.networks.graph import traced_graph, units_of, without_units
from riskmodel.onnx_export.foreign import network_of

ROWS = np.random.default_rng(3).normal(size=(12, COLUMNS))


def plainly(content, network, matrix=ROWS):
    """What the runtime says of a file, without any code of ours; the PD."""
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return network.pd_of(session.run(None, network.feeds(matrix))[0].reshape(len(matrix), -1))


def our_pd(network, matrix=ROWS):
    return expit(traced_graph(network.graph, network.sources(matrix)).margin)


def file_of(made):
    """The file of a sketch; `made` draws a value and says how wide it is."""
    sketch = SequenceSketch()
    return sketch.scored(*made(sketch))


def check_read_as_run(made, *, cut=True):
    """Read, written again and cut to half of its units it answers as the runtime does; gives back the network."""
    content = file_of(made)
    network = network_of(content)
    theirs = plainly(content, network)
    np.testing.assert_allclose(our_pd(network), theirs, atol=1e-5)
    np.testing.assert_allclose(plainly(network.with_graph(network.graph).content, network), theirs, atol=2e-6)
    if cut:
        units = units_of(network.graph)
        gone = {int(unit) for layer in units.layers for unit in layer.units[1::2]}
        small = network.with_graph(without_units(network.graph, units, gone))
        np.testing.assert_allclose(our_pd(small), plainly(small.content, network), atol=1e-5)
    return network
