"""Recursive elimination: judge what is left, let the weakest go, and so on; of features, or of groups of them.

Guyon, Weston, Barnhill and Vapnik 2002 (Machine Learning 46, 389-422), with importance from rows that did not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import stdtrit

from riskmodel.core import Vector
from riskmodel.errors import RiskModelError

Judge = Callable[[tuple[int, ...]], tuple[Vector, Vector]]
LEVEL = 0.95  # one-sided, of the bound that the margin is held against


@dataclass(frozen=True, eq=False)
class Round:
    """What was left, what each of it is worth, and the score of each fold without the rest."""

    left: tuple[int, ...]
    worth: Vector
    scores: Vector


class HasScores(Protocol):
    """A round, or what else is judged fold by fold."""

    @property
    def scores(self) -> Vector: ...


def check_step(step: float) -> None:
    """Raises: RiskModelError unless the step is a share in (0, 1) or a count."""
    if not (0 < step < 1 or (step >= 1 and float(step).is_integer())):
        raise RiskModelError(f"step must be a share in (0, 1) or a count from 1, however: {step:g}")


def rounds(units: Sequence[int], fewest: int, step: float, judge: Judge) -> list[Round]:
    """All rounds from the given units down to the fewest.

    Parameters
    ----------
    units
        What may go.
    fewest
        How many are left in the last round, at least 1.
    step
        What goes in a round: a share of the units that are left, or a count; one at least.
    judge
        What each of some units is worth (units), and the scores of a model of these alone (folds).
    """
    check_step(step)
    left, made = tuple(units), list[Round]()
    while True:
        made.append(Round(left, *judge(left)))
        if len(left) <= fewest:
            return made
        wanted = int(step) if step >= 1 else max(1, int(step * len(left)))
        weakest = np.argsort(made[-1].worth, kind="stable")[min(wanted, len(left) - fewest) :]
        left = tuple(sorted(left[i] for i in weakest))


def order(made: Sequence[Round]) -> list[int]:
    """The units, first those that went first; of one round by their worth in it."""
    last = {
        unit: (turn, float(worth)) for turn, r in enumerate(made) for unit, worth in zip(r.left, r.worth, strict=True)
    }
    return sorted(last, key=lambda unit: (*last[unit], unit))


def within_one_error(made: Sequence[HasScores]) -> int:
    """The last round whose mean score is within one standard error of the best round's (Breiman et al. 1984, 3.4.3)."""
    means = [float(r.scores.mean()) for r in made]
    best = int(np.argmax(means))
    error = float(made[best].scores.std(ddof=1)) / np.sqrt(len(made[best].scores))
    return max(turn for turn, mean in enumerate(means) if mean >= means[best] - error)


def within_margin(made: Sequence[HasScores], margin: float) -> int:
    """The last round before the first whose loss against all units is not shown to be under the margin.

    By the one-sided bound of Student's t on the folds' paired differences, which takes folds as independent.
    """
    for turn, r in enumerate(made):
        lost = made[0].scores - r.scores
        folds = len(lost)
        bound = lost.mean() + float(stdtrit(folds - 1, LEVEL)) * lost.std(ddof=1) / np.sqrt(folds)
        if bound >= margin:
            return max(0, turn - 1)
    return len(made) - 1
