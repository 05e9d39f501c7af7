"""A boosted ensemble as an ONNX model: both libraries' rules, to the last bit where the rows are doubles.

In double precision LightGBM's thresholds are as they are, and XGBoost's rows are rounded to single precision as the
library does. In single precision a threshold is rounded down where <= decides, so that every float32 number is decided
alike; a double that lies within one float32 step of a threshold may not be, once it is rounded to be fed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from riskmodel.onnx_export.drawing import Drawing, Width
from riskmodel.onnx_export.forest import ForestSplit, Leaf, Mode, sums
from riskmodel.trees import MISSING_NAN, MISSING_ZERO, Tree, TreeEnsemble

ZERO = float(np.float32(1e-35))  # LightGBM's zero is all that is no farther from it
MOST = float(2**31)  # codes from here on are none


def tree_margin(drawing: Drawing, rows: str, trees: TreeEnsemble, width: Width | None = None) -> str:
    """The margin of each row, n x 1 doubles; `rows` are in `width`, or where None in that of the drawing."""
    kind: type[np.floating[Any]] = np.float64 if (width or drawing.width) == "float64" else np.float32
    if trees.rules == "xgboost" and kind is np.float64:
        rows = drawing.cast(drawing.cast(rows, np.float32), np.float64)
    grown = [tree for tree in trees.trees if len(tree) > 1]
    level = trees.intercept + sum(float(tree.value[0]) for tree in trees.trees if len(tree) == 1)
    if not grown:
        return drawing.filled(rows, level)
    view = _View.of(trees)
    splits = [_split(tree, view, trees.rules == "xgboost", kind) for tree in grown]
    total = sums(drawing, view.drawn(drawing, rows, kind), splits, kind)
    if kind is np.float32:
        total = drawing.cast(total, np.float64)
    return drawing.add("Add", total, drawing.number(level))


@dataclass(frozen=True)
class _View:
    """Where the trees find what they ask: after the columns themselves, zeros as missing, then whole codes."""

    columns: int
    zeros: tuple[int, ...]
    codes: tuple[int, ...]
    xgboost: bool

    @classmethod
    def of(cls, trees: TreeEnsemble) -> _View:
        asked = [(tree, node) for tree in trees.trees for node in np.flatnonzero(~tree.is_leaf)]
        zeros = {int(t.feature[n]) for t, n in asked if t.sets[n] is None and t.missing[n] == MISSING_ZERO}
        codes = {int(t.feature[n]) for t, n in asked if t.sets[n] is not None}
        xgboost = trees.rules == "xgboost"
        return cls(trees.n_features, () if xgboost else tuple(sorted(zeros)), tuple(sorted(codes)), xgboost)

    def zero(self, column: int) -> int:
        return self.columns + self.zeros.index(column)

    def code(self, column: int) -> int:
        return self.columns + len(self.zeros) + self.codes.index(column)

    def drawn(self, drawing: Drawing, rows: str, kind: type[np.floating[Any]]) -> str:
        parts = [rows]
        if self.zeros:
            own = drawing.columns_of(rows, np.array(self.zeros))
            near = drawing.add("LessOrEqual", drawing.add("Abs", own), drawing.constant(np.array(ZERO, kind)))
            parts.append(drawing.add("Where", near, drawing.constant(np.array(np.nan, kind)), own))
        if self.codes:
            parts.append(self._whole(drawing, drawing.columns_of(rows, np.array(self.codes)), kind))
        return drawing.add("Concat", *parts, axis=1) if len(parts) > 1 else rows

    def _whole(self, drawing: Drawing, own: str, kind: type[np.floating[Any]]) -> str:
        """The whole part of each code, -1 for what is none; NaN stays NaN."""
        low, high, none = (drawing.constant(np.array(v, kind)) for v in (0.0 if self.xgboost else -1.0, MOST, -1.0))
        below = drawing.add("Less" if self.xgboost else "LessOrEqual", own, low)
        outside = drawing.add("Or", below, drawing.add("GreaterOrEqual", own, high))
        return drawing.add("Where", outside, none, drawing.add("Floor", drawing.add("Abs", own)))


def _split(tree: Tree, view: _View, xgboost: bool, kind: type[np.floating[Any]]) -> ForestSplit:
    """A tree of more than one node, put together from its leaves up."""
    made: dict[int, ForestSplit | Leaf] = {}
    for node in reversed(tree.order):
        if tree.is_leaf[node]:
            made[node] = Leaf(float(tree.value[node]))
            continue
        left, right = made.pop(int(tree.left[node])), made.pop(int(tree.right[node]))
        column, default_left, listed = int(tree.feature[node]), bool(tree.default_left[node]), tree.sets[node]
        if listed is not None:
            members = tuple(sorted({code for code in listed if code >= 0})) or (-2,)  # ONNX knows no empty set
            yes, no = (right, left) if xgboost else (left, right)
            missing = xgboost and not default_left
            made[node] = ForestSplit(view.code(column), Mode.MEMBER, 0.0, missing, members, yes, no)
        elif xgboost:
            threshold = float(np.float32(tree.threshold[node]))
            made[node] = ForestSplit(column, Mode.BELOW, threshold, default_left, (), left, right)
        else:
            threshold = float(tree.threshold[node])
            own = view.zero(column) if tree.missing[node] == MISSING_ZERO else column
            missing = default_left if tree.missing[node] in (MISSING_NAN, MISSING_ZERO) else threshold >= 0
            made[node] = ForestSplit(own, Mode.AT_MOST, _at_most(threshold, kind), missing, (), left, right)
    root = made[0]
    assert isinstance(root, ForestSplit)  # noqa: S101 - it has more than one node
    return root


def _at_most(threshold: float, kind: type[np.floating[Any]]) -> float:
    """The threshold for <= in this width, where all that is no farther from 0 than ZERO is 0."""
    if 0 <= threshold < ZERO:
        threshold = ZERO
    elif -ZERO <= threshold < 0:
        threshold = float(np.nextafter(-ZERO, -np.inf))
    return threshold if kind is np.float64 else _single_below(threshold)


def _single_below(threshold: float) -> float:
    """The largest float32 that is not above: every float32 is <= both or neither."""
    with np.errstate(over="ignore"):
        near = np.float32(threshold)
    return float(near if float(near) <= threshold else np.nextafter(near, np.float32(-np.inf)))
