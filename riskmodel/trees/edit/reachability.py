"""Which inputs can come to a node: the splits above it, followed for each feature; and the cuts that follow.

A state may allow more than can be (of a feature that is split both as a number and as a category), never less: what it
calls impossible is impossible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from riskmodel.trees.edit.rebuild import spliced
from riskmodel.trees.ensemble import Rules
from riskmodel.trees.tree import LEAF, MISSING_NONE, MISSING_ZERO, Tree

ZERO = float(np.float32(1e-35))  # LightGBM's: what is no farther from 0 counts as 0
INFINITY = float("inf")


@dataclass(frozen=True)
class Numbers:
    """low < x <= high in LightGBM, low <= x < high in XGBoost; both infinities belong to it until a split says no.

    nan: whether a missing value can come here. zero: whether what LightGBM counts as 0 can; x is then any other number.
    """

    rules: Rules
    low: float = -INFINITY
    high: float = INFINITY
    nan: bool = True
    zero: bool = True

    @property
    def some(self) -> bool:
        """Whether some number can come here, zero aside in LightGBM."""
        if self.rules == "xgboost":
            return self.low < self.high or self.low == INFINITY
        outside = self.low < np.nextafter(-ZERO, -1) or self.high > ZERO
        return (self.low < self.high and outside) or self.high == -INFINITY

    @property
    def possible(self) -> bool:
        return self.some or self.nan or (self.zero and self.rules == "lightgbm")

    def split(self, threshold: float, default_left: bool, missing: int) -> tuple[Numbers, Numbers]:
        """What goes left and what goes right."""
        nan_left, zero_left = default_left, threshold >= 0
        if self.rules == "lightgbm":
            nan_left = zero_left if missing == MISSING_NONE else default_left
            zero_left = default_left if missing == MISSING_ZERO else zero_left
        left = replace(self, high=min(self.high, threshold), nan=self.nan and nan_left, zero=self.zero and zero_left)
        right = replace(
            self, low=max(self.low, threshold), nan=self.nan and not nan_left, zero=self.zero and not zero_left
        )
        return left, right

    def meets(self, other: Numbers) -> bool:
        """Whether some value can come to both."""
        both = Numbers(
            self.rules,
            max(self.low, other.low),
            min(self.high, other.high),
            self.nan and other.nan,
            self.zero and other.zero,
        )
        return both.possible


@dataclass(frozen=True)
class Categories:
    """The codes that can come to a node: those `within` (None: any at all, and what is no code), less those `without`.

    nan: whether a missing value can come here, where it has a way of its own (XGBoost).
    """

    rules: Rules
    within: frozenset[int] | None = None
    without: frozenset[int] = frozenset()
    nan: bool = True

    @property
    def possible(self) -> bool:
        return self.within is None or bool(self.within - self.without) or (self.nan and self.rules == "xgboost")

    def listed(self, codes: tuple[int, ...]) -> tuple[int, ...]:
        """Those of the codes that can come here."""
        return tuple(c for c in codes if c not in self.without and (self.within is None or c in self.within))

    def split(self, codes: tuple[int, ...], default_left: bool) -> tuple[Categories, Categories]:
        """What goes left and what goes right: listed codes left in LightGBM, right in XGBoost."""
        listed = replace(self, within=frozenset(self.listed(codes)), without=frozenset())
        others = replace(self, without=self.without | set(codes))
        if self.rules == "lightgbm":
            return listed, others
        return replace(others, nan=self.nan and default_left), replace(listed, nan=self.nan and not default_left)

    def meets(self, other: Categories) -> bool:
        """Whether some value can come to both."""
        without = self.without | other.without
        if self.within is None or other.within is None:
            within = other.within if self.within is None else self.within
        else:
            within = self.within & other.within
        return Categories(self.rules, within, without, self.nan and other.nan).possible


Key: TypeAlias = tuple[int, bool]  # feature, and whether it is split by category
Box: TypeAlias = Mapping[Key, Numbers | Categories]


def boxes(tree: Tree, rules: Rules) -> dict[int, Box]:
    """What can come to each node that anything can come to; a feature that no split above asks for is left out."""
    reached: dict[int, Box] = {0: {}}
    for node in tree.order:
        if node in reached and tree.feature[node] != LEAF:
            key = int(tree.feature[node]), tree.sets[node] is not None
            sides = _split(tree, node, reached[node], rules)
            for child, state in zip((tree.left[node], tree.right[node]), sides, strict=True):
                if state.possible:
                    reached[int(child)] = {**reached[node], key: state}
    return reached


def _split(tree: Tree, node: int, box: Box, rules: Rules) -> tuple[Numbers | Categories, Numbers | Categories]:
    feature, listed, left = int(tree.feature[node]), tree.sets[node], bool(tree.default_left[node])
    if listed is not None:
        categories = box.get((feature, True), Categories(rules))
        assert isinstance(categories, Categories)  # noqa: S101 - the key says so
        return categories.split(listed, left)
    numbers = box.get((feature, False), Numbers(rules))
    assert isinstance(numbers, Numbers)  # noqa: S101 - the key says so
    return numbers.split(float(tree.threshold[node]), left, int(tree.missing[node]))


def without_unreachable(tree: Tree, rules: Rules) -> Tree:
    """The tree without branches that nothing can come to, and without the categories that cannot come to a split.

    Margins stay to the last bit. A tree where there is nothing to do is returned as it is.
    """
    reached = boxes(tree, rules)
    instead: dict[int, int] = {}
    sets: dict[int, tuple[int, ...]] = {}
    for node, box in reached.items():
        if tree.feature[node] == LEAF:
            continue
        left, right, listed = int(tree.left[node]), int(tree.right[node]), tree.sets[node]
        if left not in reached or right not in reached:
            instead[node] = left if left in reached else right
        elif listed and (codes := _codes(listed, box.get((int(tree.feature[node]), True)))) != listed:
            sets[node] = codes
    return spliced(tree, instead, sets) if instead or sets else tree


def _codes(listed: tuple[int, ...], state: Numbers | Categories | None) -> tuple[int, ...]:
    """Those that can come; all where none can, since a list must not be empty (its side may still take the missing)."""
    return (isinstance(state, Categories) and state.listed(listed)) or listed
