"""The nearest value that turns a decision, by trying every value there is with the library that trained the trees."""

import numpy as np

from riskmodel.scorers.blend import BlendScorer
from riskmodel.trees.compiled.split_edges import last_left
from riskmodel.trees.parts import parts_of


def library(scorer, rows):
    """Raw margins by the libraries that trained it; of a scorecard by its bins, which are no trees."""
    if isinstance(scorer, BlendScorer):
        members = (w * library(member, rows) for w, member in zip(scorer.weights, scorer.members, strict=True))
        return scorer.intercept + sum(members)
    return scorer.raw_margin(rows) if scorer.kind == "scorecard" else scorer.native_margin(rows)


def thresholds(scorer, place):
    return sorted({
        float(tree.threshold[node])
        for part in parts_of(scorer)
        for tree in part.ensemble.trees
        for node in np.flatnonzero(tree.feature == place)
        if tree.sets[node] is None and np.isfinite(tree.threshold[node])
    })  # fmt: skip


def by_hand(scorer, row, place, limit):
    """The nearest of all numbers around all thresholds at which the library's margin is below the limit."""
    column = scorer.features[place]
    values = []
    for threshold in thresholds(scorer, place):
        single = np.float32(threshold)  # XGBoost compares in single precision
        beside = (np.nextafter(single, np.float32(end)) for end in (-np.inf, np.inf))
        values += [float(single), *map(float, beside), threshold, np.nextafter(threshold, np.inf)]
        values += last_left(np.array([threshold]), "xgboost").tolist()
    low, high = (-np.inf, np.inf) if column.low is None else (column.low, column.high)
    values = np.array([v for v in values if low <= v <= high and (v - row[place]) * column.monotone <= 0])
    if not len(values):
        return np.nan
    changed = np.tile(row, (len(values), 1))
    changed[:, place] = values
    turned = values[scorer.calibration(library(scorer, changed)) < limit]
    return turned[np.argmin(np.abs(turned - row[place]))] if len(turned) else np.nan


def changed_to(row, place, value):
    changed = row.copy()
    changed[place] = value
    return changed[None]
