"""A graph with fewer units, or with other weights; never in place."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from riskmodel.networks.graph.anatomy import Affine, Dense, Graph, Node, Selection
from riskmodel.networks.graph.units import Units


def without_units(graph: Graph, units: Units, gone: Set[int]) -> Graph:
    """The graph without these units: their rows, offsets, scales and columns go, wherever they stand."""
    dropped = np.array(sorted(gone), np.intp)
    stays = {name: ~np.isin(columns, dropped) for name, columns in units.of.items()}
    return replace(graph, nodes=tuple(_of_some(node, stays) for node in graph.nodes))


def _of_some(node: Node, stays: Mapping[str, NDArray[np.bool_]]) -> Node:
    if isinstance(node, Dense):
        rows, columns = stays[node.name], stays[node.source]
        return replace(node, weight=node.weight[np.ix_(rows, columns)], bias=node.bias[rows])
    if isinstance(node, Affine):
        return replace(node, scale=node.scale[stays[node.name]], shift=node.shift[stays[node.name]])
    if isinstance(node, Selection):
        places = np.cumsum(stays[node.source]) - 1
        return replace(node, columns=places[node.columns[stays[node.name]]])
    return node


def with_dense(graph: Graph, dense_layers: Mapping[str, Dense]) -> Graph:
    """The graph with these in place of its own, by name."""
    return replace(graph, nodes=tuple(dense_layers.get(node.name, node) for node in graph.nodes))
