"""Trees as nested conditions in plain terms, which any language can say: what SQL and C are written from.

The libraries' rules (rounding to single precision, zeros that count as missing, default directions) are worked in here,
so that a writer knows four comparisons and no library.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from riskmodel.trees.compiled.split_edges import last_left
from riskmodel.trees.ensemble import Rules
from riskmodel.trees.lookup_tables import Axis
from riskmodel.trees.tree import LEAF, MISSING_NAN, MISSING_NONE, MISSING_ZERO, Tree


@dataclass(frozen=True)
class Condition:
    """A question about one feature; a missing value answers no, but to `missing`.

    kind: above and at_most compare with `edge`; in asks for one of `codes`; zero for what LightGBM takes for 0.
    """

    feature: int
    kind: Literal["above", "at_most", "in", "missing", "zero"]
    edge: float = 0.0
    codes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Case:
    """What follows from a condition, and what follows otherwise."""

    condition: Condition
    yes: Rule
    no: Rule


Rule: TypeAlias = "float | Case"


def size(rule: Rule) -> int:
    """How many numbers a rule ends in."""
    count, rest = 0, [rule]
    while rest:
        one = rest.pop()
        if isinstance(one, Case):
            rest += [one.yes, one.no]
        else:
            count += 1
    return count


def conditions(rule: Rule) -> Iterator[Condition]:
    """The questions that a rule asks."""
    rest = [rule]
    while rest:
        one = rest.pop()
        if isinstance(one, Case):
            yield one.condition
            rest += [one.yes, one.no]


def case(condition: Condition, yes: Rule, no: Rule) -> Rule:
    """The condition, where it makes a difference."""
    return yes if yes == no else Case(condition, yes, no)


def of_tree(tree: Tree, rules: Rules, weight: float = 1.0) -> Rule:
    """A tree of the library that `rules` names, its leaves times `weight`."""
    made: dict[int, Rule] = {}
    for node in reversed(tree.order):
        if tree.feature[node] == LEAF:
            made[node] = weight * float(tree.value[node])
        else:
            made[node] = of_split(tree, node, rules, made[int(tree.left[node])], made[int(tree.right[node])])
    return made[0]


def of_split(tree: Tree, node: int, rules: Rules, left: Rule, right: Rule) -> Rule:
    """One split of a tree, with what follows on either side."""
    feature, default = int(tree.feature[node]), left if tree.default_left[node] else right
    if (codes := tree.sets[node]) is not None:
        listed, other = (right, left) if rules == "xgboost" else (left, right)
        rest = other if rules == "lightgbm" else case(Condition(feature, "missing"), default, other)
        return case(Condition(feature, "in", codes=codes), listed, rest)
    edge = float(last_left(tree.threshold[[node]], rules)[0])
    kind = MISSING_NAN if rules == "xgboost" else int(tree.missing[node])
    of_zero = left if edge >= 0 else right
    missing = of_zero if kind == MISSING_NONE else default
    compared = _compared(feature, edge, left, right, missing)
    if kind == MISSING_ZERO and default is not of_zero:
        return case(Condition(feature, "zero"), default, compared)
    return compared


def _compared(feature: int, edge: float, left: Rule, right: Rule, missing: Rule) -> Rule:
    if np.isinf(edge):
        number = left if edge > 0 else right
        return case(Condition(feature, "missing"), missing, number)
    if missing == right:
        return case(Condition(feature, "at_most", edge), left, right)
    return case(Condition(feature, "above", edge), right, left)


def of_table(axes: Sequence[Axis], points: NDArray[np.float64]) -> Rule:
    """A look-up table: one dimension of `points` an axis."""
    if not axes:
        return float(points)
    cells = [of_table(axes[1:], points[i]) for i in range(len(axes[0]))]
    return (_levels if axes[0].codes is not None else _steps)(axes[0], cells)


def _levels(axis: Axis, cells: list[Rule]) -> Rule:
    missing, *known, other = cells
    groups: list[tuple[list[int], Rule]] = []
    for code, rule in zip(axis.codes or (), known, strict=True):
        of = next((codes for codes, same in groups if same == rule), None)
        if of is None:
            groups.append(([code], rule))
        else:
            of.append(code)
    result = case(Condition(axis.feature, "missing"), missing, other)
    for codes, rule in reversed(groups):
        if rule != other or missing != other:
            result = case(Condition(axis.feature, "in", codes=tuple(codes)), rule, result)
    return result


def _steps(axis: Axis, cells: list[Rule]) -> Rule:
    """A balanced search; a missing value falls to one of its ends, and is asked for first where neither end is its."""
    missing, *steps = cells
    kept = [i for i in range(len(axis.edges)) if steps[i] != steps[i + 1]]
    edges, values = [axis.edges[i] for i in kept], [*(steps[i] for i in kept), steps[-1]]
    if missing == values[-1]:
        return _search(axis.feature, edges, values, upward=False)
    search = _search(axis.feature, edges, values, upward=True)
    return search if missing == values[0] else case(Condition(axis.feature, "missing"), missing, search)


def _search(feature: int, edges: list[float], values: list[Rule], *, upward: bool) -> Rule:
    if len(values) == 1:
        return values[0]
    cut = len(values) // 2
    low = _search(feature, edges[: cut - 1], values[:cut], upward=upward)
    high = _search(feature, edges[cut:], values[cut:], upward=upward)
    if upward:
        return Case(Condition(feature, "above", edges[cut - 1]), high, low)
    return Case(Condition(feature, "at_most", edges[cut - 1]), low, high)
