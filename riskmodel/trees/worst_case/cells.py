"""The values of a feature that no split can tell apart are one cell; a representative stands for it.

What a split says of a representative is asked of the code that scores, so that bound and score cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Mask, Matrix, Vector
from riskmodel.trees.ensemble import TreeEnsemble
from riskmodel.trees.tree import LEAF, Tree

BESIDE_ZERO = (0.0, 2e-35, -2e-35)  # LightGBM takes what lies nearer to 0 than 1e-35 for 0
NEITHER = (np.nan, np.inf, -np.inf, -1.0)  # -1 is no category


def representatives(ensembles: Sequence[TreeEnsemble]) -> list[Vector]:
    """For each feature one value of each cell, in rising order, NaN last; a feature that no split asks for has one."""
    columns: list[set[float]] = [set() for _ in range(ensembles[0].n_features)]
    for ensemble in ensembles:
        for feature, values in _telling(ensemble):
            columns[feature].update(values)
    return [np.unique(np.array([*sorted(column), *(NEITHER if column else (0.0,))])) for column in columns]


def _telling(ensemble: TreeEnsemble) -> Iterator[tuple[int, tuple[float, ...]]]:
    for tree in ensemble.trees:
        for node in np.flatnonzero(tree.feature != LEAF):
            listed = tree.sets[node]
            if listed is not None:
                yield int(tree.feature[node]), (*map(float, listed), float(max(listed, default=0) + 1))
            else:
                yield int(tree.feature[node]), (*_beside(float(tree.threshold[node])), *BESIDE_ZERO)


def _beside(threshold: float) -> tuple[float, ...]:
    """The threshold and the numbers next to it, in single and in double precision."""
    with np.errstate(over="ignore", under="ignore"):
        singles = [np.nextafter(np.float32(threshold), np.float32(end)) for end in (-np.inf, np.inf)]
    return (threshold, *map(float, singles), *(float(np.nextafter(threshold, end)) for end in (-np.inf, np.inf)))


def goes_left(tree: Tree, ensemble: TreeEnsemble, values: Sequence[Vector]) -> dict[int, Mask]:
    """For each split of a tree, the cells of its feature that go left; by the code that scores."""
    splits = np.flatnonzero(tree.feature != LEAF)
    stumps = replace(ensemble, trees=tuple(_stump(tree, int(node)) for node in splits), intercept=0.0)
    sides: dict[int, Mask] = {}
    for feature in tree.used_features:
        rows: Matrix = np.zeros((len(values[feature]), ensemble.n_features))
        rows[:, feature] = values[feature]
        left = stumps.leaves(rows) == 1
        sides.update({int(node): left[:, at] for at, node in enumerate(splits) if tree.feature[node] == feature})
    return sides


def _stump(tree: Tree, node: int) -> Tree:
    """One split alone: node 1 is its left side."""
    return Tree(
        feature=np.array([tree.feature[node], LEAF, LEAF], np.int32),
        threshold=np.array([tree.threshold[node], 0.0, 0.0]),
        left=np.array([1, LEAF, LEAF], np.int32),
        right=np.array([2, LEAF, LEAF], np.int32),
        value=np.zeros(3),
        cover=np.ones(3),
        default_left=np.array([tree.default_left[node], False, False]),
        missing=np.array([tree.missing[node], 0, 0], np.uint8),
        sets=(tree.sets[node], None, None),
    )


def merged(values: Sequence[Vector], sides: Sequence[dict[int, Mask]], trees: Sequence[Tree]) -> list[NDArray[np.intp]]:
    """For each feature the places of its representatives that some split tells apart from all earlier ones."""
    answers: list[list[Mask]] = [[] for _ in values]
    for tree, left in zip(trees, sides, strict=True):
        for node, mask in left.items():
            answers[int(tree.feature[node])].append(mask)
    return [
        np.sort(np.unique(np.array(masks, np.uint8), axis=1, return_index=True)[1]) if masks else np.zeros(1, np.intp)
        for masks in answers
    ]
