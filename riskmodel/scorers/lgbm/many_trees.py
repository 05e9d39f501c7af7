"""Many trees of LightGBM's text at a time, checked in whole arrays: what `_tree.tree` makes of each one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector
from riskmodel.scorers.lgbm import _tree
from riskmodel.scorers.lgbm._tree import CATEGORICAL, DEFAULT_LEFT, MOST_ROWS
from riskmodel.trees import LEAF, MISSING_NAN, Tree

AT_ONCE = 4096  # more take more memory, and are no faster
Whole = NDArray[np.int64]
_OF_SPLITS = ("split_feature", "decision_type", "left_child", "right_child", "internal_count")  # whole numbers
_FIELDS = (
    "split_feature", "split_gain", "threshold", "decision_type", "left_child", "right_child", "leaf_value",
    "leaf_weight", "leaf_count", "internal_value", "internal_weight", "internal_count",
)  # fmt: skip
_NUMBER, _INTEGER = r"[-+.0-9einfa]+", r"-?[0-9]{1,10}"


def _line(name: str) -> str:
    one = _INTEGER if name in {*_OF_SPLITS, "leaf_count"} else _NUMBER
    return rf"{name}=({one}(?: {one})*)\n"


# A tree of numbers as LightGBM 4 writes it; what is spelt otherwise, is one leaf or has categories goes one by one.
_PLAIN = re.compile(
    r"Tree=[0-9]+\nnum_leaves=([0-9]{1,9})\nnum_cat=0\n"
    + "".join(map(_line, _FIELDS))
    + rf"is_linear=0\nshrinkage=({_NUMBER})\n\n\n"
)


def trees(blocks: Sequence[str], columns: int) -> tuple[Tree, ...]:
    """A tree a block, in their order.

    Raises: ValueError, KeyError or OverflowError where one is damaged, UnsupportedScorer for a linear tree.
    """
    return tuple(tree for at in range(0, len(blocks), AT_ONCE) for tree in _some(blocks[at : at + AT_ONCE], columns))


def _some(blocks: Sequence[str], columns: int) -> Iterator[Tree]:
    matches = [_PLAIN.fullmatch(block) for block in blocks]
    plain = [match.groups() for match in matches if match]
    try:
        at_once = iter(_Plain(plain).trees(columns) if plain else ())
    except ValueError:  # which one, and why, is said by the reader of one
        matches, at_once = [None] * len(blocks), iter(())
    for match, block in zip(matches, blocks, strict=True):
        yield next(at_once) if match else _tree.tree(_tree.fields(block.split("\n")), columns)


class _Plain:
    """Trees without categories: their fields end to end."""

    def __init__(self, groups: Sequence[tuple[str, ...]]) -> None:
        texts = dict(zip(("num_leaves", *_FIELDS, "shrinkage"), zip(*groups, strict=True), strict=True))
        self.leaves = np.array(list(map(int, texts.pop("num_leaves"))), np.int64)
        self.shrinkage = [float(text) for text in texts.pop("shrinkage")]
        self.splits = self.leaves - 1
        self.texts = texts
        self.starts = np.append(0, np.cumsum(self.leaves + self.splits))
        self.inner, self.ends = self._places(self.splits, 0), self._places(self.leaves, self.splits)

    def _places(self, counts: Whole, offset: Whole | int) -> Whole:
        """Where these of each tree stand among all nodes: the splits of a tree, then its leaves."""
        return np.arange(counts.sum()) + np.repeat(self.starts[:-1] + offset - (np.cumsum(counts) - counts), counts)

    def _numbers(self, name: str) -> Vector:
        """One field of all trees. Raises: ValueError where a tree has more or fewer of it."""
        due = self.leaves if name.startswith("leaf_") else self.splits
        texts = self.texts[name]
        if [text.count(" ") for text in texts] != (due - 1).tolist():
            raise ValueError(name)
        return np.array(list(map(float, " ".join(texts).split(" "))))

    def _wholes(self, name: str, low: int | Whole, high: int | Whole) -> Whole:
        values = self._numbers(name).astype(np.int64)
        _hold((values >= low) & (values < high))
        return values

    def trees(self, columns: int) -> Iterator[Tree]:
        """Raises: ValueError where one of them is damaged, before the first is given out."""
        decision = self._wholes("decision_type", 0, (MISSING_NAN << 2) + 4)
        threshold, value = self._numbers("threshold"), self._numbers("leaf_value")
        _hold(decision & CATEGORICAL == 0)
        _hold(~np.isnan(threshold))
        _hold(np.isfinite(value))
        left, right = self._links()
        arrays = (
            self._nodes(self._wholes("split_feature", 0, columns), LEAF).astype(np.int32),
            self._nodes(threshold),
            self._nodes(left, LEAF).astype(np.int32),
            self._nodes(right, LEAF).astype(np.int32),
            self._nodes(0.0, value),
            self._nodes(*(self._wholes(f"{part}_count", 0, MOST_ROWS) for part in ("internal", "leaf"))),
            self._nodes(decision & DEFAULT_LEFT).astype(np.bool_),
            self._nodes(decision >> 2).astype(np.uint8),
            self._nodes(*(self._numbers(f"{part}_weight") for part in ("internal", "leaf"))),
            self._nodes(self._numbers("split_gain")),
            self._nodes(self._numbers("internal_value")),
        )
        return self._cut(*arrays)

    def _cut(self, *arrays: NDArray[np.generic]) -> Iterator[Tree]:
        for (start, stop), shrinkage in zip(pairwise(self.starts.tolist()), self.shrinkage, strict=True):
            *nodes, weight, gain, inner = (array[start:stop] for array in arrays)
            carried = {"weight": weight, "gain": gain, "inner": inner}
            yield Tree(*nodes, (None,) * (stop - start), carried, shrinkage)  # type: ignore[arg-type, call-arg]

    def _links(self) -> tuple[Whole, Whole]:
        """Each node but the root hangs below one node of its tree, with a smaller number, as in `check_links`."""
        splits = np.repeat(self.splits, self.splits)
        own = np.arange(len(splits)) - np.repeat(np.cumsum(self.splits) - self.splits, self.splits)
        first = np.repeat(self.starts[:-1], self.splits)
        sides = []
        for name in ("left_child", "right_child"):
            child = self._wholes(name, -splits - 1, splits)
            child = np.where(child < 0, splits + ~child, child)
            _hold((child >= splits) | (child > own))
            sides.append(child)
        hung = np.bincount(np.concatenate([sides[0] + first, sides[1] + first]), minlength=self.starts[-1])
        due = np.ones_like(hung)
        due[self.starts[:-1]] = 0
        _hold(hung == due)
        return sides[0], sides[1]

    def _nodes(self, of_splits: NDArray[np.generic] | float, of_leaves: NDArray[np.generic] | float = 0.0) -> Vector:
        nodes = np.empty(self.starts[-1])
        nodes[self.inner], nodes[self.ends] = of_splits, of_leaves
        return nodes


def _hold(condition: NDArray[np.bool_]) -> None:
    if not condition.all():
        raise ValueError("one tree of these is damaged")
