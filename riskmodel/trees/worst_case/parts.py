"""The difference of two ensembles as parts: each a tree, or a pair of trees joined, of which one leaf counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Mask, Vector
from riskmodel.trees.ensemble import TreeEnsemble
from riskmodel.trees.tree import LEAF, Tree
from riskmodel.trees.worst_case.cells import goes_left, merged, representatives

MOST_LEAVES = 4000  # of a joined pair


@dataclass(frozen=True, eq=False)
class DifferencePart:
    """Leaves of which every applicant is in one.

    value: what each adds to the difference, log-odds. allowed: for each feature that is asked for, leaves x cells.
    sides: for each of these features, the cells on each side of each split.
    """

    value: Vector
    allowed: Mapping[int, Mask]
    sides: Mapping[int, tuple[Mask, ...]]

    @property
    def spread(self) -> float:
        """Largest value less smallest, log-odds."""
        return float(np.ptp(self.value))


def difference(before: TreeEnsemble, after: TreeEnsemble) -> tuple[list[Vector], list[DifferencePart]]:
    """The representatives of each feature's cells, and the parts that add up to `after` less `before`."""
    values = representatives((before, after))
    given = [(tree, -1.0, before) for tree in before.trees] + [(tree, 1.0, after) for tree in after.trees]
    left = [goes_left(tree, ensemble, values) for tree, _, ensemble in given]
    kept = merged(values, left, [tree for tree, *_ in given])
    parts = [_part(tree, sign, sides, kept) for (tree, sign, _), sides in zip(given, left, strict=True)]
    joined = _in_pairs(parts[: len(before.trees)], parts[len(before.trees) :])
    return [column[places] for column, places in zip(values, kept, strict=True)], joined


def _part(tree: Tree, sign: float, left: Mapping[int, Mask], kept: Sequence[NDArray[np.intp]]) -> DifferencePart:
    inside = {node: mask[kept[int(tree.feature[node])]] for node, mask in left.items()}
    leaves: list[tuple[float, dict[int, Mask]]] = []
    stack: list[tuple[int, dict[int, Mask]]] = [(0, {})]
    while stack:
        node, box = stack.pop()
        feature = int(tree.feature[node])
        if feature == LEAF:
            leaves.append((sign * float(tree.value[node]), box))
            continue
        above = box.get(feature, np.ones_like(inside[node]))
        for child, side in ((tree.left[node], inside[node]), (tree.right[node], ~inside[node])):
            if (here := above & side).any():
                stack.append((int(child), {**box, feature: here}))
    return DifferencePart(np.array([value for value, _ in leaves]), _allowed(leaves), _sides(tree, inside))


def _allowed(leaves: Sequence[tuple[float, Mapping[int, Mask]]]) -> dict[int, Mask]:
    sizes = {feature: len(mask) for _, box in leaves for feature, mask in box.items()}
    return {
        feature: np.array([box.get(feature, np.ones(size, np.bool_)) for _, box in leaves])
        for feature, size in sizes.items()
    }


def _sides(tree: Tree, inside: Mapping[int, Mask]) -> dict[int, tuple[Mask, ...]]:
    sides: dict[int, list[Mask]] = {}
    for node, mask in inside.items():
        sides.setdefault(int(tree.feature[node]), []).extend((mask, ~mask))
    return {feature: tuple(masks) for feature, masks in sides.items()}


def _in_pairs(before: Sequence[DifferencePart], after: Sequence[DifferencePart]) -> list[DifferencePart]:
    """Each tree that came joined with the one that went whose company narrows the range most."""
    free, joined = dict(enumerate(before)), []
    for part in after:
        gains = {i: _narrowed(other, part) for i, other in free.items() if len(other.value) * len(part.value) < 10**6}
        best = max(gains, key=lambda i: gains[i], default=None)
        whole = join(free[best], part) if best is not None and gains[best] > 0 else None
        if best is None or whole is None or len(whole.value) > MOST_LEAVES:
            joined.append(part)
        else:
            joined.append(whole)
            del free[best]
    return [*joined, *free.values()]


def _narrowed(one: DifferencePart, other: DifferencePart) -> float:
    """By how much the pair's range is less than the sum of theirs."""
    sums = np.add.outer(one.value, other.value)[_meeting(one, other)]
    return one.spread + other.spread - float(np.ptp(sums))


def _meeting(one: DifferencePart, other: DifferencePart) -> Mask:
    """Which leaves some applicant can be in at once: leaves of one x leaves of the other, feature by feature."""
    meeting = np.ones((len(one.value), len(other.value)), np.bool_)
    for feature in one.allowed.keys() & other.allowed.keys():
        meeting &= one.allowed[feature].astype(np.float32) @ other.allowed[feature].T.astype(np.float32) > 0
    return meeting


def join(one: DifferencePart, other: DifferencePart) -> DifferencePart:
    """Two parts as one, of the pairs of leaves that can meet."""
    at, to = np.nonzero(_meeting(one, other))
    allowed = {feature: mask[at] for feature, mask in one.allowed.items()}
    for feature, mask in other.allowed.items():
        allowed[feature] = allowed[feature] & mask[to] if feature in allowed else mask[to]
    sides = {f: (*one.sides.get(f, ()), *other.sides.get(f, ())) for f in allowed}
    return DifferencePart(one.value[at] + other.value[to], allowed, sides)
