"""How a network's margin changes with its inputs: the gradient, and expected gradients (Erion et al. 2021)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.special import expit

from riskmodel.core import Matrix, Vector
from riskmodel.networks.network import Array, Network, Single
from riskmodel.networks.trace import propagated, traced

STEPS = 64  # points on the line from a reference to a row, each in the middle of its part
AT_ONCE = 4096  # inputs whose gradient is taken at a time


def gradient(network: Network, encoded: Single) -> Matrix:
    """Of the margin by each input (n x inputs): flags and levels are taken as numbers between 0 and 1."""
    return _through_embedding(network, encoded, _behind_embedding(network, encoded))


def _behind_embedding(network: Network, encoded: Single) -> Matrix:
    """Of the margin by what the first layer gets (n x its inputs)."""
    trace = traced(network, encoded)
    pd = expit(trace.logits)
    outer = pd * (1 - pd) * (1 / pd.sum(axis=1, keepdims=True) + 1 / (1 - pd).sum(axis=1, keepdims=True))
    first, *_ = propagated(network, trace, outer)
    back = (first @ network.weights[0].astype(np.float64)) * network.scaling
    gradient: Matrix = back.sum(axis=1)
    return gradient


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
    """What each input of a network adds to a reference's mean margin (n x inputs), as `integrated` says.

    An embedding bends where a bin ends, and a part of the line may pass many bins: each part takes what the embedding
    rises by between its ends, so that the neurons' jumps alone are left to err.
    """
    parts = integrated(partial(_behind_embedding, network), encoded, reference, weight, steps, behind=network.inputs)
    count = len(network.edges)
    if not count:
        return parts
    embedded = parts.shape[1] - (encoded.shape[1] - count)
    by_input = parts[:, :embedded].reshape(len(parts), count, -1).sum(axis=2)
    return np.concatenate([by_input, parts[:, embedded:]], axis=1)


def integrated(
    slopes_of: Callable[[Single], Matrix],
    encoded: Single,
    reference: Single,
    weight: Vector,
    steps: int = STEPS,
    *,
    behind: Callable[[Single], Array] | None = None,
) -> Matrix:
    """Integrated gradients, the mean over the rows of a reference; `slopes_of` gives the gradient of each row's margin.

    Sundararajan, Taly and Yan 2017 for one reference row, Erion et al. 2021 over many; `weight` (m) adds up to 1. The
    line from each to each is gone in `steps` parts, a gradient in the middle of each. It jumps where a neuron wakes up,
    so that the values add up to the margin within an error of the order of 1 / steps. `behind` makes of inputs what the
    gradient is by, where it is not by the inputs themselves.
    """
    values = np.zeros((len(encoded), (reference if behind is None else behind(reference[:1])).shape[1]))
    for start in range(0, len(encoded), AT_ONCE // steps):
        part = slice(start, start + AT_ONCE // steps)
        for other, share in zip(reference, weight, strict=True):
            values[part] += share * _along(slopes_of, encoded[part], other, steps, behind)
    return values


def _along(
    slopes_of: Callable[[Single], Matrix],
    rows: Single,
    other: Single,
    steps: int,
    behind: Callable[[Single], Array] | None,
) -> Matrix:
    """The sum over the parts of a line of gradient times rise."""

    def on_line(at: Vector) -> Single:
        line = other + at[:, None, None] * (rows - other)
        return line.reshape(-1, rows.shape[1]).astype(np.float32)

    middle, ends = (np.arange(steps) + 0.5) / steps, np.arange(steps + 1) / steps
    slopes = slopes_of(on_line(middle)).reshape(steps, len(rows), -1)
    if behind is None:
        return (rows - other) * slopes.mean(axis=0)
    rise = np.diff(behind(on_line(ends)).astype(np.float64).reshape(steps + 1, len(rows), -1), axis=0)
    total: Matrix = (rise * slopes).sum(axis=0)
    return total
