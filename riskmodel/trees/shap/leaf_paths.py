"""What leads to each leaf of an ensemble, feature by feature, and which rows pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from riskmodel.core import Mask, Matrix, Vector
from riskmodel.jit import jitted
from riskmodel.trees import Tree, TreeEnsemble
from riskmodel.trees.flat_arrays import pack
from riskmodel.trees.shap.quadrature import share_left
from riskmodel.trees.traversal import category_left, is_listed, number_left
from riskmodel.trees.tree import LEAF

Edge = tuple[int, bool]  # a node, counted from tree to tree, and whether the path goes left


@dataclass(frozen=True, eq=False)
class LeafPath:
    """A leaf: its value, and of each feature on its path the edges and the share of train that passes them (d)."""

    value: float
    features: tuple[int, ...]
    edges: tuple[tuple[Edge, ...], ...]
    share: Vector

    def passed(self, left: Mask) -> Mask:
        """Whether each row passes all edges of each feature (n x d), from the side of each node (n x nodes)."""
        columns = [np.all([left[:, node] == side for node, side in edges], axis=0) for edges in self.edges]
        return np.column_stack(columns)


def leaf_paths(ensemble: TreeEnsemble) -> Iterator[LeafPath]:
    """Of every leaf below a split; the nodes of all trees are counted end to end."""
    first = 0
    for tree in ensemble.trees:
        yield from _of_tree(tree, first)
        first += len(tree)


def _of_tree(tree: Tree, first: int) -> Iterator[LeafPath]:
    stack: list[tuple[int, dict[int, tuple[tuple[Edge, ...], float]]]] = [(0, {})]
    while stack:
        node, known = stack.pop()
        feature = int(tree.feature[node])
        if feature == LEAF:
            if known:
                edges, shares = zip(*known.values(), strict=True)
                yield LeafPath(float(tree.value[node]), tuple(known), edges, np.array(shares))
            continue
        edges, share = known.get(feature, ((), 1.0))
        of_left = share_left(tree, node)
        for child, side, part in ((tree.left[node], True, of_left), (tree.right[node], False, 1 - of_left)):
            stack.append((int(child), {**known, feature: ((*edges, (first + node, side)), share * part)}))


def sides(ensemble: TreeEnsemble, matrix: Matrix) -> Mask:
    """Whether each row (n x features) goes left at each node, n x nodes of all trees end to end."""
    packed = pack(ensemble.trees)
    arrays = (packed.feature, packed.threshold, packed.default_left, packed.missing, packed.categorical)
    rows = np.ascontiguousarray(matrix, np.float64)
    left: Mask = _sides(rows, *arrays, packed.start, packed.words, ensemble.rules == "xgboost")
    return left


@jitted(nogil=True)
def _sides(rows, feature, threshold, default_left, missing, categorical, start, words, xgboost):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    left = np.zeros((rows.shape[0], feature.shape[0]), np.bool_)
    for i in range(rows.shape[0]):
        for node in range(feature.shape[0]):
            if feature[node] == LEAF:
                continue
            x = rows[i, feature[node]]
            if categorical[node]:
                listed = is_listed(x, words[start[node] : start[node + 1]], xgboost)
                left[i, node] = category_left(x, listed, default_left[node], xgboost)
            else:
                left[i, node] = number_left(x, threshold[node], default_left[node], missing[node], xgboost)
    return left
