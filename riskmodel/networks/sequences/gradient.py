"""How a sequence network's margin changes with its inputs: month by month, through the states of all later ones."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from riskmodel.core import Matrix
from riskmodel.networks.graph import gradients, traced_graph
from riskmodel.networks.network import Single
from riskmodel.networks.sequences.network import SequenceNetwork

CHUNK = 512  # rows at a time: every value of every month is held


def sequence_gradient(network: SequenceNetwork, encoded: Single) -> Matrix:
    """Of the margin by each input (n x inputs); masks and levels are taken as numbers between 0 and 1."""
    starts = range(0, len(encoded), CHUNK)
    parts = [_slopes(network, encoded[start : start + CHUNK]) for start in starts]
    return np.concatenate([np.empty((0, encoded.shape[1])), *parts])


def _slopes(network: SequenceNetwork, encoded: Single) -> Matrix:
    trace = traced_graph(network.graph, network.sources(encoded))
    slopes = gradients(trace, expit(trace.margin) - 1)  # of a log-loss whose slope by the margin is 1
    out = np.zeros((len(encoded), encoded.shape[1] + 1))  # the last column takes what NONE is given
    for source in network.graph.sources:
        if source.name in slopes:
            np.add.at(out.T, network.places(source.name), slopes[source.name].T)
    return out[:, :-1]
