"""What a network does with some rows, layer by layer, and how its loss would move: in numpy, in double precision.

Pruners judge by it, so that to plan a cut needs no torch. Everything is held in memory: a few thousand rows are meant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from riskmodel.core import Vector
from riskmodel.networks.network import Network, Single

Double = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Trace:
    """Of n rows and k members; there is one matrix more than hidden layers, the head."""

    inputs: tuple[Double, ...]  # of each matrix, n x k x inputs; those of the second are the first layer's activations
    sums: tuple[Double, ...]  # what each matrix gives with its offset, before the ReLU: n x k x neurons; the head n x k

    @property
    def logits(self) -> Double:
        return self.sums[-1]


def traced(network: Network, encoded: Single) -> Trace:
    """The activations and pre-activations of these rows; `encoded` is n x (f + i)."""
    current = network.inputs(encoded).astype(np.float64)[:, None, :] * network.scaling
    inputs: list[Double] = [current]
    sums: list[Double] = []
    for weight, bias in zip(network.weights, network.biases, strict=True):
        sums.append(current @ weight.T.astype(np.float64) + bias)
        inputs.append(current := np.maximum(sums[-1], 0))
    return Trace(tuple(inputs), (*sums, np.einsum("nkw,kw->nk", current, network.head) + network.head_bias))


def backward(network: Network, trace: Trace, target: Vector) -> tuple[Double, ...]:
    """The gradient of each row's and member's own log-loss by each of `trace.sums`; `target` is n, in [0, 1].

    Its product with `trace.inputs`, averaged over rows and members, is the gradient by the weights of the loss that
    networks are trained on, the mean of the members' losses.
    """
    return propagated(network, trace, expit(trace.logits) - np.asarray(target, np.float64)[:, None])


def propagated(network: Network, trace: Trace, last: Double) -> tuple[Double, ...]:
    """The gradient by each of `trace.sums`, from that of each member's logit (n x k), which is the last one."""
    following = last[..., None] * network.head
    deltas = [last]
    for sums, weight in zip(trace.sums[-2::-1], network.weights[::-1], strict=True):
        deltas.append(delta := following * (sums > 0))
        following = delta @ weight.astype(np.float64)
    return tuple(deltas[::-1])
