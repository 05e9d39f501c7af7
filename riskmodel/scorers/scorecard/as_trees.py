"""A scorecard as trees of one feature each, so that what is written for trees serves it too."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from riskmodel.scorers.scorecard.card import Card
from riskmodel.trees import LEAF, MISSING_NAN, Tree, TreeEnsemble


def as_trees(cards: Sequence[Card], intercept: float) -> TreeEnsemble:
    """One chain of questions a feature that is used; a number nearer to 0 than 1e-35 counts as 0."""
    trees = tuple(_tree(place, card) for place, card in enumerate(cards) if card.is_used)
    return TreeEnsemble(trees, intercept, len(cards), "lightgbm")


def _tree(feature: int, card: Card) -> Tree:
    """Missing goes right at the first question, which every number answers with yes, then right at every other."""
    if card.bins.groups:
        groups = range(len(card.bins) - 1)
        sets = [tuple(code for code, group in enumerate(card.bins.groups) if group == g) for g in groups]
        return _chain(feature, [(0.0, listed) for listed in sets], card.margins)
    edges = [(edge, None) for edge in card.bins.edges]
    return _chain(feature, [*edges, (np.inf, None)], card.margins)


def _chain(feature: int, questions: list[tuple[float, tuple[int, ...] | None]], values: tuple[float, ...]) -> Tree:
    """Question after question: yes ends at a leaf, no leads on; the last no ends at the last value."""
    count = len(questions)
    node, leaf = np.arange(count), count + np.arange(count + 1)
    split, ends = np.full(2 * count + 1, LEAF), np.zeros(count + 1)
    split[:count] = feature
    nothing = np.zeros(2 * count + 1)
    return Tree(
        feature=split.astype(np.int32),
        threshold=np.concatenate([[at for at, _ in questions], ends]),
        left=np.concatenate([leaf[:count], np.full(count + 1, LEAF)]).astype(np.int32),
        right=np.concatenate([node[1:], leaf[count:], np.full(count + 1, LEAF)]).astype(np.int32),
        value=np.concatenate([np.zeros(count), values]),
        cover=nothing,
        default_left=nothing.astype(np.bool_),
        missing=np.where(split == LEAF, 0, MISSING_NAN).astype(np.uint8),
        sets=(*(listed for _, listed in questions), *([None] * (count + 1))),
    )
