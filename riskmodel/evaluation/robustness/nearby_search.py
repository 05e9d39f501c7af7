"""Looks for a row near each row that is decided otherwise: by scores alone, whatever the scorer is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Mask, Matrix, Scorer, Vector

ROUNDS = 2  # of one feature after the other
FAR = 3.0  # times what all features alone bring together, from the cutoff: nothing is looked for beyond


@dataclass(frozen=True, eq=False)
class NearbyRows:
    """What the search came to.

    Parameters
    ----------
    turned
        Rows (n) for which one was scored that is decided otherwise.
    alone
        The same where one feature alone is changed, to an end of its interval (n x features).
    effect
        By how much such a change moves the PD at most (n x features).
    """

    turned: Mask
    alone: NDArray[np.bool_]
    effect: Matrix


def searched(scorer: Scorer, matrix: Matrix, reach: Vector, cutoff: float) -> NearbyRows:
    """From each row (n x features) all features to the better end of their intervals, then one after the other.

    `reach` (features) is how far a number may go either way; missing values and categories stay.
    """
    pd = scorer.pd(matrix)
    sign = np.where(pd >= cutoff, -1.0, 1.0)
    ends = _ends(scorer, matrix, reach, pd)
    gain = sign[:, None, None] * (ends - pd[:, None, None])
    better = np.where(gain[..., 1] > gain[..., 0], 1.0, -1.0) * (gain.max(axis=2) > 0)
    alone = (ends >= cutoff) != (pd >= cutoff)[:, None, None]
    turned = alone.any(axis=(1, 2)) | _otherwise(scorer, matrix + better * reach, pd, cutoff)
    hope = FAR * np.maximum(gain.max(axis=2), 0).sum(axis=1)
    left = np.flatnonzero(~turned & (np.abs(pd - cutoff) <= hope))
    if len(left):
        best = _climbed(scorer, matrix[left], reach, better[left], sign[left])
        turned[left] = _otherwise(scorer, best, pd[left], cutoff)
    return NearbyRows(turned, alone.any(axis=2), np.abs(gain).max(axis=2))


def _ends(scorer: Scorer, matrix: Matrix, reach: Vector, pd: Vector) -> NDArray[np.float64]:
    """The PD with each feature at either end of its interval, the others as they are: n x features x 2."""
    out = np.repeat(pd, 2 * matrix.shape[1]).reshape(*matrix.shape, 2)
    for feature in np.flatnonzero(reach > 0):
        for side, step in enumerate((-reach[feature], reach[feature])):
            changed = matrix.copy()
            changed[:, feature] += step
            out[:, feature, side] = scorer.pd(changed)
    return out


def _otherwise(scorer: Scorer, rows: Matrix, pd: Vector, cutoff: float) -> Mask:
    turned: Mask = (scorer.pd(rows) >= cutoff) != (pd >= cutoff)
    return turned


def _climbed(scorer: Scorer, matrix: Matrix, reach: Vector, steps: Matrix, sign: Vector) -> Matrix:
    """The best rows that are come to; a step is -1, 0 or 1 a feature."""
    steps = steps.copy()
    best = sign * scorer.pd(matrix + steps * reach)
    for feature in [*np.flatnonzero(reach > 0)] * ROUNDS:
        for step in (-1.0, 0.0, 1.0):
            tried = steps.copy()
            tried[:, feature] = step
            now = sign * scorer.pd(matrix + tried * reach)
            higher = now > best
            steps[higher], best[higher] = tried[higher], now[higher]
    climbed: Matrix = matrix + steps * reach
    return climbed
