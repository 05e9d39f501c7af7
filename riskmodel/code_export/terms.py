"""What a margin is made of: rules whose numbers add up to it, and those that add up to what each feature adds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import prod

import numpy as np

from riskmodel.code_export.attributions import DECIMALS, Attributed, attributed
from riskmodel.core import Calibration, Vector
from riskmodel.errors import TooManyReasons, UnsupportedScorer
from riskmodel.trees import Tree, TreeEnsemble, TreePart
from riskmodel.trees.conditions import Rule, of_table, of_tree, size
from riskmodel.trees.lookup_tables import Axis, axes_of, examples

INSTEAD = "allow fewer features a tree, or leave reasons out"
MOST_CELLS = 50_000  # numbers of all attributions together; beyond, the text is no longer one that a database reads

Terms = tuple[float, tuple[Rule, ...]]


def of_margin(parts: tuple[TreePart, ...], calibration: Calibration) -> Terms:
    """The calibrated margin (log-odds): a number, and the rules whose numbers are added to it.

    All trees of the same one or two features become one look-up where that is the shorter.
    """
    intercept, rules = calibration.intercept, []
    for part in parts:
        weight = calibration.slope * part.weight
        intercept += weight * part.ensemble.intercept
        for used, trees in _groups(part.ensemble).items():
            group = replace(part.ensemble, trees=trees, intercept=0.0)
            rules += _shortest(group, used, weight) if used else []
            intercept += 0.0 if used else weight * sum(tree.mean for tree in trees)
    return intercept, tuple(rules)


def _groups(ensemble: TreeEnsemble) -> Mapping[tuple[int, ...], tuple[Tree, ...]]:
    groups: dict[tuple[int, ...], list[Tree]] = {}
    for tree in ensemble.trees:
        groups.setdefault(tree.used_features, []).append(tree)
    return {used: tuple(groups[used]) for used in sorted(groups)}


def _shortest(group: TreeEnsemble, used: tuple[int, ...], weight: float) -> list[Rule]:
    trees = [of_tree(tree, group.rules, weight) for tree in group.trees]
    if len(used) > 2 or len(trees) == 1:
        return trees
    try:
        axes = axes_of(group, used)
    except UnsupportedScorer:  # split as a number and as a category
        return trees
    if len(used) == 2 and prod(map(len, axes)) > 4 * group.n_leaves:
        return trees
    table = of_table(axes, _reshaped(weight * group.margins(examples(axes, group.n_features)), axes))
    return [table] if size(table) <= sum(map(size, trees)) else trees


def _reshaped(values: Vector, axes: tuple[Axis, ...]) -> Vector:
    return values.reshape([len(axis) for axis in axes])


def of_features(parts: tuple[TreePart, ...], calibration: Calibration) -> dict[int, list[Rule]]:
    """The rules that add up to what each feature adds to the margin (SHAP, path-dependent), by the feature's place.

    Raises: UnsupportedScorer where they would take more than MOST_CELLS numbers: trees of many features each.
    """
    effects: dict[int, list[Rule]] = {}
    cells = 0
    for part in parts:
        for feature, rule in _attributed(part, calibration.slope * part.weight):
            cells += size(rule)
            _check(cells)
            effects.setdefault(feature, []).append(rule)
    return effects


def of_trees(parts: tuple[TreePart, ...], calibration: Calibration) -> tuple[dict[int, list[Rule]], list[Attributed]]:
    """The same, shorter: rules for what trees of one feature add, sums and products for each tree of more features.

    Raises: UnsupportedScorer where they would take more than MOST_CELLS numbers.
    """
    effects, trees, gates, cells = dict[int, list[Rule]](), list[Attributed](), 0, 0
    for part in parts:
        weight = calibration.slope * part.weight
        for used, group in _groups(part.ensemble).items():
            if len(used) == 1:
                [(feature, rule)] = _of_one_feature(part, used, group, weight)
                effects.setdefault(feature, []).append(rule)
                cells += size(rule)
                continue
            for tree in group if used else ():
                trees.append(attributed(tree, part.ensemble.rules, weight, gates))
                gates += len(trees[-1].gates)
                cells += trees[-1].size
                _check(cells)
    return effects, trees


def _check(cells: int) -> None:
    if cells > MOST_CELLS:
        raise TooManyReasons(f"reasons may take {MOST_CELLS:,} numbers at most; {INSTEAD}")


def _attributed(part: TreePart, weight: float) -> Iterator[tuple[int, Rule]]:
    for used, trees in _groups(part.ensemble).items():
        if len(used) == 1:
            yield from _of_one_feature(part, used, trees, weight)
        elif used:
            for tree in trees:
                yield from _shapley(replace(part.ensemble, trees=(tree,), intercept=0.0), used, weight)


def _of_one_feature(
    part: TreePart, used: tuple[int, ...], trees: tuple[Tree, ...], weight: float
) -> Iterator[tuple[int, Rule]]:
    group = replace(part.ensemble, trees=trees, intercept=0.0)
    mean = 0.0 if part.centred else sum(tree.mean for tree in trees)
    axes = axes_of(group, used)
    values = weight * (group.margins(examples(axes, group.n_features)) - mean)
    yield used[0], of_table(axes, values.round(DECIMALS))


def _shapley(tree: TreeEnsemble, used: tuple[int, ...], weight: float) -> Iterator[tuple[int, Rule]]:
    """The values of one tree of several features are a table over all of their cells."""
    from riskmodel.trees.shap.treeshap import TreeShap  # noqa: PLC0415 - compiled, and only for reasons

    axes = axes_of(tree, used)
    cells = prod(map(len, axes))
    if cells * len(used) > MOST_CELLS:
        more = f"however: one tree has {cells:,} cells"
        raise TooManyReasons(f"reasons may take {MOST_CELLS:,} numbers at most, {more}; {INSTEAD}")
    values = (weight * TreeShap(tree)(examples(axes, tree.n_features))).round(DECIMALS)
    for feature in used:
        yield feature, of_table(axes, np.ascontiguousarray(_reshaped(values[:, feature], axes)))
