"""The worst change by Veritas (Devos, Meert and Davis 2021), where dtai-veritas is installed; no value is missing."""

from __future__ import annotations

from itertools import pairwise
from time import process_time
from typing import Any

import numpy as np

from riskmodel.trees.ensemble import TreeEnsemble
from riskmodel.trees.tree import LEAF, Tree

SECONDS = 60.0  # of the processor, each way
MEMORY = 6 * 1024**3


def worst(before: TreeEnsemble, after: TreeEnsemble) -> str:
    """Bound and witness of |change of the margin| in so many seconds each way; empty where it is not installed."""
    try:
        import veritas
    except ImportError:
        return ""
    ways = [_one_way(veritas, before, after, sign) for sign in (1.0, -1.0)]
    witnesses = [witness for _, witness in ways if witness is not None]
    return f"{max(bound for bound, _ in ways):.3f} | {f'{max(witnesses):.3f}' if witnesses else 'none'}"


def _one_way(veritas: Any, before: TreeEnsemble, after: TreeEnsemble, sign: float) -> tuple[float, float | None]:
    sums = veritas.AddTree(1, veritas.AddTreeType.REGR)
    for ensemble, weight in ((after, sign), (before, -sign)):
        for tree in ensemble.trees:
            _put(sums.add_tree(), tree, weight)
    sums.set_base_score(0, sign * (after.intercept - before.intercept))
    config = veritas.Config(veritas.HeuristicType.MAX_OUTPUT)
    config.stop_when_optimal, config.max_memory = True, MEMORY
    search, start = config.get_search(sums), process_time()
    while process_time() - start < SECONDS and not search.is_optimal():
        if search.step_for(5.0, 1000) not in {veritas.StopReason.NONE, veritas.StopReason.OUT_OF_TIME}:
            break
    reached = search.get_solution(0).output if search.num_solutions() else None
    return float(search.current_bounds().top_of_open), reached


def _put(made: Any, tree: Tree, weight: float) -> None:
    """Writes a tree down; a list of levels becomes a chain of thresholds between the codes."""
    todo = [(made.root(), 0)]
    while todo:
        node, own = todo.pop()
        if tree.left[own] == LEAF:
            made.set_leaf_value(node, 0, weight * float(tree.value[own]))
            continue
        feature, left, right = int(tree.feature[own]), int(tree.left[own]), int(tree.right[own])
        listed = tree.sets[own]
        if listed is None:  # x <= threshold there is x < the next number of single precision here
            made.split(node, feature, float(np.nextafter(np.float32(tree.threshold[own]), np.float32(np.inf))))
            todo += [(made.left(node), left), (made.right(node), right)]
            continue
        inside = [code in listed for code in range(max(listed) + 2)]
        for code, (here, beyond) in enumerate(pairwise(inside)):
            if here != beyond:
                made.split(node, feature, code + 0.5)
                todo.append((made.left(node), left if here else right))
                node = made.right(node)
        todo.append((node, right))
