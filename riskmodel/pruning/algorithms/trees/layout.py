"""Trees laid out for block descent: splits in postorder, leaves numbered, and which leaf each row is in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.trees import Tree, TreeEnsemble
from riskmodel.trees.monotone import split_order

Codes = NDArray[np.uint8] | NDArray[np.uint16]
Places = NDArray[np.int32]
CHUNK = 8192  # rows a time: the walk gives four bytes a row and tree, of which one or two are kept


@dataclass(frozen=True, eq=False)
class TreeLayout:
    """One tree. A child is a split's place in postorder, or ~leaf; a split's subtree is first[s] .. s, without gaps."""

    nodes: Places  # of each split
    left: Places
    right: Places
    first: Places
    order: Places  # of each split: 1 where left may not exceed right, -1 the other way round, 0 where both are free
    leaves: Places  # node of each leaf
    value: Vector  # of each leaf

    @cached_property
    def parent(self) -> Places:
        """The split above each split; -1 at the root."""
        parent = np.full(len(self.nodes), -1, np.int32)
        for split in range(len(self.nodes)):
            for child in (self.left[split], self.right[split]):
                if child >= 0:
                    parent[child] = split
        return parent

    @cached_property
    def depth(self) -> Places:
        """The number of splits above each split."""
        depth = np.zeros(len(self.nodes), np.int32)
        for split in range(len(self.nodes) - 2, -1, -1):
            depth[split] = depth[self.parent[split]] + 1
        return depth

    def below(self, child: int) -> NDArray[np.intp]:
        """The leaves at or below a child."""
        if child < 0:
            return np.array([~child])
        inside = slice(self.first[child], child + 1)
        ends = np.concatenate([self.left[inside], self.right[inside]])
        return ~ends[ends < 0].astype(np.intp)


def laid_out(tree: Tree, directions: Sequence[int]) -> TreeLayout:
    """The layout of a tree; one of a single leaf has no splits. directions: the monotone ones, of each column."""
    place: dict[int, int] = {}
    splits: list[tuple[int, int, int, int]] = []
    leaves: list[int] = []
    for node in _postorder(tree):
        if tree.is_leaf[node]:
            place[node] = ~len(leaves)
            leaves.append(node)
        else:
            sides = place[int(tree.left[node])], place[int(tree.right[node])]
            starts = [splits[child][3] for child in sides if child >= 0]
            splits.append((node, *sides, min(starts, default=len(splits))))
            place[node] = len(splits) - 1
    nodes, left, right, first = np.array(splits, np.int32).reshape(-1, 4).T.copy()
    ends = np.array(leaves, np.int32)
    order = split_order(tree, directions)[nodes]
    return TreeLayout(nodes, left, right, first, order, ends, tree.value[ends].astype(np.float64))


def _postorder(tree: Tree) -> list[int]:
    """Nodes, each after all that hang below it."""
    nodes, stack = [], [0]
    while stack:
        node = stack.pop()
        nodes.append(node)
        if not tree.is_leaf[node]:
            stack += [int(tree.left[node]), int(tree.right[node])]
    return nodes[::-1]


def leaf_codes(ensemble: TreeEnsemble, layouts: tuple[TreeLayout, ...], matrix: Matrix) -> Codes:
    """The leaf (its number in the layout) of each row: trees x n, one byte each up to 256 leaves a tree, else two."""
    widest = max((len(layout.leaves) for layout in layouts), default=1)
    codes = np.empty((len(layouts), len(matrix)), np.uint8 if widest <= 256 else np.uint16)
    tables = [_table(len(tree), layout, codes.dtype) for tree, layout in zip(ensemble.trees, layouts, strict=True)]
    for start in range(0, len(matrix), CHUNK):
        nodes = ensemble.leaves(matrix[start : start + CHUNK])
        for t, table in enumerate(tables):
            codes[t, start : start + CHUNK] = table[nodes[:, t]]
    return codes


def _table(nodes: int, layout: TreeLayout, dtype: np.dtype[np.unsignedinteger]) -> Codes:
    table = np.zeros(nodes, dtype)
    table[layout.leaves] = np.arange(len(layout.leaves))
    return table
