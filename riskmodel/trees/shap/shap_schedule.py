"""Trees as one list of steps down and up, with the numbers that each step needs to work out SHAP values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.trees import Tree
from riskmodel.trees.shap.quadrature import points_for, quadrature, share_left
from riskmodel.trees.tree import LEAF

DOWN, ENDS, UP, PAIR = 0, 1, 2, 3  # into a branch; to a leaf and back; out of a branch; to two leaves and back
_MATE = -1  # the second leaf of a pair, until it is taken into the first


@dataclass(frozen=True, eq=False)
class Walk:
    """Trees of one number of quadrature points, as steps of one walk through all of them.

    steps: n x 6: DOWN, ENDS, UP or PAIR; depth; depth of the edge before with this feature, 0 for none; feature; the
    parent's node; 1 for the second child. down: n x 3 x points: the factor; more where the edge before holds; more
    where this one does too; a leaf's value is inside. up: n x 2 x points: what the sum below is worth to this edge, and
    to the one before; of a pair, see `_paired`. start: points: what it is worth to a feature that does not hold.
    """

    points: int
    depth: int
    steps: NDArray[np.int64]
    down: Vector
    up: Vector
    start: Vector


def walks(trees: Sequence[Tree]) -> tuple[Walk, ...]:
    """One walk for all trees that need as many points; nodes are counted from tree to tree."""
    groups: dict[int, list[tuple[int, Tree]]] = {}
    first = 0
    for tree in trees:
        if len(tree) > 1:
            groups.setdefault(points_for(tree), []).append((first, tree))
        first += len(tree)
    return tuple(_walk(group, points) for points, group in sorted(groups.items()))


@dataclass(frozen=True)
class _Edge:
    """An edge on a path; `share` of train passes all edges of its feature so far, the one `before` among them."""

    parent: int
    child: int
    depth: int
    feature: int
    share: float
    second: bool
    before: _Edge | None


def _walk(trees: Sequence[tuple[int, Tree]], points: int) -> Walk:
    steps, shares, values = [], [], []
    for first, tree in trees:
        for kind, edge in _steps(tree):
            old, before = (edge.before.depth, edge.before.share) if edge.before else (0, np.nan)
            steps.append((kind, edge.depth, old, edge.feature, first + edge.parent, edge.second))
            shares.append((edge.share, before))
            values.append(tree.value[edge.child] if tree.feature[edge.child] == LEAF else 1.0)
    table, (share, before) = np.array(steps, np.int64), np.array(shares).T
    at, weights = quadrature(points)
    start = -weights / (1 - at)
    down = np.array(values)[:, None, None] * _factors(share, before, at)
    up = np.stack([_gain(share, at, weights), np.nan_to_num(_gain(before, at, weights))], axis=1)
    pair, mate = table[:, 0] == PAIR, table[:, 0] == _MATE
    lost = np.where(np.isnan(before[pair])[:, None], start, -up[pair, 1])
    down[pair], up[pair] = _paired(down[pair], down[mate], up[pair, 0], up[mate, 0], lost)
    kept = ~mate
    return Walk(points, int(table[:, 1].max()), table[kept], down[kept].ravel(), up[kept].ravel(), start)


def _paired(left: Matrix, right: Matrix, left_gain: Matrix, right_gain: Matrix, lost: Matrix) -> tuple[Matrix, Matrix]:
    """Two leaves of one node as one step: as either one or none of them holds, all is linear in what holds.

    Factors as of an edge, for the sum of both; and what the feature gains where the edge before holds, and how much
    more where the left leaf does too. `lost` is what the sum is worth to the feature apart from its gain.
    """
    factors = np.stack([left[:, 0] + right[:, 0], left[:, 1] + right[:, 1] + right[:, 2], left[:, 2] - right[:, 2]], 1)
    in_right = factors[:, 0] + factors[:, 1]
    at_right = right_gain * right.sum(axis=1) + lost * in_right
    at_left = left_gain * left.sum(axis=1) + lost * (in_right + factors[:, 2])
    return factors, np.stack([at_right, at_left - at_right], axis=1)


def _steps(tree: Tree) -> Iterator[tuple[int, _Edge]]:
    """Every edge in the order of a walk that comes back from each branch before it takes the next."""
    stack = _both_ways(tree, 0, ())
    while stack:
        kind, path = stack.pop()
        yield kind, path[-1]
        if kind == DOWN:
            stack += _both_ways(tree, path[-1].child, path)


_Path = tuple[_Edge, ...]


def _both_ways(tree: Tree, node: int, path: _Path) -> list[tuple[int, _Path]]:
    """The steps below a node, the last to be taken first; what hangs below a DOWN comes between it and its UP."""
    feature = int(tree.feature[node])
    before = next((edge for edge in reversed(path) if edge.feature == feature), None)
    edges: list[tuple[int, _Path]] = []
    children = (int(tree.right[node]), int(tree.left[node]))
    left_share = share_left(tree, node)
    leaves = [bool(tree.feature[child] == LEAF) for child in children]
    for child, is_leaf in zip(children, leaves, strict=True):
        passes = left_share if child == tree.left[node] else 1 - left_share
        share = passes * (before.share if before else 1.0)
        edge = _Edge(node, child, len(path) + 1, feature, share, second=not edges, before=before)
        alone = (ENDS,) if is_leaf else (UP, DOWN)
        kinds = ((PAIR,) if edges else (_MATE,)) if all(leaves) else alone
        edges += [(kind, (*path, edge)) for kind in kinds]
    return edges


def _factors(share: Vector, before: Vector, at: Vector) -> Matrix:
    """What steps down multiply the product by, n x 3 x points: t + (1 - t) share where it holds, else (1 - t) share.

    An edge that asks for its feature again takes back the factor of the edge before.
    """
    fails, holds = np.outer(share, 1 - at), at + np.outer(share, 1 - at)
    first = np.isnan(before)
    held = np.where(first[:, None], 1.0, at + np.outer(before, 1 - at))
    with np.errstate(invalid="ignore", divide="ignore"):
        neither = np.where(before > 0, share / before, 0.0)[:, None]
    neither = np.where(first[:, None], fails, neither)
    return np.stack([neither, fails / held - neither, (holds - fails) / held], axis=1)


def _gain(share: Vector, at: Vector, weights: Vector) -> Matrix:
    """How much more a product is worth to a feature that holds than to one that does not, n x points."""
    share = share[:, None]
    return weights * (1 - share) / (at + (1 - at) * share) + weights / (1 - at)
