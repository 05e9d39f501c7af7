"""Affine steps taken into the weights beside them: batch normalisation, offsets and constants cost nothing then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from riskmodel.networks.graph.anatomy import Affine, Concatenation, Dense, Graph, Join, Node, Pooling


def folded(graph: Graph) -> Graph:
    """The same function with as few affine steps as can be.

    One after a matrix that nothing else reads goes into that matrix; one that only matrices read goes into these. A
    matrix that is used several times takes one in where the same follows all of its uses.
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
        if isinstance(before, Dense) and (pairs := _followed(graph, before, node)):
            for dense, step in pairs:
                graph = _rewired(graph, step, {dense.name: _scaled(dense, step)})
            return graph
        if node.name != graph.output and after and all(isinstance(r, Dense) and not r.tie for r in after):
            return _rewired(graph, node, {r.name: _taking(r, node) for r in after if isinstance(r, Dense)})
    return None


def _followed(graph: Graph, dense: Dense, step: Affine) -> list[tuple[Dense, Affine]]:
    """All uses of a matrix, each with the one step that reads it; none where they are not alike."""
    uses = [one for one in graph.dense_layers if one is dense or (dense.tie and one.tie == dense.tie)]
    pairs = list[tuple[Dense, Affine]]()
    for one in uses:
        readers = graph.readers[one.name]
        if len(readers) != 1 or not isinstance(readers[0], Affine) or one.name == graph.output:
            return []
        pairs.append((one, readers[0]))
    alike = all(reader is step or (step.tie and reader.tie == step.tie) for _, reader in pairs)
    return pairs if alike else []


def _scaled(dense: Dense, step: Affine) -> Dense:
    return replace(dense, weight=dense.weight * step.scale[:, None], bias=dense.bias * step.scale + step.shift)


def _taking(dense: Dense, step: Affine) -> Dense:
    return replace(dense, weight=dense.weight * step.scale, bias=dense.bias + dense.weight @ step.shift)


def _rewired(graph: Graph, gone: Affine, changed: dict[str, Dense]) -> Graph:
    """Without one step, whose readers read what it read."""
    nodes = [changed.get(node.name, node) for node in graph.nodes if node.name != gone.name]
    output = gone.source if graph.output == gone.name else graph.output
    read = tuple(_reading(node, lambda name: gone.source if name == gone.name else name) for node in nodes)
    return replace(graph, nodes=read, output=output)


def renamed(node: Node, now: Callable[[str], str]) -> Node:
    """The node under another name, made of values that have other names."""
    return replace(_reading(node, now), name=now(node.name))


def _reading(node: Node, now: Callable[[str], str]) -> Node:
    if isinstance(node, Join):
        return replace(node, left=now(node.left), right=now(node.right))
    if isinstance(node, Concatenation | Pooling):
        return replace(node, parts=tuple(now(part) for part in node.parts))
    return replace(node, source=now(node.source))
