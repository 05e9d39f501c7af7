"""The arrays of an ONNX TreeEnsemble that somebody hands in: whether they are trees, so that walking them ends."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel import limits
from riskmodel.errors import BundleError
from riskmodel.onnx_export.drawing import library
from riskmodel.trees.ensemble import LARGEST

_INT = np.int64
_SPLITS = ("nodes_featureids", "nodes_missing_value_tracks_true")
_CHILDREN = (("nodes_truenodeids", "nodes_trueleafs"), ("nodes_falsenodeids", "nodes_falseleafs"))
_SUM, _PLAIN, _MODES, _MEMBER = 1, 0, (0, 1, 6), 6


def check_trees(node: Any, columns: int) -> None:
    """Every split is reached once, from one root, and its children stand after it. Raises: BundleError."""
    given = {attribute.name: attribute for attribute in node.attribute}
    try:
        roots, modes = _whole(given["tree_roots"]), _numbers(given["nodes_modes"].t)
        count, leaves, targets = len(modes), len(given["leaf_targetids"].ints), int(given["n_targets"].i)
        splits = len(_numbers(given["nodes_splits"].t))
        leaf_weights = _numbers(given["leaf_weights"].t)
        ints = {name: _whole(given[name]) for name in (*_SPLITS, *(name for pair in _CHILDREN for name in pair))}
        kinds = (given["aggregate_function"].i, given["post_transform"].i)
        ends = _whole(given["leaf_targetids"])
    except (KeyError, ValueError, TypeError) as error:
        raise _none(f"{error} is missing or no array") from error
    limits.check("trees", len(roots), "the ONNX model", BundleError)
    limits.check("nodes", count + leaves, "the ONNX model", BundleError)
    if splits != count or len(leaf_weights) != leaves or any(len(array) != count for array in ints.values()):
        raise _none("its arrays differ in length")
    if not np.abs(leaf_weights.astype(np.float64)).sum() <= LARGEST:
        raise _none(f"its leaves add up to more than {LARGEST:g}")
    if kinds != (_SUM, _PLAIN) or not 1 <= targets <= 100_000 or not np.isin(modes, _MODES).all():
        raise _none("it has a mode that is not written here")
    if not _within(ints["nodes_featureids"], columns_of(node, columns)) or not _within(ends, targets):
        raise _none("it has a column or an output beyond the last")
    _check_members(given, modes)
    _check_walk(roots, ints, count, leaves)


def columns_of(node: Any, columns: int) -> int:
    """The columns that a split may ask: of the rows, or of what was made of them, which the runtime checks."""
    return columns if list(node.input) == ["rows"] else max(columns, 1 << 20)


def _check_members(given: dict[str, Any], modes: NDArray[Any]) -> None:
    due = int((modes == _MEMBER).sum())
    values = _numbers(given["membership_values"].t) if "membership_values" in given else np.empty(0)
    if int(np.isnan(values.astype(np.float64)).sum()) != due:
        raise _none("it has not one set of members a split that asks for one")


def _check_walk(roots: NDArray[Any], ints: dict[str, NDArray[Any]], count: int, leaves: int) -> None:
    own, reached = np.arange(count), [roots]
    if not _within(roots, count):
        raise _none("it has a root beyond the last split")
    for child_name, leaf_name in _CHILDREN:
        child, leaf = ints[child_name], ints[leaf_name]
        if not np.isin(leaf, (0, 1)).all() or not _within(child[leaf == 1], leaves):
            raise _none("it has a leaf beyond the last")
        inner = leaf == 0
        if not _within(child[inner], count) or (child[inner] <= own[inner]).any():
            raise _none("a split does not stand before its children")
        reached.append(child[inner])
    if (np.bincount(np.concatenate(reached), minlength=count) > 1).any():
        raise _none("a split has two parents")


def _within(values: NDArray[Any], size: int) -> bool:
    return bool(((values >= 0) & (values < size)).all())


def numpy_helper() -> Any:
    """The library's reader of tensors."""
    return library().numpy_helper


def _whole(attribute: Any) -> NDArray[Any]:
    return np.array(attribute.ints, _INT)


def _numbers(tensor: Any) -> NDArray[Any]:
    array: NDArray[Any] = np.asarray(numpy_helper().to_array(tensor))
    if array.ndim != 1:
        raise ValueError("an array of several dimensions")
    return array


def _none(why: str) -> BundleError:
    return BundleError(f"an ONNX model must have trees as they are written here, however: {why}")
