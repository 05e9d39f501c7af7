"""LightGBM's model text (v4) to a TreeEnsemble.

A damaged text aborts the process inside LightGBM, where nothing can catch it, so all of it is checked here first. What
is not a sum of constant-leaf trees for one log-odds is refused: multiclass, linear trees, random forests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector
from riskmodel.ensemble import LEAF, Tree, TreeEnsemble
from riskmodel.errors import BundleError, UnsupportedScorer

CATEGORICAL, DEFAULT_LEFT = 1, 2
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Frame:
    """What stands around the trees: the header without tree_sizes, and the parameters after them."""

    head: tuple[str, ...]
    tail: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(_fields(self.head)["feature_names"].split())


def read(text: str) -> tuple[TreeEnsemble, Frame]:
    """The trees of a model text, and its frame.

    Raises: BundleError if the text is damaged, UnsupportedScorer if it is not one log-odds of plain trees.
    """
    try:
        head, blocks, tail = _parts(text)
        _check(head)
        columns = int(_fields(head)["max_feature_idx"]) + 1
        trees = tuple(_tree(_fields(block.split("\n")), columns) for block in blocks)
    except (KeyError, ValueError, IndexError, OverflowError) as error:
        raise BundleError(f"the LightGBM text is damaged: {error!r}") from error
    return TreeEnsemble(trees, 0.0, columns, "lightgbm"), Frame(head, tail)


def _parts(text: str) -> tuple[tuple[str, ...], list[str], tuple[str, ...]]:
    start, end = text.index("\nTree=0\n"), text.index("end of trees\n")
    header = text[:start].rstrip("\n").split("\n")
    sizes = [int(size) for size in _fields(header)["tree_sizes"].split()]
    body = text[start + 1 : end].encode()
    if sum(sizes) != len(body):
        raise ValueError(f"tree_sizes add up to {sum(sizes)}, however: the trees have {len(body)} bytes")
    stops = np.cumsum([0, *sizes])
    blocks = [body[a:b].decode() for a, b in pairwise(stops)]
    for i, block in enumerate(blocks):
        if not block.startswith(f"Tree={i}\n"):
            raise ValueError(f"tree {i} does not begin where tree_sizes says")
    tail = text[end:].split("\n")
    if "end of parameters" not in tail:
        raise ValueError("the text ends early")
    head = tuple(line for line in header if not line.startswith("tree_sizes="))
    return head, blocks, tuple(tail[tail.index("parameters:") - 1 :])


def _fields(lines: Iterable[str]) -> dict[str, str]:
    return dict(line.split("=", 1) for line in lines if "=" in line)


def _check(head: Sequence[str]) -> None:
    fields = _fields(head)
    if head[0] != "tree" or fields["version"] != "v4":
        raise BundleError(f"the LightGBM text must have version v4, however: {fields['version']}")
    if fields["num_class"] != "1" or fields["num_tree_per_iteration"] != "1":
        raise UnsupportedScorer(f"a model must have one output, however: num_class={fields['num_class']}")
    if "average_output" in head:
        raise UnsupportedScorer("a random forest (average_output) is not a sum of trees")
    if fields["objective"] not in ("binary sigmoid:1", "cross_entropy"):
        raise UnsupportedScorer(f"the objective must be binary or cross_entropy, however: {fields['objective']}")


def _tree(fields: Mapping[str, str], columns: int) -> Tree:
    if fields.get("is_linear", "0") != "0":
        raise UnsupportedScorer("linear trees are not supported")
    leaves = int(fields["num_leaves"])
    splits = leaves - 1
    decision = _numbers(fields, "decision_type", splits).astype(np.int64)
    threshold = _numbers(fields, "threshold", splits)
    children = [_numbers(fields, side, splits).astype(np.int64) for side in ("left_child", "right_child")]
    left, right = (np.where(side < 0, splits + ~side, side) for side in children)
    feature = _numbers(fields, "split_feature", splits).astype(np.int64)
    _check_links(feature, left, right, leaves, columns)
    return Tree(
        feature=_nodes(feature, leaves, LEAF).astype(np.int32),
        threshold=_nodes(np.where(decision & CATEGORICAL, 0, threshold), leaves),
        left=_nodes(left, leaves, LEAF).astype(np.int32),
        right=_nodes(right, leaves, LEAF).astype(np.int32),
        value=np.concatenate([np.zeros(splits), _numbers(fields, "leaf_value", leaves)]),
        cover=_both(fields, "count", leaves),
        default_left=_nodes(decision & DEFAULT_LEFT, leaves).astype(np.bool_),
        missing=_nodes(decision >> 2 & 3, leaves).astype(np.uint8),
        sets=(*_sets(fields, decision, threshold), *[None] * leaves),
        carried={
            "weight": _both(fields, "weight", leaves),
            "gain": _nodes(_numbers(fields, "split_gain", splits), leaves),
            "inner": _nodes(_numbers(fields, "internal_value", splits), leaves),
        },
        shrinkage=float(fields["shrinkage"]),
    )


def _numbers(fields: Mapping[str, str], name: str, count: int) -> Vector:
    values = np.array([float(text) for text in fields[name].split()] if count else [])
    if len(values) != count:
        raise ValueError(f"{name} must have {count} values, however: {len(values)}")
    return values


def _check_links(feature: Whole, left: Whole, right: Whole, leaves: int, columns: int) -> None:
    """Each node but the root hangs below exactly one node with a smaller number, so a walk always ends."""
    children = np.concatenate([left, right])
    if sorted(children.tolist()) != list(range(1, 2 * leaves - 1)):
        raise ValueError("left_child and right_child do not make a tree")
    if (feature < 0).any() or (feature >= columns).any():
        raise ValueError(f"split_feature must be in 0 to {columns - 1}")
    parents = np.concatenate([np.arange(leaves - 1)] * 2)
    inner = children < leaves - 1
    if (children[inner] <= parents[inner]).any():
        raise ValueError("a child stands before its parent")


def _nodes(values: NDArray[Any], leaves: int, at_leaves: float = 0.0) -> Vector:
    return np.concatenate([values, np.full(leaves, at_leaves)]).astype(np.float64)


def _both(fields: Mapping[str, str], what: str, leaves: int) -> Vector:
    if leaves == 1 and f"leaf_{what}" not in fields:
        return np.zeros(1)
    return np.concatenate([_numbers(fields, f"internal_{what}", leaves - 1), _numbers(fields, f"leaf_{what}", leaves)])


def _sets(fields: Mapping[str, str], decision: Whole, threshold: Vector) -> list[tuple[int, ...] | None]:
    sets: list[tuple[int, ...] | None] = [None] * len(decision)
    if int(fields["num_cat"]):
        bounds = [int(text) for text in fields["cat_boundaries"].split()]
        words = [int(text) for text in fields["cat_threshold"].split()]
        for node in np.flatnonzero(decision & CATEGORICAL):
            which = int(threshold[node])
            sets[node] = _categories(words[bounds[which] : bounds[which + 1]])
    return sets


def _categories(words: Sequence[int]) -> tuple[int, ...]:
    return tuple(32 * i + bit for i, word in enumerate(words) for bit in range(32) if word >> bit & 1)
