"""What a graph does with some rows, value by value, and how its loss would move: in numpy, in double precision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from riskmodel.core import Matrix, Vector
from riskmodel.networks.graph.activations import ACTIVATIONS
from riskmodel.networks.graph.anatomy import (
    Activation,
    Affine,
    Concatenation,
    Dense,
    Graph,
    Join,
    Node,
    Pooling,
    Selection,
    margin_of,
)

Values = Mapping[str, Matrix]


@dataclass(frozen=True, eq=False)
class GraphTrace:
    """Every value (n x units) by its name."""

    graph: Graph
    values: Values

    @property
    def margin(self) -> Vector:
        """Log-odds (n)."""
        return margin_of(self.values[self.graph.output])


def traced_graph(graph: Graph, sources: Values) -> GraphTrace:
    """All values of these rows; `sources` are those of the graph, by name."""
    values = dict(sources)
    with np.errstate(over="ignore", invalid="ignore"):
        for node in graph.nodes:
            values[node.name] = evaluated(node, values)
    return GraphTrace(graph, values)


def evaluated(node: Node, values: Values) -> Matrix:
    """What a node makes of the values before it."""
    if isinstance(node, Dense):
        return values[node.source] @ node.weight.T + node.bias
    if isinstance(node, Affine):
        return values[node.source] * node.scale + node.shift
    if isinstance(node, Activation):
        made: Matrix = ACTIVATIONS[node.kind].value(values[node.source], *node.parameters)
        return made
    if isinstance(node, Join):
        left, right = values[node.left], values[node.right]
        return left * right if node.kind == "mul" else left + right if node.kind == "add" else left - right
    return _arranged(node, values)


def _arranged(node: Concatenation | Selection | Pooling, values: Values) -> Matrix:
    if isinstance(node, Concatenation):
        return np.concatenate([values[part] for part in node.parts], axis=1)
    if isinstance(node, Selection):
        return values[node.source][:, node.columns]
    several = np.stack([values[part] for part in node.parts])
    pooled: Matrix = several.max(axis=0) if node.kind == "max" else several.mean(axis=0)
    return pooled


def gradients(trace: GraphTrace, target: Vector) -> Values:
    """The gradient of each row's own log-loss by every value, 0 by what no output hears; `target` is n, in [0, 1]."""
    graph, values = trace.graph, trace.values
    last = (expit(trace.margin) - target)[:, None]
    slopes: dict[str, Matrix] = {graph.output: last if graph.widths[graph.output] == 1 else np.hstack([-last, last])}
    for node in reversed(graph.nodes):
        if node.name in slopes:
            for name, slope in _passed(node, slopes[node.name], values):
                slopes[name] = slopes[name] + slope if name in slopes else slope
    unheard = {name: np.zeros_like(value) for name, value in values.items() if name not in slopes}
    return slopes | unheard  # such as the months that a layer both ways reads backwards to no end


def _passed(node: Node, slope: Matrix, values: Values) -> list[tuple[str, Matrix]]:
    """What a node hands back to each value that it is made of."""
    if isinstance(node, Dense):
        return [(node.source, slope @ node.weight)]
    if isinstance(node, Affine):
        return [(node.source, slope * node.scale)]
    if isinstance(node, Activation):
        return [(node.source, slope * ACTIVATIONS[node.kind].slope(values[node.source], *node.parameters))]
    if isinstance(node, Join):
        return _shared(node, slope, values)
    return _apart(node, slope, values)


def _apart(node: Concatenation | Selection | Pooling, slope: Matrix, values: Values) -> list[tuple[str, Matrix]]:
    if isinstance(node, Selection):
        return [(node.source, _spread(node, slope, values[node.source].shape[1]))]
    return _pooled(node, slope, values) if isinstance(node, Pooling) else _parted(node, slope, values)


def _shared(node: Join, slope: Matrix, values: Values) -> list[tuple[str, Matrix]]:
    if node.kind == "mul":
        return [(node.left, slope * values[node.right]), (node.right, slope * values[node.left])]
    return [(node.left, slope), (node.right, slope if node.kind == "add" else -slope)]


def _spread(node: Selection, slope: Matrix, width: int) -> Matrix:
    """Slopes of the columns that were taken, at their places."""
    passed = np.zeros((width, len(slope)))
    np.add.at(passed, node.columns, slope.T)
    return passed.T


def _pooled(node: Pooling, slope: Matrix, values: Values) -> list[tuple[str, Matrix]]:
    """A maximum hands all back to the first part that has it."""
    if node.kind == "mean":
        return [(part, slope / len(node.parts)) for part in node.parts]
    first = np.argmax(np.stack([values[part] for part in node.parts]), axis=0)
    return [(part, np.where(first == i, slope, 0)) for i, part in enumerate(node.parts)]


def _parted(node: Concatenation, slope: Matrix, values: Values) -> list[tuple[str, Matrix]]:
    ends = np.cumsum([values[part].shape[1] for part in node.parts])[:-1]
    return list(zip(node.parts, np.split(slope, ends, axis=1), strict=True))
