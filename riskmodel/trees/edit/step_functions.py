"""Trees that ask for one numeric feature only are a step function, and so is their sum: one balanced tree says it all.

The missing value goes to a step that has its total, along the splits' default directions; where no step has it, two
splits at the far end set it apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector
from riskmodel.trees.edit.reachability import ZERO
from riskmodel.trees.edit.rebuild import constant
from riskmodel.trees.edit.tree_builder import End, Plan, Question, grown
from riskmodel.trees.ensemble import Rules, TreeEnsemble
from riskmodel.trees.tree import MISSING_NAN, MISSING_ZERO, Tree

Trees: TypeAlias = tuple[Tree, ...]
FITS = 20  # rounds of proportional fitting: trees of one model contradict each other little


def single_features_merged(trees: Sequence[Tree], rules: Rules) -> Trees:
    """All trees of one numeric feature as one tree, in the place of the first; the others become constants of 0.

    Only where that takes fewer nodes. A tree that takes zeros as missing merges only with its like, since one split
    has one kind of missing value. Margins move by double rounding: at most (trees merged) x 2^-52 x (sum of |leaf|).

    Covers: the share of the rows on each step is fitted to what all merged trees say of it (iterative proportional
    fitting, Deming & Stephan 1940), and the mean row count of their roots is dealt out by it; weights likewise. The
    sum of the gains stays, dealt out by how far each split parts the values.
    """
    groups: dict[tuple[int, bool], list[int]] = {}
    for i, tree in enumerate(trees):
        if (key := _kind(tree)) is not None:
            groups.setdefault(key, []).append(i)
    merged_trees = list(trees)
    for (feature, _), group in groups.items():
        parts = [trees[i] for i in group]
        merged = _merged(parts, feature, rules)
        if len(group) > 1 and len(merged) < sum(map(len, parts)):
            merged_trees[group[0]] = merged
            for i in group[1:]:
                merged_trees[i] = constant(0.0, trees[i], rules)
    return tuple(merged_trees)


def _kind(tree: Tree) -> tuple[int, bool] | None:
    """The one numeric feature of a tree, and whether its zeros are missing; None of any other tree."""
    inner = ~tree.is_leaf
    features, zeros = set(tree.feature[inner].tolist()), set((tree.missing[inner] == MISSING_ZERO).tolist())
    numeric = all(listed is None for listed in tree.sets) and np.isfinite(tree.threshold).all()
    return (int(features.pop()), zeros.pop()) if numeric and len(features) == len(zeros) == 1 else None


def _merged(parts: Sequence[Tree], feature: int, rules: Rules) -> Tree:
    steps, zeros = _steps(parts, feature, rules), (parts[0].missing[0] == MISSING_ZERO)
    target = np.flatnonzero(steps.value == steps.missing)
    if len(target):
        share = steps.share.copy()
        share[target[0]] += steps.missing_share
        plan = _balanced(steps.threshold, steps.value, share, int(target[0]))
    else:
        plan = _set_apart(steps, rules)
    return grown(plan, feature, MISSING_ZERO if zeros else MISSING_NAN, parts, rules)


@dataclass(frozen=True, eq=False)
class _Steps:
    """A step function: value[i] up to threshold[i], the last beyond; shares of the rows; the missing value apart."""

    threshold: Vector
    value: Vector
    share: Vector
    missing: float
    missing_share: float


def _steps(parts: Sequence[Tree], feature: int, rules: Rules) -> _Steps:
    """What the trees add up to, asked at one number of each cell between neighbouring thresholds, and at missing."""
    threshold = np.unique(np.concatenate([part.threshold[~part.is_leaf] for part in parts]))
    inside = np.append(threshold, np.inf) if rules == "lightgbm" else np.append(-np.inf, threshold)
    if rules == "lightgbm":
        threshold, inside = _beside_zero(threshold, inside, bool(parts[0].missing[0] == MISSING_ZERO))
    rows = np.zeros((len(inside) + 1, feature + 1))
    rows[:, feature] = np.append(inside, np.nan)
    leaves = TreeEnsemble(tuple(parts), 0.0, feature + 1, rules).leaves(rows)
    total = np.sum([part.value[leaves[:, i]] for i, part in enumerate(parts)], axis=0)
    share = _shares(parts, leaves)
    first = np.flatnonzero(np.append(True, total[1:-1] != total[:-2]))  # of each run of equal totals
    return _Steps(
        threshold[first[1:] - 1],
        total[first],
        np.add.reduceat(share[:-1], first),
        float(total[-1]),
        float(share[-1]),
    )


def _beside_zero(threshold: Vector, inside: Vector, missing: bool) -> tuple[Vector, Vector]:
    """The same where the number asked at is one that counts as 0: a cell with others is asked at one of these instead.

    A cell without others holds 0 itself, unless zeros are missing; else it holds nothing, and goes with its threshold.
    """
    low, under = np.append(-np.inf, threshold), float(np.nextafter(-ZERO, -1))
    close = np.abs(inside) <= ZERO
    zero = close & (low < 0) & (inside >= 0) & (not missing)
    held = ~close | zero | (low < under)
    inside = np.where(zero, 0.0, np.where(close, under, inside))
    return threshold[held[:-1]], inside[held]


def _shares(parts: Sequence[Tree], leaves: NDArray[np.int32]) -> Vector:
    """Shares of the cells, and of missing, that add up in the leaves of each tree as nearly as can be to its covers."""
    share = np.full(len(leaves), 1 / len(leaves))
    for _ in range(FITS):
        for i, part in enumerate(parts):
            wanted = np.where(part.is_leaf, part.cover, 0)
            got = np.bincount(leaves[:, i], share, len(part))
            factor = np.divide(wanted / (wanted.sum() or 1.0), got, out=np.zeros(len(part)), where=got > 0)
            share = share * factor[leaves[:, i]]
    return share / (share.sum() or 1.0)


def _balanced(threshold: Vector, value: Vector, share: Vector, missing: int, first: int = 0) -> Plan:
    """Halves with as many steps, down to single ones; `missing` is the step that missing values go to."""
    if len(value) == 1:
        return End(float(value[0]), float(share[0]))
    cut = len(value) // 2
    return Question(
        float(threshold[cut - 1]),
        missing < first + cut,
        _balanced(threshold[: cut - 1], value[:cut], share[:cut], missing, first),
        _balanced(threshold[cut:], value[cut:], share[cut:], missing, first + cut),
    )


def _set_apart(steps: _Steps, rules: Rules) -> Plan:
    """Below the lowest number there is only -inf, which belongs to the first step, and missing."""
    lowest = -float(np.finfo(np.float64 if rules == "lightgbm" else np.float32).max)
    apart = Question(lowest, False, End(float(steps.value[0]), 0.0), End(steps.missing, steps.missing_share))
    return Question(lowest, True, apart, _balanced(steps.threshold, steps.value, steps.share, 0))
