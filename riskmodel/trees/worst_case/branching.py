"""Branch and bound over boxes of cells: the box of the largest bound is halved, until a witness meets it.

Best first, as in Devos, Meert and Davis 2021 ("Versatile verification of tree ensembles", ICML), whose boxes are made
by the leaves; here the cells of one feature are parted, and the bound is that of the relaxation. It may end at any
time: the largest bound of an open box holds for all applicants. Steps are counted, not seconds, so that every machine
ends at the same box.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from riskmodel.core import Mask, Vector
from riskmodel.trees.worst_case.climbing import climb
from riskmodel.trees.worst_case.diffusion import bound_within
from riskmodel.trees.worst_case.flat_parts import FlatParts, Places

BUDGET = 6e9  # steps of one direction: some half a minute on one core
AT_ROOT, IN_A_BOX = 40, 4  # passes
CLOSE = 1e-9


@dataclass(order=True)
class Box:
    """Places that are left; sorted by the bound, largest first, then by age."""

    key: tuple[float, int]
    active: Mask = field(compare=False)
    cell_bounds: Vector = field(compare=False)


def tightened(parts: FlatParts, prices: Vector, relaxed: float, reached: tuple[float, Places]) -> tuple[float, Places]:
    """A bound on the sum of the parts that is no larger than the relaxed one, and who comes nearest to it.

    Parameters
    ----------
    parts, prices
        As arrays; each slot's price of each cell, whose sum over the slots of a feature is 0.
    relaxed
        The bound to start from.
    reached
        What an applicant is known to have, and its cell of each feature.
    """
    prices, constant = _at_most_zero(parts, prices)
    whole = np.ones(int(parts.cell_starts[-1]), np.bool_)
    bound, cell_bounds, prices, constant = bound_within(parts, prices, constant, whole, AT_ROOT)
    if not len(parts.slot_part):
        return min(relaxed, float(bound)), reached[1]
    boxes, made = [Box((-min(bound, relaxed), 0), whole, cell_bounds)], 0
    left = BUDGET / parts.work - 2 * AT_ROOT
    while left > 0 and -boxes[0].key[0] > reached[0] + CLOSE:
        halves = _halves(parts, boxes[0])
        if halves is None:  # a single applicant, whose value is the bound
            break
        parent = -heapq.heappop(boxes).key[0]
        for active in halves:
            bound, cell_bounds, *_ = bound_within(parts, prices, constant, active, IN_A_BOX)
            reached = max(reached, climb(parts, _best_cells(parts, active, cell_bounds)), key=lambda one: one[0])
            made, left = made + 1, left - 2 * IN_A_BOX - 1
            heapq.heappush(boxes, Box((-min(float(bound), parent), made), active, cell_bounds))
    return max(-boxes[0].key[0], float(reached[0])), reached[1]


def _at_most_zero(parts: FlatParts, prices: Vector) -> tuple[Vector, float]:
    prices, constant = prices.copy(), 0.0
    for slot in range(len(parts.slot_part)):
        own = prices[parts.slot_starts[slot] : parts.slot_starts[slot + 1]]
        top = float(own.max())
        own -= top
        constant += top
    return prices, constant


def _best_cells(parts: FlatParts, active: Mask, cell_bounds: Vector) -> Places:
    """Of each feature the cell with which all parts together have most."""
    best = np.where(active, cell_bounds, -np.inf)
    edges = parts.cell_starts
    return np.array([int(np.argmax(best[a:b])) for a, b in pairwise(edges)], np.int64)


def _halves(parts: FlatParts, box: Box) -> tuple[Mask, Mask] | None:
    """Where parting the cells of one feature takes most from the bound of both sides; None of a single applicant."""
    best: tuple[float, Places, Places] | None = None
    for feature in range(len(parts.cell_starts) - 1):
        cells = int(parts.cell_starts[feature]) + np.flatnonzero(
            box.active[parts.cell_starts[feature] : parts.cell_starts[feature + 1]]
        )
        if len(cells) > 1:
            gain, at = _gain(box.cell_bounds[cells])
            if best is None or gain > best[0]:
                best = gain, cells[:at], cells[at:]
    if best is None:
        return None
    one, other = box.active.copy(), box.active.copy()
    one[best[2]], other[best[1]] = False, False
    return one, other


def _gain(cell_bounds: Vector) -> tuple[float, int]:
    """How much parting the cells gains, and how many lie before the place; equal ones are parted in the middle."""
    lost = cell_bounds.max() - cell_bounds
    sides = np.array([np.minimum.accumulate(lost)[:-1], np.minimum.accumulate(lost[::-1])[-2::-1]])
    middle = np.minimum(np.arange(1, len(lost)), np.arange(len(lost) - 1, 0, -1)) / len(lost)
    gain = sides.max(axis=0) + 5 * sides.min(axis=0) + 1e-3 * middle
    at = int(np.argmax(gain))
    return float(gain[at] + 0.3 * lost.mean()), at + 1
