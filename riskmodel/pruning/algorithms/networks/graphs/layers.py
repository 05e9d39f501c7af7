"""What criteria look at in a graph: each layer of units, and every matrix that reads some of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.networks.graph import Dense, GraphTrace, UnitLayer, Units, gradients, units_of
from riskmodel.pruning.algorithms.networks.criteria.layer import Block, Layer

Positions = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class GraphLayers:
    """Layers as criteria take them; `fed` names what makes a unit: layer, block and output."""

    layers: tuple[Layer, ...]
    fed: Callable[[int, int], Iterable[tuple[int, int, int]]]


def unit_layers(trace: GraphTrace, target: Vector, *, seed: int, keep: float) -> GraphLayers:
    """One a layer of units: `matrix` holds the weights into them, a block each matrix that they go into."""
    graph, random = trace.graph, np.random.default_rng(seed)
    units, slopes = units_of(graph), gradients(trace, target)
    layers, readers = list[Layer](), list[list[Dense]]()
    for layer in units.layers:
        parts = [(d, places) for d in graph.dense_layers for places in _places(units.of[d.source], layer)]
        blocks = tuple(_block(d, places, trace.values[d.source], slopes[d.name]) for d, places in parts)
        layers.append(Layer(_into(trace, units, layer), blocks, random, keep))
        readers.append([d for d, _ in parts])
    return GraphLayers(tuple(layers), lambda i, unit: _fed(units, readers, int(units.layers[i].units[unit])))


def _fed(units: Units, readers: list[list[Dense]], unit: int) -> list[tuple[int, int, int]]:
    return [
        (layer, block, int(output))
        for layer, dense in enumerate(readers)
        for block, reader in enumerate(dense)
        for output in np.flatnonzero(units.of[reader.name] == unit)
    ]


def matrix_layers(trace: GraphTrace, target: Vector, *, seed: int, keep: float) -> tuple[Layer, ...]:
    """One a matrix, whose single weights can go."""
    random, slopes = np.random.default_rng(seed), gradients(trace, target)
    return tuple(
        Layer(d.weight, (Block(d.weight, trace.values[d.source], slopes[d.name]),), random, keep)
        for d in trace.graph.dense_layers
    )


def _into(trace: GraphTrace, units: Units, layer: UnitLayer) -> Matrix:
    dense = trace.graph.dense_layers[layer.dense]
    return dense.weight[[int(np.argmax(units.of[dense.name] == unit)) for unit in layer.units]]


def _places(columns: Positions, layer: UnitLayer) -> Iterable[Positions]:
    """Where a matrix reads each unit, -1 where it does not; one array more where it reads one twice."""
    where = [np.flatnonzero(columns == unit) for unit in layer.units]
    for turn in range(max(map(len, where))):
        yield np.array([places[turn] if turn < len(places) else -1 for places in where], np.intp)


def _block(dense: Dense, places: Positions, values: Matrix, slopes: Matrix) -> Block:
    """The matrix's columns of these units; a unit that it does not read says nothing."""
    reads = places >= 0
    return Block(np.where(reads, dense.weight[:, places], 0), np.where(reads, values[:, places], 0), slopes)
