"""Trees of one or two features as the terms of an explainable boosting machine: tables over bins."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from riskmodel.core import Vector
from riskmodel.errors import UnsupportedScorer
from riskmodel.scorers.foreign.ebm_trees import MOST_FEATURES, Codes, bins_of
from riskmodel.trees import Tree, TreeEnsemble
from riskmodel.trees.compiled.split_edges import last_left

Features = tuple[int, ...]
Cuts = Mapping[tuple[int, int], Vector]  # by feature, and by how many features the term has


def rebuilt(model: Any, ensemble: TreeEnsemble, codes: Codes) -> Any:
    """A machine like the given one, with these trees as its terms; the bins are those that they ask for.

    What was known of single bags of the old terms is not known of the new ones, and their deviations are 0.
    Levels keep a bin each, and one that is not known says what a missing value does.
    Raises: UnsupportedScorer for a tree of three features.
    """
    terms, intercept = _terms(ensemble)
    cuts = _cuts(terms, codes)
    made = copy.copy(model)
    tables = [_table(term, cuts, ensemble, codes) for term in terms]
    weights = [_weights(model, term.features, cuts, codes) for term in terms]
    means = [
        float(np.average(table, weights=w)) if w.sum() > 0 else 0.0 for table, w in zip(tables, weights, strict=True)
    ]
    made.term_features_ = [term.features for term in terms]
    made.term_scores_ = [
        _centred(table, mean, [feature in codes for feature in term.features])
        for term, table, mean in zip(terms, tables, means, strict=True)
    ]
    made.standard_deviations_ = [np.zeros_like(table) for table in tables]
    made.bin_weights_ = weights
    made.bagged_scores_ = [np.repeat(table[None], len(model.bagged_intercept_), axis=0) for table in made.term_scores_]
    made.intercept_ = np.full_like(np.asarray(model.intercept_, np.float64), intercept + sum(means))
    made.bagged_intercept_ = np.repeat(made.intercept_, len(model.bagged_intercept_))
    made.bins_ = [
        [dict(zip(codes[feature], range(1, len(codes[feature]) + 1), strict=True))]
        if feature in codes
        else _levels(feature, cuts)
        for feature in range(ensemble.n_features)
    ]
    return made


@dataclass(frozen=True)
class Term:
    """Trees that ask for the same features, in their order."""

    features: Features
    trees: tuple[Tree, ...]


def _terms(ensemble: TreeEnsemble) -> tuple[list[Term], float]:
    """Single features first; and what the trees without a split add to the intercept."""
    of: dict[Features, list[Tree]] = {}
    for tree in ensemble.trees:
        if len(tree.used_features) > MOST_FEATURES:
            raise UnsupportedScorer("an EBM's terms are of one or two features; another tree has no place in it")
        of.setdefault(tuple(sorted(tree.used_features)), []).append(tree)
    constant = sum(float(tree.value[0]) for tree in of.pop((), []))
    order = sorted(of, key=lambda features: (len(features), features))
    return [Term(features, tuple(of[features])) for features in order], ensemble.intercept + constant


def _cuts(terms: Sequence[Term], codes: Codes) -> Cuts:
    """Where bins part; of a nominal feature, its codes but the first."""
    asked: dict[tuple[int, int], set[float]] = {}
    for term in terms:
        for feature in term.features:
            cuts = asked.setdefault((feature, len(term.features)), set())
            if feature in codes:
                cuts.update(range(1, len(codes[feature])))
                continue
            for tree in term.trees:
                edges = last_left(tree.threshold[tree.feature == feature], "lightgbm")
                cuts.update(np.nextafter(edges, np.inf).tolist())
    return {key: np.array(sorted(cuts)) for key, cuts in asked.items()}


def _levels(feature: int, cuts: Cuts) -> list[Vector]:
    """The bins of a feature by the size of the term; where it is in no pair, its own alone."""
    own, paired = (cuts.get((feature, size)) for size in (1, 2))
    none = np.zeros(0)
    return [none if own is None else own] if paired is None else [none if own is None else own, paired]


def _table(term: Term, cuts: Cuts, ensemble: TreeEnsemble, codes: Codes) -> Any:
    """What the trees add in each cell: missing, the bins, and what is no value's: 0, or what is missing of levels."""
    axes = [
        np.array([np.nan, *range(len(codes[feature]))])
        if feature in codes
        else _inside(cuts[feature, len(term.features)])
        for feature in term.features
    ]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))
    rows = np.zeros((len(grid), ensemble.n_features))
    rows[:, list(term.features)] = grid
    table = replace(ensemble, trees=term.trees, intercept=0.0).margins(rows).reshape([len(axis) for axis in axes])
    for axis, feature in enumerate(term.features):
        beyond = np.take(table, [0], axis=axis)
        table = np.concatenate([table, beyond if feature in codes else np.zeros_like(beyond)], axis=axis)
    return table


def _inside(cuts: Vector) -> Vector:
    """A value of each bin, the missing one first."""
    below = np.nextafter(cuts[0], -np.inf) if len(cuts) else 0.0
    return np.array([np.nan, below, *cuts])


def _centred(table: Any, mean: float, nominal: Sequence[bool]) -> Any:
    """The same with a mean of 0 over the rows, as the machine has it; what is no number's stays 0."""
    inside = tuple(slice(None) if levels else slice(0, -1) for levels in nominal)
    made = table.copy()
    made[inside] -= mean
    return made


def _weights(model: Any, features: Features, cuts: Cuts, codes: Codes) -> Any:
    """How many rows of the given machine's each new bin holds, as far as its old bins say."""
    shape = [len(codes[f]) + 2 if f in codes else len(cuts[f, len(features)]) + 3 for f in features]
    old = {tuple(sorted(term)): place for place, term in enumerate(model.term_features_)}
    if features not in old:
        return np.zeros(shape)
    place = old[features]
    weights = np.asarray(model.bin_weights_[place], np.float64)
    order = [list(model.term_features_[place]).index(feature) for feature in features]
    weights = weights.transpose(order)
    for axis, feature in enumerate(features):
        before = bins_of(model, feature, len(features))
        if feature in codes:
            weights = _by_level(weights, axis, before, codes[feature])
            continue
        inside = _inside(np.asarray(before, np.float64))
        bins = np.searchsorted(cuts[feature, len(features)], inside[1:], side="right") + 1
        weights = _merged(weights, axis, np.array([0, *bins, shape[axis] - 1]), shape[axis])
    return weights


def _merged(weights: Any, axis: int, to: Any, size: int) -> Any:
    """Along one axis, what goes to the same place added up."""
    merged = np.zeros([*weights.shape[:axis], size, *weights.shape[axis + 1 :]])
    np.add.at(np.moveaxis(merged, axis, 0), to, np.moveaxis(weights, axis, 0))
    return merged


def _by_level(weights: Any, axis: int, before: Mapping[str, int], codes: Mapping[str, int]) -> Any:
    """One bin a level; levels that shared one have even parts of it."""
    share = np.zeros((len(codes) + 2, weights.shape[axis]))
    share[0, 0] = share[-1, -1] = 1.0
    shared = np.bincount(list(before.values()), minlength=weights.shape[axis])
    for level, code in codes.items():
        share[code + 1, before[level]] = 1.0 / shared[before[level]]
    return np.moveaxis(np.tensordot(share, weights, axes=(1, axis)), 0, axis)
