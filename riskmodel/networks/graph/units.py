"""Which neurons of a graph hang together: what is added or multiplied number by number can only go together.

So can the outputs of a matrix that is used at several steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskmodel.networks.graph.anatomy import Concatenation, Dense, Graph, Join, Pooling, Selection, sources_of

Positions = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class UnitLayer:
    """Units whose first weights stand in one matrix; `dense` is its place among the graph's."""

    dense: int
    units: Positions


@dataclass(frozen=True, eq=False)
class Units:
    """`of` names the unit that each column of a value belongs to; those in no layer must stay."""

    of: dict[str, Positions]
    layers: tuple[UnitLayer, ...]


def units_of(graph: Graph) -> Units:
    """The units of a graph. What its sources and its output are made of stays."""
    places, count = _numbered(graph)
    parent = np.arange(count)
    for node in graph.nodes:
        if isinstance(node, Join | Pooling):
            first, *rest = sources_of(node)
            for other in rest:
                for left, right in zip(places[first], places[other], strict=True):
                    _unite(parent, int(left), int(right))
    for one, same in (*_tied(graph), *graph.bound):
        for left, right in zip(places[one], places[same], strict=True):
            _unite(parent, int(left), int(right))
    roots = np.array([_root(parent, unit) for unit in range(count)], np.intp)
    of = {name: roots[columns] for name, columns in places.items()}
    fixed = np.concatenate([of[graph.output], *(of[source.name] for source in graph.sources)])
    return Units(of, _layers(graph, of, set(fixed.tolist())))


def _tied(graph: Graph) -> Iterator[tuple[str, str]]:
    """Uses of one matrix, each with its first."""
    first: dict[str, str] = {}
    for dense in graph.dense_layers:
        if dense.tie:
            yield first.setdefault(dense.tie, dense.name), dense.name


def _numbered(graph: Graph) -> tuple[dict[str, Positions], int]:
    """A number for each column of each value; what only passes through keeps its own."""
    places: dict[str, Positions] = {}
    count = 0
    for name, width in [(source.name, source.width) for source in graph.sources]:
        places[name], count = np.arange(count, count + width), count + width
    for node in graph.nodes:
        if isinstance(node, Dense):
            places[node.name], count = np.arange(count, count + len(node.bias)), count + len(node.bias)
        elif isinstance(node, Concatenation):
            places[node.name] = np.concatenate([places[part] for part in node.parts])
        elif isinstance(node, Selection):
            places[node.name] = places[node.source][node.columns]
        else:
            places[node.name] = places[sources_of(node)[0]]
    return places, count


def _root(parent: Positions, unit: int) -> int:
    while parent[unit] != unit:
        parent[unit] = parent[parent[unit]]
        unit = int(parent[unit])
    return unit


def _unite(parent: Positions, left: int, right: int) -> None:
    """The earlier one stands for both."""
    low, high = sorted((_root(parent, left), _root(parent, right)))
    parent[high] = low


def _layers(graph: Graph, of: dict[str, Positions], fixed: set[int]) -> tuple[UnitLayer, ...]:
    layers, taken = list[UnitLayer](), set(fixed)
    for place, dense in enumerate(graph.dense_layers):
        fresh = [unit for unit in dict.fromkeys(of[dense.name].tolist()) if unit not in taken]
        taken.update(fresh)
        if fresh:
            layers.append(UnitLayer(place, np.array(fresh, np.intp)))
    return tuple(layers)
