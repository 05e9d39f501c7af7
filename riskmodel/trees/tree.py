"""One tree of a boosted model: its nodes as arrays, and the same tree cut shorter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector

Nodes = NDArray[np.int32]
LEAF = -1
MISSING_NONE, MISSING_ZERO, MISSING_NAN = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Tree:
    """One tree; all arrays have one entry a node, and node 0 is the root.

    feature: column of the split, LEAF at a leaf. threshold: of a numeric split. left, right: children. value: what a
    leaf adds to the margin (0 elsewhere). cover: what the library's SHAP takes as weight: rows in LightGBM, hessian in
    XGBoost. default_left, missing: where missing values go, and which values count as missing. sets: the listed
    categories of a categorical split, None of a numeric one. carried: the library's own notes on a node, as they are.
    """

    feature: Nodes
    threshold: Vector
    left: Nodes
    right: Nodes
    value: Vector
    cover: Vector
    default_left: NDArray[np.bool_]
    missing: NDArray[np.uint8]
    sets: tuple[tuple[int, ...] | None, ...]
    carried: Mapping[str, Vector] = field(default_factory=dict)
    shrinkage: float = 1.0

    def __len__(self) -> int:
        return len(self.feature)

    @property
    def is_leaf(self) -> NDArray[np.bool_]:
        return self.feature == LEAF

    @property
    def n_leaves(self) -> int:
        return int(self.is_leaf.sum())

    @property
    def used_features(self) -> tuple[int, ...]:
        """Columns that some split asks for."""
        return tuple(sorted(set(self.feature[~self.is_leaf].tolist())))

    @cached_property
    def mean(self) -> float:
        """Mean value over the rows it was grown on."""
        leaves = self.is_leaf
        cover = self.cover[leaves]
        return float(np.average(self.value[leaves], weights=cover if cover.sum() > 0 else None))

    @cached_property
    def depth(self) -> Nodes:
        """Splits above each node."""
        depth = np.zeros(len(self), np.int32)
        for node in self.order:
            if self.feature[node] != LEAF:
                depth[self.left[node]] = depth[self.right[node]] = depth[node] + 1
        return depth

    @cached_property
    def order(self) -> tuple[int, ...]:
        """Nodes, each after its parent."""
        nodes = [0]
        for node in nodes:
            if self.feature[node] != LEAF:
                nodes += [int(self.left[node]), int(self.right[node])]
        return tuple(nodes)

    def with_leaves(self, values: Mapping[int, float]) -> Tree:
        """The tree that ends at the given nodes, with these values; nodes keep their order, covers and notes."""
        kept = self._above(values)
        place = np.full(len(self), LEAF, np.int32)
        place[kept] = np.arange(len(kept))
        ends = np.isin(kept, list(values))
        return Tree(
            feature=np.where(ends, LEAF, self.feature[kept]).astype(np.int32),
            threshold=np.where(ends, 0.0, self.threshold[kept]),
            left=np.where(ends, LEAF, place[self.left[kept]]).astype(np.int32),
            right=np.where(ends, LEAF, place[self.right[kept]]).astype(np.int32),
            value=np.array([values.get(node, 0.0) for node in kept]),
            cover=self.cover[kept],
            default_left=self.default_left[kept] & ~ends,
            missing=np.where(ends, 0, self.missing[kept]).astype(np.uint8),
            sets=tuple(None if end else self.sets[node] for node, end in zip(kept, ends, strict=True)),
            carried={name: notes[kept] for name, notes in self.carried.items()},
            shrinkage=self.shrinkage,
        )

    def _above(self, ends: Mapping[int, float]) -> list[int]:
        """The nodes from the root down to the given ones, in their own order."""
        nodes = [0]
        for node in nodes:
            if node not in ends:
                if self.feature[node] == LEAF:
                    raise ValueError(f"node {node} is a leaf, however: it has no value")
                nodes += [int(self.left[node]), int(self.right[node])]
        if missed := set(ends) - set(nodes):
            raise ValueError(f"node {min(missed)} hangs below another given node")
        return sorted(nodes)

    @cached_property
    def visits(self) -> float:
        """Nodes that a row of the train sample visits on average."""
        leaves = self.is_leaf
        cover = self.cover[leaves]
        return float(np.average(self.depth[leaves] + 1, weights=cover if cover.sum() > 0 else None))
