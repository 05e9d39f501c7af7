"""How far a cut can move any applicant's margin at all: sound for every input, seen or unseen."""

from __future__ import annotations

from collections.abc import Mapping

from riskmodel.core import PruningPlan
from riskmodel.trees import LEAF, Tree, TreeEnsemble
from riskmodel.trees.bounds import margin_bound, margin_range
from riskmodel.workflows.prune.path import Cut

Ends = dict[tuple[int, int], float]


def bound(given: Cut, cut: Cut) -> float:
    """The most that a margin can move, in log-odds: tree by tree where each tree is an upper part of a given one.

    Else from the two models' ranges, which is sound too, and far wider.
    """
    before, after = given.trees, cut.trees
    (low, high), (lowest, highest) = margin_range(before), margin_range(after)
    apart = max(highest - low, high - lowest)
    ends = _ends(before, after, _places(cut.plan, before))
    return apart if ends is None else min(apart, margin_bound(before, ends, after.intercept))


def _places(plan: PruningPlan | None, before: TreeEnsemble) -> list[int]:
    """Which of the given trees the plan leaves something of; what it says is checked against the trees themselves."""
    if plan is None:
        return list(range(len(before.trees)))
    if plan.unit == "tree":
        weights = plan.values or (1.0,) * len(plan.kept)
        return [tree for tree, weight in zip(plan.kept, weights, strict=True) if weight > 0]
    if plan.unit == "node":
        return sorted({int(tree) for tree, dot, _ in (plan.units[unit].partition(".") for unit in plan.kept) if dot})
    return []


def _ends(before: TreeEnsemble, after: TreeEnsemble, places: list[int]) -> Ends | None:
    """The given nodes where the new trees end, with their values; None if some tree is not what its place says."""
    if len(places) != len(after.trees):
        return None
    found: Ends = {}
    for place, tree in zip(places, after.trees, strict=True):
        if (ends := _upper_part(before.trees[place], tree)) is None:
            return None
        found |= {(place, node): value for node, value in ends.items()}
    return found


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
