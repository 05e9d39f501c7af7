"""What a criterion looks at: one layer's weights, and what passes through the matrix that follows, on some rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from riskmodel.core import Matrix, Vector
from riskmodel.networks import Network, Single, backward, traced


@dataclass(frozen=True, eq=False)
class Block:
    """Outputs of a matrix that see the same inputs: all of a hidden layer, its members' rows one after the other, or
    one member's head.
    """

    weights: Matrix  # outputs x inputs
    inputs: Matrix  # N x inputs
    deltas: Matrix  # N x outputs: the gradient of each row's own log-loss by each output, before its ReLU


@dataclass(frozen=True, eq=False)
class Layer:
    """Of weights: a matrix and the blocks of its own outputs. Of neurons: their matrix, and the blocks they feed."""

    matrix: Matrix  # outputs x inputs
    blocks: tuple[Block, ...]
    random: np.random.Generator
    keep: float  # the share that is to stay


def weight_layers(network: Network, encoded: Single, default: Vector, *, seed: int, keep: float) -> tuple[Layer, ...]:
    """One a matrix, the head the last: their single weights can go."""
    random, blocks = np.random.default_rng(seed), _blocks(network, encoded, default)
    matrices = [matrix.astype(np.float64) for matrix in network.matrices]
    return tuple(Layer(*pair, random, keep) for pair in zip(matrices, blocks, strict=True))


def neuron_layers(network: Network, encoded: Single, default: Vector, *, seed: int, keep: float) -> tuple[Layer, ...]:
    """One a hidden layer: its neurons, the rows of `matrix`, are the inputs of `blocks`."""
    random, blocks = np.random.default_rng(seed), _blocks(network, encoded, default)
    matrices = [matrix.astype(np.float64) for matrix in network.weights]
    return tuple(Layer(*pair, random, keep) for pair in zip(matrices, blocks[1:], strict=True))


def _blocks(network: Network, encoded: Single, default: Vector) -> list[tuple[Block, ...]]:
    trace = traced(network, encoded)
    *hidden, last = zip(trace.inputs, backward(network, trace, default), strict=True)
    shared = [
        (Block(weight.astype(np.float64), inputs.reshape(-1, inputs.shape[2]), deltas.reshape(-1, deltas.shape[2])),)
        for weight, (inputs, deltas) in zip(network.weights, hidden, strict=True)
    ]
    inputs, deltas = last
    head = network.head.astype(np.float64)
    own = tuple(Block(head[[m]], inputs[:, m], deltas[:, [m]]) for m in range(network.members))
    return [*shared, own]
