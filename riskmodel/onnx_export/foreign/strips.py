"""Nodes over months or places as layers: convolutions, pooling, recurrent cells, and what only rearranges numbers.

Each place is a value of the graph of its own; the uses of one matrix at all places are tied.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from riskmodel.errors import UnsupportedScorer
from riskmodel.networks.graph import (
    Graph,
    Selection,
    Units,
    units_of,
)
from riskmodel.onnx_export.foreign import operators
from riskmodel.onnx_export.foreign.nodes import FileNodes
from riskmodel.onnx_export.foreign.places import ZERO, Ids, Places, Spread, by_channel


class Strips:
    """Values of more than one axis beside the rows, by name, and how nodes make them of one another."""

    def __init__(self, layers: FileNodes) -> None:
        self.layers = layers
        self.places = Places(layers.nodes)
        self.spreads: dict[str, Spread] = {}
        self.lines: dict[str, tuple[int, list[str]]] = {}  # of scales and shifts: the channels' axis, and their layers
        self.bound: list[tuple[str, str]] = []  # both directions of a recurrent layer, which are of one size
        self.flattened: dict[str, Ids] = {}  # what a value that is rows x units was put together from
        self.flat: dict[str, Ids] = {}  # such values' own numbers

    def begins(self, node: Any) -> bool:
        """Whether these are the first weights that the rows meet, on a value of more than one axis."""
        constants = self.layers.constants
        if node.op_type in operators.STRIP_WEIGHTS:
            return node.input[0] not in constants and node.input[1] in constants
        known = self.layers.shapes[0].known
        weighted = node.op_type == "MatMul" and node.input[0] not in constants and node.input[1] in constants
        return weighted and len(known[node.input[0]]) > 2 and len(known[node.input[1]]) == 2

    def concerns(self, node: Any) -> bool:
        """Whether a node reads or makes a value of more than one axis."""
        known, constants = self.layers.shapes[0].known, self.layers.constants
        named = [name for name in (*node.input[:1], *node.output) if name not in constants]
        return any(name in self.spreads or len(known[name]) > 2 for name in (*named, *self.values(node)))

    def keep(self, node: Any, name: str, ids: Ids) -> None:
        """A node makes these numbers under this name."""
        spread = Spread(ids, self.row(node, name))
        if ids.shape != self.layers.shapes[0].known[name]:
            raise self.layers.refused(node, "makes a value of a shape that is not read")
        if ids.ndim == 2 and spread.row == 0:
            self._flatten(node, name, ids.ravel())
        else:
            self.spreads[name] = spread
            self.layers.made[name] = name

    def _flatten(self, node: Any, name: str, ids: Ids) -> None:
        if (ids == ZERO).any():
            raise self.layers.refused(node, "has padding among its units")
        source = self.places.vector(ids, name)
        width = len(ids)
        self.flattened[name] = ids
        self.flat[name] = self.places.added(Selection(name, source, np.arange(width, dtype=np.intp)), width)
        self.layers.made[name] = name

    def row(self, node: Any, name: str) -> int:
        """The axis that grows with the rows."""
        one, three = (shapes.known[name] for shapes in self.layers.shapes)
        grows = [axis for axis, (small, large) in enumerate(zip(one, three, strict=True)) if small != large]
        if len(grows) != 1 or one[grows[0]] != 1:
            raise self.layers.refused(node, "mixes its rows with another axis")
        return grows[0]

    def spread(self, node: Any, name: str) -> Spread:
        """A value number by number; one from before the first weight becomes a source, one of units is taken apart."""
        if name not in self.spreads:
            row, shape = self.row(node, name), self.layers.shapes[0].known[name]
            self.spreads[name] = Spread(self._numbers(node, name, shape), row)
        return self.spreads[name]

    def _numbers(self, node: Any, name: str, shape: tuple[int, ...]) -> Ids:
        if name in self.layers.constants:
            raise self.layers.refused(node, f"is given {name[:60]!r}, which is no value of the rows")
        if name not in self.flat:
            held = self.layers.made.get(name)
            if held is None:
                self.layers.sources[name] = int(np.prod(shape))
            width = int(np.prod(shape))
            self.flat[name] = self.places.numbered(held or name, width)
        return self.flat[name].reshape(shape)

    def values(self, node: Any) -> list[str]:
        return [name for name in node.input if name and name not in self.layers.constants]

    def row_axis(self, name: str) -> int:
        """The axis of the rows of a source."""
        return self.spreads[name].row if name in self.spreads else 0

    def check(self, graph: Graph) -> None:
        """A unit that can go stands at all places or at none. Raises: UnsupportedScorer with the value's name."""
        units = units_of(graph)
        free = np.concatenate([np.array([-1]), *(layer.units for layer in units.layers)])
        parts = {**{name: spread.ids for name, spread in self.spreads.items()}, **self.flattened}
        for name, ids in parts.items():
            labels = self._labels(ids, units, free)
            if labels is not None and not (name in self.flattened or _rectangular(labels)):
                raise UnsupportedScorer(f"value {name[:60]!r} spreads the units of a layer over places in its own way")

    def _labels(self, ids: Ids, units: Units, free: Ids) -> Ids | None:
        """The unit of each number, 0 of what must stay, -1 of what leads nowhere; None where all must stay."""
        labels, owners = np.where(ids == ZERO, ZERO, 0), self.places.owners(ids)
        for owner in dict.fromkeys(owners[owners >= 0].tolist()):
            at, name = owners == owner, self.places.names[owner]
            of = units.of.get(name)
            if of is None:
                labels[at] = ZERO
                continue
            if not (can_go := np.isin(of, free)).any():
                continue
            columns = self.places.columns(ids[at])
            if len(set(columns.tolist())) != len(of):
                raise UnsupportedScorer(f"value {name[:60]!r} is read in parts, which its layer cannot be cut to")
            labels[at] = np.where(can_go, of + 1, 0)[columns]
        return labels if (labels > 0).any() else None


def _rectangular(labels: Ids) -> bool:
    """Whether each unit has a place of its own along one axis, and all places along the others."""
    for axis in range(labels.ndim):
        each = by_channel(labels, axis)
        if all(len(set(row.tolist()) - {ZERO}) <= 1 for row in each):
            return True
    return False
