"""The witness: from a start the best cell of one feature after the other, then on from the best with a few changed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from riskmodel.core import Vector
from riskmodel.jit import jitted
from riskmodel.trees.worst_case.flat_parts import FlatParts, Places

ROUNDS = 1000  # from the best applicant with some features changed at random
CHANGED = 4  # of them, at most


def climbed(parts: FlatParts, starts: Sequence[Places], random: np.random.Generator) -> tuple[float, Places]:
    """The largest sum of the parts that was come by, and its cell of each feature.

    Parameters
    ----------
    parts
        As arrays.
    starts
        One cell a feature each, at least one start.
    random
        Changes some features of the best, again and again (iterated local search).
    """
    best, cells = max((climb(parts, start) for start in starts), key=lambda reached: reached[0])
    sizes = np.diff(parts.cell_starts)
    choices = np.flatnonzero(sizes > 1)
    for _ in range(ROUNDS if len(choices) else 0):
        start = cells.copy()
        changed = random.choice(choices, min(int(random.integers(1, CHANGED + 1)), len(choices)), replace=False)
        start[changed] = random.integers(0, sizes[changed])
        value, reached = climb(parts, start)
        if value > best:
            best, cells = value, reached
    return float(best), cells


@jitted()
def climb(parts: FlatParts, start: Places) -> tuple[float, Places]:
    """From a start, until no change of one feature is better; the sum of the parts there."""
    cells, misses = start.copy(), np.zeros(len(parts.value), np.int64)
    for feature in range(len(cells)):
        _count(parts, misses, feature, cells[feature], 1)
    value, better = _sum(parts, misses), True
    while better:
        better = False
        for feature in range(len(cells)):
            if parts.feature_starts[feature] == parts.feature_starts[feature + 1]:
                continue
            _count(parts, misses, feature, cells[feature], -1)
            changes = _by_cell(parts, misses, feature)
            best = int(np.argmax(changes))
            gain = changes[best] - changes[cells[feature]]
            if gain > 1e-12:
                better, value, cells[feature] = True, value + gain, best
            _count(parts, misses, feature, cells[feature], 1)
    return _sum(parts, misses), cells


@jitted()
def _count(parts: FlatParts, misses: Places, feature: int, cell: int, by: int) -> None:
    """Counts for each leaf the features whose cell it does not allow."""
    for k in range(parts.feature_starts[feature], parts.feature_starts[feature + 1]):
        slot = parts.slots_of_feature[k]
        for entry in range(parts.entry_starts[slot], parts.entry_starts[slot + 1]):
            inside = False
            for run in range(parts.run_starts[entry], parts.run_starts[entry + 1]):
                inside = inside or parts.run_first[run] <= cell < parts.run_end[run]
            if not inside:
                misses[parts.entry_leaf[entry]] += by


@jitted()
def _by_cell(parts: FlatParts, misses: Places, feature: int) -> Vector:
    """What the parts that ask for a feature add up to with each of its cells, the other features as they are."""
    sums = np.zeros(parts.cell_starts[feature + 1] - parts.cell_starts[feature])
    for k in range(parts.feature_starts[feature], parts.feature_starts[feature + 1]):
        slot = parts.slots_of_feature[k]
        entry, last, part = parts.entry_starts[slot], parts.entry_starts[slot + 1], parts.slot_part[slot]
        for leaf in range(parts.leaf_starts[part], parts.leaf_starts[part + 1]):
            restricted = entry < last and parts.entry_leaf[entry] == leaf
            if misses[leaf] == 0 and restricted:
                for run in range(parts.run_starts[entry], parts.run_starts[entry + 1]):
                    sums[parts.run_first[run] : parts.run_end[run]] += parts.value[leaf]
            elif misses[leaf] == 0:
                sums += parts.value[leaf]
            if restricted:
                entry += 1
    return sums


@jitted()
def _sum(parts: FlatParts, misses: Places) -> float:
    total = 0.0
    for leaf in range(len(misses)):
        if misses[leaf] == 0:
            total += parts.value[leaf]
    return total
