"""Bounds made narrower by halving: a row is sure when every part of its box is, and turned when the middle of one is.

As branch and bound does for networks (Bunel et al. 2018, NeurIPS), all rows at a time. The number that moves the PD
most is halved first. It counts boxes, not seconds; what is left when they are spent stays open.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Mask, Matrix, Scorer
from riskmodel.evaluation.robustness.margin_ranges import MarginRange

LEVELS, BOXES = 8, 40_000

Ends = tuple[Matrix, Matrix]


@dataclass(frozen=True, eq=False)
class _Parts:
    """Boxes of rows: `owner` is the row of each, `effect` how much each number still moves its PD."""

    owner: NDArray[np.intp]
    low: Matrix
    high: Matrix
    effect: Matrix

    def kept(self, mask: Mask) -> _Parts:
        return _Parts(self.owner[mask], self.low[mask], self.high[mask], self.effect[mask])

    def halves(self) -> _Parts:
        """Both halves of each, by the number of the largest effect."""
        rows, widest = np.arange(len(self.owner)), self.effect.argmax(axis=1)
        middle = (self.low[rows, widest] + self.high[rows, widest]) / 2
        below, above, effect = self.high.copy(), self.low.copy(), self.effect.copy()
        below[rows, widest] = above[rows, widest] = middle
        effect[rows, widest] /= 2
        low, high = np.concatenate([self.low, above]), np.concatenate([below, self.high])
        return _Parts(np.tile(self.owner, 2), low, high, np.tile(effect, (2, 1)))


@dataclass(frozen=True, eq=False)
class HalvedBoxes:
    """Of rows (n): which are turned, and which are not excluded to be."""

    turned: Mask
    open_: Mask


def halved(  # noqa: PLR0917
    scorer: Scorer,
    bounds: MarginRange,
    box: tuple[Matrix, Matrix],
    declined: Mask,
    effect: Matrix,
    cutoffs: tuple[float, float],
) -> HalvedBoxes:
    """Looks at the parts of each row's box.

    Parameters
    ----------
    scorer, bounds
        Who decides, and what no part of a box passes, log-odds before calibration.
    box
        Low and high ends (n x features each).
    declined
        How each row is decided (n).
    effect
        By how much each number alone moves the PD within its box (n x features).
    cutoffs
        The PD, and the log-odds before calibration, from which an application is declined.
    """
    turned = np.zeros(len(declined), np.bool_)
    parts, spent = _Parts(np.arange(len(declined)), *box, effect), 0
    for _ in range(LEVELS):
        parts = parts.halves()
        spent += len(parts.owner)
        if spent > BOXES or not len(parts.owner):
            break
        low, high = bounds(parts.low, parts.high)
        parts = parts.kept(np.where(declined[parts.owner], low < cutoffs[1], high >= cutoffs[1]))
        middle = (scorer.pd((parts.low + parts.high) / 2) >= cutoffs[0]) != declined[parts.owner]
        turned[parts.owner[middle]] = True
        parts = parts.kept(~turned[parts.owner])
    open_ = turned.copy()
    open_[parts.owner] = True
    return HalvedBoxes(turned, open_)
