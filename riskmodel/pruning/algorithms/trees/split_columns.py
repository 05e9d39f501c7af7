"""The splits that an ensemble already makes on each column, and where rows stand among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.trees import MISSING_NAN, MISSING_NONE, MISSING_ZERO, TreeEnsemble

MOST = 250  # thresholds or categories of a column, so that a place is one byte
ZERO = float(np.float32(1e-35))  # LightGBM's: what is no farther from 0 counts as 0


@dataclass(frozen=True, eq=False)
class SplitColumn:
    """What may be asked of one column, and the answers of rows.

    A row in bin b is left of threshold k where b <= k; of a category the bin is its code. The last bin has the rows
    that go the default way, and categories that no split lists.
    """

    column: int
    thresholds: Vector  # rising; empty for a category
    bins: int  # all of them, the last one included
    place: NDArray[np.uint8]  # of each row
    missing: int  # which values go the default way, one of the MISSING_ constants

    @property
    def categorical(self) -> bool:
        return not len(self.thresholds)


def split_columns(ensemble: TreeEnsemble, matrix: Matrix) -> tuple[SplitColumn, ...]:
    """One for each column that is split by number, and one for each that is split by category, in their order."""
    numbers: dict[int, set[float]] = {}
    codes: dict[int, set[int]] = {}
    missing: dict[int, int] = {}
    for tree in ensemble.trees:
        for node in np.flatnonzero(~tree.is_leaf).tolist():
            column, listed = int(tree.feature[node]), tree.sets[node]
            if listed is None:
                numbers.setdefault(column, set()).add(float(tree.threshold[node]))
                missing[column] = max(missing.get(column, MISSING_NONE), int(tree.missing[node]))
            else:
                codes.setdefault(column, set()).update(listed)
    by_number = [_numeric(ensemble, c, sorted(numbers[c]), matrix[:, c], missing[c]) for c in sorted(numbers)]
    return (*by_number, *(_categorical(c, max(codes[c]), matrix[:, c]) for c in sorted(codes) if max(codes[c]) < MOST))


def _numeric(ensemble: TreeEnsemble, column: int, thresholds: list[float], values: Vector, missing: int) -> SplitColumn:
    edges = np.array(thresholds)
    if len(edges) > MOST:
        edges = edges[np.unique(np.linspace(0, len(edges) - 1, MOST).round().astype(int))]
    if ensemble.rules == "xgboost":
        missing, single = MISSING_NAN, values.astype(np.float32)
        place, default = np.searchsorted(edges.astype(np.float32), single, side="right"), np.isnan(values)
    else:
        zero = np.abs(values) <= ZERO
        default = np.isnan(values) if missing != MISSING_NONE else np.zeros(len(values), np.bool_)
        default |= zero & (missing == MISSING_ZERO)
        place = np.searchsorted(edges, np.where(zero | np.isnan(values), 0.0, values), side="left")
    bins = len(edges) + 2
    return SplitColumn(column, edges, bins, np.where(default, bins - 1, place).astype(np.uint8), missing)


def _categorical(column: int, last: int, values: Vector) -> SplitColumn:
    known = (values >= 0) & (values <= last)
    place = np.where(known, np.where(known, values, 0), last + 1)
    return SplitColumn(column, np.zeros(0), last + 2, place.astype(np.uint8), MISSING_NAN)
