"""Values of more than one axis beside the rows, number by number: which column of which value of the graph each is.

What only rearranges numbers (a transpose, a slice, a flattening) then rearranges these, and is nothing in the graph.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.networks.graph import Concatenation, Node, Selection

Ids = NDArray[np.int64]
ZERO = -1  # what padding is made of


@dataclass(frozen=True, eq=False)
class Spread:
    """A value of one row: `ids` has its shape, with one row at the axis `row`."""

    ids: Ids
    row: int


class Places:
    """A number for each column of each value; values put together from some of them become nodes."""

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes
        self.names: list[str] = []
        self.starts = np.zeros(1, np.int64)  # the first number of each value, and the first that is free
        self._made: dict[bytes, str] = {}

    def numbered(self, name: str, width: int) -> Ids:
        """Numbers of a value that has none yet."""
        begin = self.starts[-1]
        self.names.append(name)
        self.starts = np.append(self.starts, begin + width)
        return np.arange(begin, begin + width)

    def added(self, node: Node, width: int) -> Ids:
        """The same of a node that is appended."""
        self.nodes.append(node)
        return self.numbered(node.name, width)

    def owners(self, ids: Ids) -> NDArray[np.intp]:
        """The value that each number is of, by its place in `names`; -1 of padding."""
        return np.where(ids == ZERO, ZERO, np.searchsorted(self.starts, ids, side="right") - 1)

    def columns(self, ids: Ids) -> NDArray[np.intp]:
        """Each one's column in its value."""
        return (ids - self.starts[self.owners(ids)]).astype(np.intp)

    def of(self, owner: int) -> Ids:
        return np.arange(self.starts[owner], self.starts[owner + 1])

    def channels(self, ids: Ids) -> tuple[int, list[str]] | None:
        """The axis along which whole values stand, and those at the first place; None where there is none."""
        for axis in sorted(range(ids.ndim), key=lambda at: -ids.shape[at]):
            each = np.moveaxis(ids, axis, -1).reshape(-1, ids.shape[axis])
            rows = each[(each != ZERO).all(axis=1)]
            if len(rows) and all(self._is_whole(row) for row in rows):
                return axis, [self.names[owner] for owner in dict.fromkeys(self.owners(rows[0]).tolist())]
        return None

    def _is_whole(self, ids: Ids) -> bool:
        owners = dict.fromkeys(self.owners(ids).tolist())
        return np.array_equal(np.concatenate([self.of(owner) for owner in owners]), ids)

    def vector(self, ids: Ids, stem: str) -> str:
        """The value of the graph that has these columns, in this order; it is made where none has."""
        key = ids.tobytes()
        if key not in self._made:
            self._made[key] = self._vector(ids, stem)
        return self._made[key]

    def _vector(self, ids: Ids, stem: str) -> str:
        owners = list(dict.fromkeys(self.owners(ids).tolist()))
        joined = np.concatenate([self.of(owner) for owner in owners])
        name = self.names[owners[0]]
        if owners[1:]:
            name = self.free(stem)
            self.nodes.append(Concatenation(name, tuple(self.names[owner] for owner in owners)))
        if np.array_equal(joined, ids):
            return name
        places = {int(number): place for place, number in enumerate(joined)}
        selection = Selection(self.free(stem), name, np.array([places[int(number)] for number in ids], np.intp))
        self.nodes.append(selection)
        return selection.name

    def free(self, stem: str) -> str:
        return f"{stem}/{len(self.nodes)}"


def by_channel(values: NDArray[Any], axis: int) -> NDArray[Any]:
    """One row for each place along an axis."""
    return np.moveaxis(values, axis, 0).reshape(values.shape[axis], -1)


def all_channels(place: tuple[int, ...]) -> tuple[Any, ...]:
    """The index of a place of a value that is rows x channels x places."""
    return (0, slice(None), *place)
