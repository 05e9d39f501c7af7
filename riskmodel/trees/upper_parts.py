"""How far a cut can move any applicant's margin at all: tree by tree, where new trees are upper parts of old ones."""

from __future__ import annotations

from collections.abc import Mapping

from riskmodel.trees.bounds import margin_bound, margin_range
from riskmodel.trees.ensemble import TreeEnsemble
from riskmodel.trees.tree import LEAF, Tree

Ends = dict[tuple[int, int], float]


def cut_bound(before: TreeEnsemble, after: TreeEnsemble) -> float:
    """The most that a margin can move, in log-odds, from one ensemble to the other: sound for every input.

    Tree by tree where the new trees are upper parts of some of the old ones, in their order; else from the ranges of
    the two ensembles, which is sound too, and far wider.
    """
    (low, high), (lowest, highest) = margin_range(before), margin_range(after)
    apart = max(highest - low, high - lowest)
    ends = _ends(before, after)
    return apart if ends is None else min(apart, margin_bound(before, ends, after.intercept))


def _ends(before: TreeEnsemble, after: TreeEnsemble) -> Ends | None:
    """The old nodes where the new trees end, with their values; each new tree stands for the first old one it fits.

    None if one fits none. A tree of a single leaf fits any, and the first is as sound as any other.
    """
    ends: Ends = {}
    place = 0
    for tree in after.trees:
        part = None
        while part is None:
            if place == len(before.trees):
                return None
            part = _upper_part(before.trees[place], tree)
            place += 1
        ends |= {(place - 1, node): value for node, value in part.items()}
    return ends


def _upper_part(whole: Tree, part: Tree) -> Mapping[int, float] | None:
    ends, pairs = {}, [(0, 0)]
    for old, new in pairs:
        if part.feature[new] == LEAF:
            ends[old] = float(part.value[new])
        elif _split(whole, old) != _split(part, new):
            return None
        else:
            pairs += [(int(whole.left[old]), int(part.left[new])), (int(whole.right[old]), int(part.right[new]))]
    return ends


def _split(tree: Tree, node: int) -> tuple[object, ...]:
    sides = (int(tree.feature[node]), bool(tree.default_left[node]), int(tree.missing[node]))
    return (*sides, float(tree.threshold[node]), tree.sets[node])
