"""Whether some row within a box is decided otherwise, for trees exactly: boxes are halved at splits until each is sure.

As branch and bound over boxes in Devos, Meert and Davis 2021. It counts boxes, not seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from riskmodel.core import Vector
from riskmodel.trees.ensemble import TreeEnsemble
from riskmodel.trees.tree import LEAF
from riskmodel.trees.worst_case.box_range import BoxRange

MOST = 2_000  # boxes a row


@dataclass(frozen=True, eq=False)
class BoxAnswer:
    """A row on the other side, if there is one; `sure` is whether the search came to its end."""

    witness: Vector | None
    sure: bool


class BoxSearch:
    """An ensemble, asked about many boxes."""

    def __init__(self, ensemble: TreeEnsemble) -> None:
        self._range = BoxRange(ensemble)
        self._single = ensemble.rules == "xgboost"
        self._thresholds = [np.unique(values) for values in _thresholds(ensemble)]

    def __call__(self, low: Vector, high: Vector, cutoff: float, *, upward: bool) -> BoxAnswer:
        """Looks within a box (n_features each) for a margin at or above the cutoff, or else below it."""
        boxes, asked = [(low, high)], 0
        while boxes:
            if asked >= MOST:
                return BoxAnswer(None, sure=False)
            at, asked = boxes.pop(), asked + 1
            (least,), (most,) = self._range(at[0][None], at[1][None])
            if (most < cutoff) if upward else (least >= cutoff):
                continue
            if (least >= cutoff) if upward else (most < cutoff):
                return BoxAnswer(at[0], sure=True)
            halves = self._halves(*at)
            if not halves:  # one cell, and its margin is within rounding of the cutoff
                return BoxAnswer(None, sure=False)
            boxes += halves
        return BoxAnswer(None, sure=True)

    def _halves(self, low: Vector, high: Vector) -> list[tuple[Vector, Vector]]:
        """The box on both sides of the middle one of the splits that part it, of the feature with the most."""
        inside = [self._parting(feature, low[feature], high[feature]) for feature in range(len(low))]
        feature = int(np.argmax([len(values) for values in inside]))
        if not len(inside[feature]):
            return []
        left_high, right_low = self._beside(float(inside[feature][len(inside[feature]) // 2]))
        below, above = high.copy(), low.copy()
        below[feature] = max(left_high, low[feature])  # numbers that single precision takes for one
        above[feature] = min(right_low, high[feature])
        return [(low, below), (above, high)]

    def _parting(self, feature: int, low: float, high: float) -> Vector:
        """The thresholds with some number of the interval on each side."""
        values = self._thresholds[feature]
        if not low < high:
            return values[:0]
        if self._single:
            first, last = np.float32(low), np.float32(high)
            return values[(values > first) & (values <= last)]
        return values[(values >= low) & (values < high)]

    def _beside(self, threshold: float) -> tuple[float, float]:
        """The largest number that goes left, and the smallest that goes right."""
        if self._single:
            return float(np.nextafter(np.float32(threshold), np.float32(-np.inf))), threshold
        return threshold, float(np.nextafter(threshold, np.inf))


def _thresholds(ensemble: TreeEnsemble) -> list[Vector]:
    columns: list[list[float]] = [[] for _ in range(ensemble.n_features)]
    for tree in ensemble.trees:
        for node in np.flatnonzero(tree.feature != LEAF):
            if tree.sets[node] is None:
                columns[tree.feature[node]].append(tree.threshold[node])
    single = ensemble.rules == "xgboost"
    return [np.array(values, np.float32).astype(np.float64) if single else np.array(values) for values in columns]
