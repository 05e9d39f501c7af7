"""A TreeEnsemble to LightGBM's model text (v4); what was read and not edited comes out in the same bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from riskmodel.core import Vector
from riskmodel.scorers.lgbm._tree import CATEGORICAL, DEFAULT_LEFT
from riskmodel.scorers.lgbm.reader import TextFrame
from riskmodel.trees import LEAF, Tree, TreeEnsemble


def write(ensemble: TreeEnsemble, frame: TextFrame) -> str:
    """A model text that LightGBM loads; the intercept goes into the leaves of the first tree, its place in LightGBM."""
    trees = with_intercept(ensemble)
    blocks = [f"Tree={i}\n" + "".join(f"{line}\n" for line in _lines(tree)) + "\n\n" for i, tree in enumerate(trees)]
    sizes = [_line("tree_sizes", (str(len(block.encode())) for block in blocks))] if frame.sized else []
    importances = _importances(trees, frame.names)
    head = "\n".join((*frame.head, *sizes, "", ""))
    return head + "".join(blocks) + "\n".join(("end of trees", "", *importances, *frame.tail))


def with_intercept(ensemble: TreeEnsemble) -> tuple[Tree, ...]:
    """The trees with the intercept in the leaves of the first; without any, one that is a leaf."""
    if ensemble.intercept == 0 and ensemble.trees:
        return ensemble.trees
    first, rest = (ensemble.trees[0], ensemble.trees[1:]) if ensemble.trees else (_constant(), ())
    inner = np.where(first.is_leaf, 0.0, first.carried["inner"] + ensemble.intercept)
    value = np.where(first.is_leaf, first.value + ensemble.intercept, 0.0)
    return replace(first, value=value, carried={**first.carried, "inner": inner}), *rest


def _constant() -> Tree:
    one, leaf = np.zeros(1), np.full(1, LEAF, np.int32)
    notes = {"weight": one, "gain": one, "inner": one}
    return Tree(leaf, one, leaf, leaf, one, one, np.zeros(1, np.bool_), np.zeros(1, np.uint8), (None,), notes)


def _lines(tree: Tree) -> list[str]:
    inner, leaf = np.flatnonzero(~tree.is_leaf), np.flatnonzero(tree.is_leaf)
    place = np.empty(len(tree), np.int64)
    place[inner], place[leaf] = np.arange(len(inner)), ~np.arange(len(leaf))
    categorical = [node for node in inner if tree.sets[node] is not None]
    threshold = {node: str(i) for i, node in enumerate(categorical)}
    return [
        f"num_leaves={len(leaf)}",
        f"num_cat={len(categorical)}",
        _line("split_feature", (str(tree.feature[i]) for i in inner)),
        _line("split_gain", _short(tree.carried["gain"][inner])),
        _line("threshold", (threshold.get(i) or f"{tree.threshold[i]:.17g}" for i in inner)),
        _line("decision_type", (str(_decision(tree, int(i))) for i in inner)),
        _line("left_child", (str(place[tree.left[i]]) for i in inner)),
        _line("right_child", (str(place[tree.right[i]]) for i in inner)),
        _line("leaf_value", (f"{v:.17g}" for v in tree.value[leaf])),
        _line("leaf_weight", _known(tree.carried["weight"][leaf], ".17g")),
        _line("leaf_count", _known(tree.cover[leaf], ".0f")),
        _line("internal_value", _short(tree.carried["inner"][inner])),
        _line("internal_weight", _short(tree.carried["weight"][inner])),
        _line("internal_count", (f"{v:.0f}" for v in tree.cover[inner])),
        *_set_lines([tree.sets[node] or () for node in categorical]),
        "is_linear=0",
        f"shrinkage={tree.shrinkage:g}",
    ]


def _line(name: str, values: Iterable[str]) -> str:
    return f"{name}={' '.join(values)}"


def _short(values: Vector) -> list[str]:
    return [f"{value:g}" for value in values]


def _known(values: Vector, form: str) -> list[str]:
    """LightGBM leaves these blank at a constant tree, the count up to some version only."""
    return [f"{value:{form}}" for value in values if len(values) > 1 or value]


def _decision(tree: Tree, node: int) -> int:
    categorical = CATEGORICAL if tree.sets[node] is not None else 0
    return int(categorical | DEFAULT_LEFT * tree.default_left[node] | int(tree.missing[node]) << 2)


def _set_lines(sets: Sequence[tuple[int, ...]]) -> list[str]:
    if not sets:
        return []
    words = [_words(listed) for listed in sets]
    bounds = np.cumsum([0, *map(len, words)])
    return [_line("cat_boundaries", map(str, bounds)), _line("cat_threshold", (str(w) for ws in words for w in ws))]


def _words(categories: Sequence[int]) -> list[int]:
    words = [0] * (max(categories, default=0) // 32 + 1)
    for category in categories:
        words[category // 32] |= 1 << category % 32
    return words


def _importances(trees: Sequence[Tree], names: Sequence[str]) -> list[str]:
    """How many splits of each feature gained anything."""
    splits = Counter(int(f) for tree in trees for f in tree.feature[~tree.is_leaf & (tree.carried["gain"] > 0)])
    ranked = sorted(splits.items(), key=lambda item: (-item[1], item[0]))
    return ["feature_importances:", *(f"{names[feature]}={count}" for feature, count in ranked)]
