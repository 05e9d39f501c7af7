"""What both ways to SHAP values rest on: points of quadrature, how many a tree needs, and the shares of branches."""

from __future__ import annotations

from functools import cache

import numpy as np

from riskmodel.core import Vector
from riskmodel.trees import Tree
from riskmodel.trees.tree import LEAF


@cache
def quadrature(points: int) -> tuple[Vector, Vector]:
    """Where the integrand over [0, 1] is taken, and the weights; exact for polynomials of degree 2 points - 1."""
    at, weights = np.polynomial.legendre.leggauss(points)
    return (at + 1) / 2, weights / 2


def points_for(tree: Tree) -> int:
    """Half as many as there are features on the path that has most."""
    most, stack = 1, [(0, frozenset[int]())]
    while stack:
        node, features = stack.pop()
        if tree.feature[node] == LEAF:
            most = max(most, len(features))
        else:
            below = features | {int(tree.feature[node])}
            stack += [(int(tree.left[node]), below), (int(tree.right[node]), below)]
    return -(-most // 2)


def share_left(tree: Tree, node: int) -> float:
    """The left branch's share of a split's train rows; a half where there were none.

    XGBoost keeps covers in single precision, in which those of two branches do not add up to the parent's.
    """
    left, right = float(tree.cover[tree.left[node]]), float(tree.cover[tree.right[node]])
    return left / (left + right) if left + right > 0 else 0.5
