"""Curves and bins in ONNX: a number is looked up by a search tree, since ONNX has no search of its own.

Comparing each number with all knots would cost five times as much as the network behind it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from riskmodel.core import Vector
from riskmodel.onnx_export.drawing import Drawing
from riskmodel.onnx_export.forest import ForestSplit, Leaf, Mode, sums


def interpolated(drawing: Drawing, values: str, knots: Sequence[Vector], heights: Sequence[Vector]) -> str:
    """Each column of `values` (n x f doubles, no NaN) along its own broken line: n x f doubles, as `np.interp`.

    Every line has two knots or more; beyond the outermost ones it stays level.
    """
    first, last = (drawing.constant(np.array([line[at] for line in knots])) for at in (0, -1))
    inside = drawing.add("Min", drawing.add("Max", values, first), last)
    piece = pieces(drawing, inside, [line[1:-1] for line in knots])
    rise = [np.diff(height) / np.diff(knot) for knot, height in zip(knots, heights, strict=True)]
    left, start = ([line[:-1] for line in lines] for lines in (knots, heights))
    at, slope, base = (
        drawing.add("Gather", drawing.constant(np.concatenate(part)), piece) for part in (left, rise, start)
    )
    return drawing.add("Add", drawing.add("Mul", slope, drawing.add("Sub", inside, at)), base)


def pieces(drawing: Drawing, values: str, inner: Sequence[Vector], kind: type[np.generic] = np.float64) -> str:
    """Which piece each number lies on: how many of its column's inner knots are <= it.

    n x f whole numbers, counted on from column to column: positions in tables that hold all pieces in a row.
    """
    starts = np.cumsum([0, *(len(line) + 1 for line in inner)])[:-1]
    searches = [
        _search(line.tolist(), column, [Leaf(float(place), column) for place in range(len(line) + 1)])
        for column, line in enumerate(inner)
    ]
    roots = [tree for tree in searches if isinstance(tree, ForestSplit)]
    if not roots:
        count = drawing.add("Mul", values, drawing.constant(np.zeros(1, kind)))  # one piece a column
    else:
        count = sums(drawing, values, roots, np.float64 if kind is np.float64 else np.float32, len(inner))
    return drawing.add("Add", drawing.cast(count, np.int64), drawing.constant(starts.astype(np.int64)))


def _search(knots: Sequence[float], column: int, leaves: Sequence[Leaf]) -> ForestSplit | Leaf:
    """A balanced tree that finds leaves[i] where i of the rising knots are <= the number."""
    if not len(knots):
        return leaves[0]
    middle = len(knots) // 2
    below = _search(knots[:middle], column, leaves[: middle + 1])
    rest = _search(knots[middle + 1 :], column, leaves[middle + 1 :])
    return ForestSplit(column, Mode.BELOW, float(knots[middle]), False, (), below, rest)
