"""How a network's margin changes with its inputs: the gradient, and expected gradients (Erion et al. 2021)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.special import expit

from riskmodel.core import Matrix, Vector
from riskmodel.networks.network import Network, Single
from riskmodel.networks.trace import propagated, traced

STEPS = 64  # points on the line from a reference to a row, each in the middle of its part
AT_ONCE = 4096  # inputs whose gradient is taken at a time


def gradient(network: Network, encoded: Single) -> Matrix:
    """Of the margin by each input (n x inputs): flags and levels are taken as numbers between 0 and 1."""
    trace = traced(network, encoded)
    pd = expit(trace.logits)
    outer = pd * (1 - pd) * (1 / pd.sum(axis=1, keepdims=True) + 1 / (1 - pd).sum(axis=1, keepdims=True))
    first, *_ = propagated(network, trace, outer)
    back = (first @ network.weights[0].astype(np.float64)) * network.scaling
    return _through_embedding(network, encoded, back.sum(axis=1))


def _through_embedding(network: Network, encoded: Single, back: Matrix) -> Matrix:
    """By the inputs (n x inputs), from the gradient by what the first layer gets: an embedding is a broken line."""
    count = len(network.edges)
    if not count:
        return back
    made = back[:, : back.shape[1] - (encoded.shape[1] - count)].reshape(len(back), count, -1)
    out = np.empty(encoded.shape, np.float64)
    for i, edges in enumerate(network.edges.astype(np.float64)):
        known = edges[np.isfinite(edges)]
        at = np.searchsorted(known[1:-1], encoded[:, i], side="right")
        steps = network.bins[i].astype(np.float64)[at] / np.diff(known)[at][:, None]
        out[:, i] = (made[:, i] * (steps + network.slope[i])).sum(axis=1)
    out[:, count:] = back[:, back.shape[1] - (encoded.shape[1] - count) :]
    return out


def expected_gradients(
    network: Network, encoded: Single, reference: Single, weight: Vector, steps: int = STEPS
) -> Matrix:
    """What each input of a network adds to a reference's mean margin (n x inputs), as `integrated` says."""
    return integrated(partial(gradient, network), encoded, reference, weight, steps)


def integrated(
    slopes_of: Callable[[Single], Matrix], encoded: Single, reference: Single, weight: Vector, steps: int = STEPS
) -> Matrix:
    """Integrated gradients, the mean over the rows of a reference; `slopes_of` gives the gradient of each row's margin.

    Sundararajan, Taly and Yan 2017 for one reference row, Erion et al. 2021 over many; `weight` (m) adds up to 1. The
    line from each to each is gone in `steps` parts. The gradient jumps where a neuron wakes up, so that the values add
    up to the margin within an error of the order of 1 / steps.
    """
    at = (np.arange(steps) + 0.5) / steps
    values = np.zeros(encoded.shape)
    for other, share in zip(reference, weight, strict=True):
        for start in range(0, len(encoded), AT_ONCE // steps):
            rows = encoded[start : start + AT_ONCE // steps]
            line = other + at[:, None, None] * (rows - other)
            slopes = slopes_of(line.reshape(-1, rows.shape[1]).astype(np.float32)).reshape(line.shape)
            values[start : start + len(rows)] += share * (rows - other) * slopes.mean(axis=0)
    return values
