"""Affine steps taken into the weights beside them: batch normalisation, offsets and constants cost nothing then."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from riskmodel.networks.graph.anatomy import Activation, Affine, Concatenation, Dense, Graph, Join, Node


def folded(graph: Graph) -> Graph:
    """The same function with as few affine steps as can be.

    One after a matrix that nothing else reads goes into that matrix; one that only matrices read goes into these.
    """
    while (smaller := _one_less(graph)) is not None:
        graph = smaller
    return graph


def levelled(graph: Graph, slope: float, intercept: float) -> Graph:
    """The graph whose log-odds are intercept + slope * the given ones; by its last weights where they give it."""
    width = graph.widths[graph.output]
    shift = np.array([0.0] * (width - 1) + [intercept])
    name = f"{graph.output}_levelled"
    step = Affine(name, graph.output, np.full(width, slope), shift)
    last = next(node for node in graph.nodes if node.name == graph.output)
    if isinstance(last, Dense) and not graph.readers[last.name]:
        return replace(graph, nodes=tuple(_scaled(last, step) if node is last else node for node in graph.nodes))
    return replace(graph, nodes=(*graph.nodes, step), output=name)


def _one_less(graph: Graph) -> Graph | None:
    made_by = {node.name: node for node in graph.nodes}
    for node in graph.nodes:
        if not isinstance(node, Affine):
            continue
        before, after = made_by.get(node.source), graph.readers[node.name]
        if isinstance(before, Dense) and len(graph.readers[before.name]) == 1 and before.name != graph.output:
            return _rewired(graph, node, {before.name: _scaled(before, node)})
        if node.name != graph.output and after and all(isinstance(reader, Dense) for reader in after):
            return _rewired(graph, node, {r.name: _taking(r, node) for r in after if isinstance(r, Dense)})
    return None


def _scaled(dense: Dense, step: Affine) -> Dense:
    return replace(dense, weight=dense.weight * step.scale[:, None], bias=dense.bias * step.scale + step.shift)


def _taking(dense: Dense, step: Affine) -> Dense:
    return replace(dense, weight=dense.weight * step.scale, bias=dense.bias + dense.weight @ step.shift)


def _rewired(graph: Graph, gone: Affine, changed: dict[str, Dense]) -> Graph:
    """Without one step, whose readers read what it read."""
    nodes = [changed.get(node.name, node) for node in graph.nodes if node is not gone]
    output = gone.source if graph.output == gone.name else graph.output
    return replace(graph, nodes=tuple(_reading(node, gone.name, gone.source) for node in nodes), output=output)


def _reading(node: Node, old: str, new: str) -> Node:
    def now(name: str) -> str:
        return new if name == old else name

    if isinstance(node, Join):
        return replace(node, left=now(node.left), right=now(node.right))
    if isinstance(node, Concatenation):
        return replace(node, parts=tuple(now(part) for part in node.parts))
    if isinstance(node, Dense | Affine | Activation):
        return replace(node, source=now(node.source))
    return node
