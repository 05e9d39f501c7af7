"""Bounds on the margin of the neural scorers' network: embeddings are broken lines, and members add up as PDs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import expit, logit

from riskmodel.core import Matrix, Vector
from riskmodel.networks.bounds.linear_form import LinearForm, of_box
from riskmodel.networks.network import Array, Network, Single

CHUNK = 256  # rows at a time


def network_range(network: Network, low: Single, high: Single) -> tuple[Vector, Vector]:
    """Between which log-odds (n each) the margin stays, while each input stays between its own two (n x (f + i))."""
    parts = [
        _range(network, low[start : start + CHUNK], high[start : start + CHUNK]) for start in range(0, len(low), CHUNK)
    ]
    least, most = zip(*parts, strict=True) if parts else ((), ())
    return np.concatenate([*least, np.empty(0)]), np.concatenate([*most, np.empty(0)])


def _range(network: Network, low: Single, high: Single) -> tuple[Vector, Vector]:
    given = _inputs(network, low, high)
    logits = [_logit(network, given, member) for member in range(network.members)]
    if network.members == 1:
        return logits[0].low[:, 0], logits[0].high[:, 0]
    pds = [one.through("Sigmoid") for one in logits]
    together = pds[0]
    for one in pds[1:]:
        together = together.plus(one)
    ends = [(together.low[:, 0], [one.low for one in logits]), (together.high[:, 0], [one.high for one in logits])]
    least, most = ((of / network.members, np.mean([expit(one[:, 0]) for one in each], axis=0)) for of, each in ends)
    low_pd, high_pd = np.maximum(*least), np.minimum(*most)  # by the sum, or member by member: both hold
    return logit(low_pd), logit(high_pd)


def _logit(network: Network, given: LinearForm, member: int) -> LinearForm:
    """The log-odds of one member."""
    current = given.scaled(network.scaling[member].astype(np.float64))
    for weight, bias in zip(network.weights, network.biases, strict=True):
        current = current.dense(weight, bias).through("Relu")
    return current.dense(network.head[member : member + 1], network.head_bias[member : member + 1])


def _inputs(network: Network, low: Single, high: Single) -> LinearForm:
    """What the first layer is given; a coordinate for each input that moves in some row."""
    moves = (low != high).any(axis=0)
    coordinate = np.where(moves, np.cumsum(moves) - 1, -1)
    count, depth = len(network.edges), network.bins.shape[2]
    wide = np.repeat(coordinate, np.where(np.arange(low.shape[1]) < count, depth, 1)) if count else coordinate
    ends = network.inputs(low).astype(np.float64), network.inputs(high).astype(np.float64)
    form = of_box(*ends, wide, int(moves.sum()))
    radius = np.zeros(form.centre.shape)
    for number in np.flatnonzero(moves[:count]).tolist():
        at = slice(number * depth, (number + 1) * depth)
        radius[:, at] = _bend(network, number, (low[:, number], high[:, number]), (ends[0][:, at], ends[1][:, at]))
    return replace(form, radius=radius)


def _bend(network: Network, number: int, values: tuple[Array, Array], ends: tuple[Matrix, Matrix]) -> Matrix:
    """How far an embedding (n x d) is from the line between its values at two ends: at most as at a knot between."""
    (low, high), (first, last) = values, ends
    knots = network.edges[number][np.isfinite(network.edges[number])]
    rows = np.zeros((len(knots), len(network.edges) + network.scaling.shape[1] - network.slope.size), np.float32)
    rows[:, number] = knots
    depth = network.bins.shape[2]
    heights = network.inputs(rows)[:, number * depth : (number + 1) * depth].astype(np.float64)
    bend = np.zeros(first.shape)
    for knot, height in zip(knots, heights, strict=True):
        inside = np.flatnonzero((low < knot) & (knot < high))
        share = ((knot - low[inside]) / (high[inside] - low[inside]))[:, None].astype(np.float64)
        line = first[inside] + share * (last[inside] - first[inside])
        bend[inside] = np.maximum(bend[inside], np.abs(height - line))
    return bend
