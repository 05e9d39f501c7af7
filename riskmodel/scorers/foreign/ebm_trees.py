"""The terms of an explainable boosting machine (interpret) as trees of one or two features.

A missing value has a bin of its own, which two splits at one number part from the others: the first sends it left, the
second right. Levels of a category are listed, and a level that the machine does not know counts as missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector
from riskmodel.errors import UnsupportedScorer
from riskmodel.scorers.foreign.plain_trees import plain_tree
from riskmodel.trees import LEAF, MISSING_NAN, MISSING_NONE, Tree, TreeEnsemble

MOST_FEATURES = 2  # of a term
PLAIN_LINK = "logit"
KINDS = ("continuous", "nominal")
Codes = Mapping[int, Mapping[str, int]]  # by the place of a nominal feature, and by level
Node = tuple[Any, ...]  # (value, rows) of a leaf; (feature, edge or codes, missing left, left, right) of a split


def ensemble_of(model: Any, codes: Codes) -> TreeEnsemble:
    """A tree a term of a fitted classifier, in the order of its terms. Raises: UnsupportedScorer."""
    _check(model)
    trees = tuple(_tree(model, place, codes) for place in range(len(model.term_features_)))
    intercept = float(np.ravel(model.intercept_)[0])
    return TreeEnsemble(trees or (_made((0.0, 1.0)),), intercept, len(model.feature_names_in_), "lightgbm")


def level_codes(model: Any) -> Codes:
    """The levels of each nominal feature, numbered as they stand."""
    places = [place for place, kind in enumerate(model.feature_types_in_) if kind == "nominal"]
    return {place: {level: code for code, level in enumerate(model.bins_[place][0])} for place in places}


def _check(model: Any) -> None:
    if len(model.classes_) != 2 or model.link_ != PLAIN_LINK:
        raise UnsupportedScorer(
            f"the model must have two classes and the link {PLAIN_LINK}, however: {len(model.classes_)}, {model.link_}"
        )
    for name, kind in zip(model.feature_names_in_, model.feature_types_in_, strict=True):
        if kind not in KINDS:
            raise UnsupportedScorer(
                f"an EBM's features must be {' or '.join(KINDS)}, however: {name!r} is {kind}; fit with feature_types"
            )
    if (most := max(map(len, model.term_features_), default=0)) > MOST_FEATURES:
        raise UnsupportedScorer(f"an EBM's terms must have one or two features, however: {most}")


@dataclass(frozen=True)
class TermAxis:
    """What parts the bins of a feature: the largest number below each cut, or the codes of each bin of levels."""

    feature: int
    edges: Vector
    codes: tuple[tuple[int, ...], ...] | None = None

    @property
    def bins(self) -> int:
        """With the one of missing values, the first."""
        return 1 + (len(self.edges) + 1 if self.codes is None else len(self.codes))

    def split(self, bins: Sequence[Node]) -> Node:
        """What holds in each of its bins, as nested splits."""
        return self._split_numbers(bins) if self.codes is None else self._split_levels(bins)

    def _split_numbers(self, bins: Sequence[Node]) -> Node:
        missing, *inside = bins
        middle, feature = len(self.edges) // 2, self.feature
        if not len(self.edges):
            return feature, 0.0, True, (feature, 0.0, False, inside[0], missing), inside[0]
        edge = float(self.edges[middle])
        low = _between(feature, self.edges[:middle], inside[: middle + 1])
        high = _between(feature, self.edges[middle + 1 :], inside[middle + 1 :])
        return feature, edge, True, (feature, edge, False, low, missing), high

    def _split_levels(self, bins: Sequence[Node]) -> Node:
        missing, *inside = bins
        listed = tuple(zip(self.codes or (), inside, strict=True))
        return (self.feature, _all(listed), False, _listed(self.feature, listed), missing) if listed else missing


def _tree(model: Any, place: int, codes: Codes) -> Tree:
    """The tree of a term."""
    features = model.term_features_[place]
    axes = [_axis(model, feature, len(features), codes) for feature in features]
    scores = np.asarray(model.term_scores_[place], np.float64)
    rows = np.asarray(model.bin_weights_[place], np.float64)
    return _made(_split_up(axes, scores, rows))


def bins_of(model: Any, feature: int, features: int) -> Any:
    """Its cuts, or the bin of each level, in a term of so many features."""
    levels = model.bins_[feature]
    return levels[min(len(levels), features) - 1]


def _axis(model: Any, feature: int, features: int, codes: Codes) -> TermAxis:
    bins = bins_of(model, feature, features)
    if feature not in codes:  # a number at a cut lies in the bin above
        return TermAxis(feature, np.nextafter(np.asarray(bins, np.float64), -np.inf))
    of: dict[int, list[int]] = {}
    for level, place in bins.items():
        of.setdefault(place, []).append(codes[feature][level])
    return TermAxis(feature, np.zeros(0), tuple(tuple(sorted(of[place])) for place in sorted(of)))


def _split_up(axes: Sequence[TermAxis], scores: Any, rows: Any) -> Node:
    """A table as nested splits: its first bin is what is missing, its last is no value's."""
    if not axes:
        return float(scores), float(rows)
    return axes[0].split([_split_up(axes[1:], scores[i], rows[i]) for i in range(axes[0].bins)])


def _between(feature: int, edges: Vector, bins: Sequence[Node]) -> Node:
    """Bins in their order, one more than edges; neighbours that say the same are one."""
    if not len(edges):
        return bins[0]
    middle = len(edges) // 2
    low = _between(feature, edges[:middle], bins[: middle + 1])
    high = _between(feature, edges[middle + 1 :], bins[middle + 1 :])
    return _one(low, high) or (feature, float(edges[middle]), False, low, high)


def _listed(feature: int, listed: Sequence[tuple[tuple[int, ...], Node]]) -> Node:
    """Bins of levels; those that say the same are one."""
    if len(listed) == 1:
        return listed[0][1]
    middle = len(listed) // 2
    low, high = _listed(feature, listed[:middle]), _listed(feature, listed[middle:])
    return _one(low, high) or (feature, _all(listed[:middle]), False, low, high)


def _all(listed: Sequence[tuple[tuple[int, ...], Node]]) -> tuple[int, ...]:
    return tuple(sorted(code for codes, _ in listed for code in codes))


def _one(low: Node, high: Node) -> Node | None:
    """Two leaves that say the same, as one."""
    return (low[0], low[1] + high[1]) if len(low) == len(high) == 2 and low[0] == high[0] else None


def _made(root: Node) -> Tree:
    """Nested splits as arrays, each node before its children."""
    nodes, links = [root], []
    for node in nodes:
        links.append((len(nodes), len(nodes) + 1) if len(node) > 2 else (LEAF, LEAF))
        nodes += node[3:]
    split = np.array([len(node) > 2 for node in nodes])
    sets = tuple(node[1] if len(node) > 2 and isinstance(node[1], tuple) else None for node in nodes)
    left, right = np.array(links).T
    listed = np.array([codes is not None for codes in sets])
    return plain_tree(
        feature=_each(nodes, 0, LEAF).astype(np.int64),
        threshold=np.array([0.0 if len(node) == 2 or isinstance(node[1], tuple) else node[1] for node in nodes]),
        children=(left, right),
        value=np.array([0.0 if inner else node[0] for node, inner in zip(nodes, split, strict=True)]),
        cover=np.array([1.0 if inner else node[1] for node, inner in zip(nodes, split, strict=True)]),
        missing=(np.where(listed, MISSING_NONE, MISSING_NAN), _each(nodes, 2, 0.0).astype(bool)),
        sets=sets,
    )


def _each(nodes: Sequence[Node], part: int, leaf: float) -> NDArray[np.float64]:
    return np.array([node[part] if len(node) > 2 else leaf for node in nodes], np.float64)
