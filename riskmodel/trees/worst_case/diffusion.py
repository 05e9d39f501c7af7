"""A bound within a box of cells: what parts think of each cell is shared out evenly among them, feature by feature.

Diffusion (Kovalevsky and Koval 1975; Werner 2007, "A linear programming approach to max-sum problem", IEEE PAMI 29)
goes down the dual of the relaxation. Each step keeps a bound, so that it may end at any time: whatever the prices are,
if over the parts they add up to 0 in every cell, then no applicant has more than what the parts have at most with them.
"""

from __future__ import annotations

import numpy as np

from riskmodel.core import Mask, Vector
from riskmodel.jit import jitted
from riskmodel.trees.worst_case.flat_parts import FlatParts

NEVER = -1e200  # less than any sum of prices; some hundreds of them are still a number


@jitted()
def bound_within(
    parts: FlatParts, prices: Vector, constant: float, active: Mask, passes: int
) -> tuple[float, Vector, Vector, float]:
    """The bound on the sum of the parts over the cells that are active.

    Parameters
    ----------
    parts
        As arrays.
    prices : sum over slots of their cells
        What each slot takes for each cell, at most 0.
    constant
        What was taken off the prices to make their largest 0.
    active
        Of all features' cells.
    passes
        How often all features are gone through.

    Returns
    -------
    The bound; of each cell what all parts have with it at most, beside others of its feature; prices; constant.
    """
    prices = prices.copy()
    reach, totals = _restricted(parts, prices, active)
    cell_bounds = np.zeros(len(active))
    for number in range(passes):
        for k in range(len(parts.cell_starts) - 1):
            feature = k if number % 2 == 0 else len(parts.cell_starts) - 2 - k
            constant += _shared(parts, prices, active, reach, totals, cell_bounds, feature)
    bound = constant
    for part in range(len(parts.leaf_starts) - 1):
        bound += totals[parts.leaf_starts[part] : parts.leaf_starts[part + 1]].max()
    return bound, cell_bounds, prices, constant


@jitted()
def _restricted(parts: FlatParts, prices: Vector, active: Mask) -> tuple[Vector, Vector]:
    """No price for a cell that is not active; the best price of each entry, and each leaf with all of its prices."""
    reach, totals = np.zeros(len(parts.entry_leaf)), parts.value.copy()
    for slot in range(len(parts.slot_part)):
        at, cells = parts.slot_starts[slot], parts.cell_starts[parts.slot_feature[slot]]
        for cell in range(parts.slot_starts[slot + 1] - at):
            if not active[cells + cell]:
                prices[at + cell] = NEVER
        _reached(parts, prices, reach, totals, slot)
    return reach, totals


@jitted()
def _reached(parts: FlatParts, prices: Vector, reach: Vector, totals: Vector, slot: int) -> None:
    at = parts.slot_starts[slot]
    for entry in range(parts.entry_starts[slot], parts.entry_starts[slot + 1]):
        best = NEVER
        for run in range(parts.run_starts[entry], parts.run_starts[entry + 1]):
            for cell in range(parts.run_first[run], parts.run_end[run]):
                best = max(best, prices[at + cell])
        reach[entry] = best
        totals[parts.entry_leaf[entry]] += best


@jitted()
def _shared(  # noqa: PLR0917
    parts: FlatParts, prices: Vector, active: Mask, reach: Vector, totals: Vector, cell_bounds: Vector, feature: int
) -> float:
    """One feature: every part that asks for it gets an even share of what all have with each cell."""
    cells, end = parts.cell_starts[feature], parts.cell_starts[feature + 1]
    first, last = parts.feature_starts[feature], parts.feature_starts[feature + 1]
    cell_bounds[cells:end] = 0.0
    if first == last:
        return 0.0
    best = np.empty((last - first, end - cells))
    for k in range(last - first):
        slot = parts.slots_of_feature[first + k]
        _best(parts, reach, totals, slot, best[k])
        for cell in range(end - cells):
            if active[cells + cell]:
                best[k, cell] += prices[parts.slot_starts[slot] + cell]
                cell_bounds[cells + cell] += best[k, cell]
    taken = 0.0
    for k in range(last - first):
        slot = parts.slots_of_feature[first + k]
        at, top = parts.slot_starts[slot], NEVER
        for cell in range(end - cells):
            if active[cells + cell]:
                prices[at + cell] += cell_bounds[cells + cell] / (last - first) - best[k, cell]
                top = max(top, prices[at + cell])
        for cell in range(end - cells):
            if active[cells + cell]:
                prices[at + cell] -= top
        taken += top
        _reached(parts, prices, reach, totals, slot)
    return taken


@jitted()
def _best(parts: FlatParts, reach: Vector, totals: Vector, slot: int, best: Vector) -> None:
    """What the slot's part has at most with each cell, its own price for the feature left out."""
    first, last = parts.entry_starts[slot], parts.entry_starts[slot + 1]
    for entry in range(first, last):
        totals[parts.entry_leaf[entry]] -= reach[entry]
    entry, free, part = first, NEVER, parts.slot_part[slot]
    for leaf in range(parts.leaf_starts[part], parts.leaf_starts[part + 1]):
        if entry < last and parts.entry_leaf[entry] == leaf:
            entry += 1
        else:
            free = max(free, totals[leaf])
    best[:] = free
    for entry in range(first, last):
        own = totals[parts.entry_leaf[entry]]
        for run in range(parts.run_starts[entry], parts.run_starts[entry + 1]):
            for cell in range(parts.run_first[run], parts.run_end[run]):
                best[cell] = max(best[cell], own)
