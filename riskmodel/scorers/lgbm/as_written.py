"""Trees as LightGBM's text says them, without the text: splits before leaves, some notes to six digits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector
from riskmodel.errors import BundleError
from riskmodel.scorers.lgbm._tree import check_links
from riskmodel.scorers.lgbm.writer import with_intercept
from riskmodel.trees import LEAF, Tree, TreeEnsemble


def as_written(ensemble: TreeEnsemble) -> TreeEnsemble:
    """What `reader.read` makes of what `writer.write` makes of an ensemble.

    Raises: BundleError for what the reader would refuse.
    """
    try:
        trees = tuple(_tree(tree) for tree in with_intercept(ensemble))
    except ValueError as error:
        raise BundleError(f"the LightGBM text would be damaged: {error}") from error
    return TreeEnsemble(trees, 0.0, ensemble.n_features, "lightgbm")


def _tree(tree: Tree) -> Tree:
    leaf = tree.is_leaf
    order = np.argsort(leaf, kind="stable")
    splits = len(tree) - tree.n_leaves
    inner, ends = order[:splits], order[splits:]
    place = np.empty(len(tree), np.int64)
    place[order] = np.arange(len(tree))
    left, right = place[tree.left[inner]], place[tree.right[inner]]
    check_links(left, right, len(ends))
    if not np.isfinite(tree.value[ends]).all() or np.isnan(tree.threshold[inner]).any():
        raise ValueError("a leaf must be finite, and a threshold a number")
    sets = tuple(None if listed is None else tuple(sorted(set(listed))) for listed in (tree.sets[i] for i in inner))
    categorical = np.array([listed is not None for listed in sets], np.bool_)
    return Tree(
        feature=_nodes(tree.feature[inner], ends, LEAF).astype(np.int32),
        threshold=_nodes(np.where(categorical, 0.0, tree.threshold[inner]), ends),
        left=_nodes(left, ends, LEAF).astype(np.int32),
        right=_nodes(right, ends, LEAF).astype(np.int32),
        value=np.concatenate([np.zeros(splits), tree.value[ends]]),
        cover=np.rint(tree.cover[order]),
        default_left=_nodes(tree.default_left[inner], ends).astype(np.bool_),
        missing=_nodes(tree.missing[inner], ends).astype(np.uint8),
        sets=(*sets, *[None] * len(ends)),
        carried={
            "weight": np.concatenate([_short(tree.carried["weight"][inner]), tree.carried["weight"][ends]]),
            "gain": _nodes(_short(tree.carried["gain"][inner]), ends),
            "inner": _nodes(_short(tree.carried["inner"][inner]), ends),
        },
        shrinkage=float(f"{tree.shrinkage:g}"),
    )


def _nodes(values: NDArray[np.generic], ends: NDArray[np.intp], at_leaves: float = 0.0) -> Vector:
    return np.concatenate([values, np.full(len(ends), at_leaves)]).astype(np.float64)


def _short(values: Vector) -> Vector:
    """Six significant digits, as the writer spells them."""
    return np.array([float(f"{value:g}") for value in values])
