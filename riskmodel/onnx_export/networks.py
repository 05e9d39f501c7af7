"""A network as an ONNX model, from its encoded inputs on; single precision inside, as numpy computes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.errors import UnsupportedScorer
from riskmodel.networks import Network
from riskmodel.networks.graph import Activation, Affine, Concatenation, Dense, Graph, Join, Node
from riskmodel.onnx_export.drawing import Drawing
from riskmodel.onnx_export.lookups import pieces


def network_margin(drawing: Drawing, encoded: str, network: Network) -> str:
    """Log-odds of the members' mean probability, n x 1 doubles; `encoded` is n x (f + i) in single precision.

    Raises: UnsupportedScorer where a weight is no number.
    """
    network = network.stored_as(np.float32)
    if not all(np.isfinite(values).all() for name, values in network.arrays.items() if name != "edges"):
        raise UnsupportedScorer("a network must have finite weights, however: one is no number")
    logits = drawing.cast(_logits(drawing, _inputs(drawing, encoded, network), network), np.float64)
    if network.members == 1:
        return logits
    none = drawing.number(0.0)
    beyond = drawing.add("Exp", drawing.add("Neg", drawing.add("Abs", logits)))
    rest = drawing.add("Log", drawing.add("Add", beyond, drawing.number(1.0)))
    log_pd = drawing.add("Sub", drawing.add("Min", logits, none), rest)
    log_good = drawing.add("Sub", log_pd, logits)
    means = (drawing.add("ReduceLogSumExp", part, axes=[1], keepdims=1) for part in (log_pd, log_good))
    return drawing.add("Sub", *means)


def _inputs(drawing: Drawing, encoded: str, network: Network) -> str:
    """Embeddings, one input after the other, then the indicators: n x (f d + i)."""
    count, depth = network.slope.shape
    if not count:
        return encoded
    total = network.scaling.shape[1] - network.slope.size + count
    numbers = drawing.columns_of(encoded, np.arange(count))
    left, width, start, step = _tables(network)
    piece = pieces(drawing, numbers, [row[np.isfinite(row)][1:-1] for row in network.edges], np.float32)
    share = drawing.add("Sub", numbers, drawing.add("Gather", drawing.constant(left), piece))
    share = drawing.add("Div", share, drawing.add("Gather", drawing.constant(width), piece))
    share = drawing.add("Unsqueeze", share, drawing.constant(np.array([2], np.int64)))
    rise, base = (drawing.add("Gather", drawing.constant(table), piece) for table in (step, start))
    embedded = drawing.add("Add", drawing.add("Mul", share, rise), base)
    flat = drawing.add("Reshape", embedded, drawing.constant(np.array([-1, count * depth], np.int64)))
    if total == count:
        return flat
    return drawing.add("Concat", flat, drawing.columns_of(encoded, np.arange(count, total)), axis=1)


def _tables(network: Network) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Left edge, width, value there and rise of every real bin, one input after the other."""
    real = np.isfinite(network.edges[:, 1:])
    edges = np.where(np.isfinite(network.edges), network.edges, 0).astype(np.float32)
    width = np.diff(edges, axis=1)
    slope, offset = network.slope[:, None, :], network.offset[:, None, :]
    step = network.bins + slope * width[..., None]
    start = np.cumsum(step, axis=1) - step + slope * edges[:, :1, None] + offset
    return edges[:, :-1][real], width[real], start[real].astype(np.float32), step[real].astype(np.float32)


def _logits(drawing: Drawing, inputs: str, network: Network) -> str:
    """Each member's log-odds, n x k; the members' scaling is folded into the first layer."""
    scaled = network.scaling[:, None, :] * network.weights[0]
    first = scaled.reshape(-1, scaled.shape[2]).T
    bias = np.tile(network.biases[0], network.members)
    current = _layer(drawing, inputs, first, bias)
    if network.members > 1:
        current = drawing.add("Reshape", current, drawing.constant(np.array([-1, network.widths[0]], np.int64)))
    for weight, offset in zip(network.weights[1:], network.biases[1:], strict=True):
        current = _layer(drawing, current, weight.T, offset)
    if network.members == 1:
        product = drawing.add("MatMul", current, drawing.constant(network.head.T))
        return drawing.add("Add", product, drawing.constant(network.head_bias))
    shape = np.array([-1, network.members, network.widths[-1]], np.int64)
    apart = drawing.add("Reshape", current, drawing.constant(shape))
    heads = drawing.add("Mul", apart, drawing.constant(network.head))
    logits = drawing.add("ReduceSum", heads, drawing.constant(np.array([2], np.int64)), keepdims=0)
    return drawing.add("Add", logits, drawing.constant(network.head_bias))


def _layer(drawing: Drawing, inputs: str, weight: np.ndarray, bias: np.ndarray) -> str:
    product = drawing.add("MatMul", inputs, drawing.constant(weight))
    return drawing.add("Relu", drawing.add("Add", product, drawing.constant(bias)))


def graph_margin(
    drawing: Drawing, encoded: str, graph: Graph, places: Callable[[str], NDArray[np.integer[Any]]]
) -> str:
    """Log-odds of a graph of one output, n x 1 doubles; `places` are where its sources stand in `encoded`, -1: zero."""
    zero = drawing.add(
        "Mul", drawing.columns_of(encoded, np.zeros(1, np.int64)), drawing.constant(np.zeros(1, np.float32))
    )
    padded = drawing.add("Concat", encoded, zero, axis=1)
    values = {source.name: drawing.columns_of(padded, places(source.name)) for source in graph.sources}
    weights: dict[str, tuple[str, str]] = {}
    for node in graph.nodes:
        values[node.name] = _drawn(drawing, node, values, weights)
    return drawing.cast(values[graph.output], np.float64)


def _drawn(drawing: Drawing, node: Node, values: Mapping[str, str], weights: dict[str, tuple[str, str]]) -> str:
    if isinstance(node, Dense):
        stem = node.tie or node.name
        if stem not in weights:  # one constant, however many months use it
            pair = (node.weight.T, node.bias)
            weights[stem] = tuple(drawing.constant(part.astype(np.float32)) for part in pair)  # type: ignore[assignment]
        weight, bias = weights[stem]
        return drawing.add("Add", drawing.add("MatMul", values[node.source], weight), bias)
    if isinstance(node, Concatenation):
        return drawing.add("Concat", *(values[part] for part in node.parts), axis=1)
    if isinstance(node, Join):
        return drawing.add(node.kind.capitalize(), values[node.left], values[node.right])
    if isinstance(node, Affine):
        scaled = drawing.add("Mul", values[node.source], drawing.constant(node.scale.astype(np.float32)))
        return drawing.add("Add", scaled, drawing.constant(node.shift.astype(np.float32)))
    if isinstance(node, Activation):
        return drawing.add(node.kind, values[node.source])
    raise TypeError(f"a network of ours has no {type(node).__name__}")
