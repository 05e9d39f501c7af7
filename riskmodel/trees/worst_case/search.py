"""The worst change of a margin: an applicant who has it, and a bound that nobody passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from riskmodel.core import Matrix, Vector
from riskmodel.trees.ensemble import TreeEnsemble
from riskmodel.trees.worst_case.parts import DifferencePart, difference
from riskmodel.trees.worst_case.relaxation import relaxed

STARTS = 24  # made-up applicants from which the witness is looked for
SINGLE = 1e-5  # XGBoost adds in single precision


@dataclass(frozen=True, eq=False)
class WorstChange:
    """How far the margin can move, in log-odds, and whose margin does.

    change: of the witness, challenger less champion. bound: no applicant's |change| is larger. applicant: the witness,
    one value a feature; both ensembles, and both native libraries, give it the margins that differ so.
    """

    change: float
    bound: float
    applicant: Vector

    @property
    def exact(self) -> bool:
        """Whether witness and bound meet, within rounding."""
        return self.bound - abs(self.change) <= 1e-6 + SINGLE

    @property
    def pd_bound(self) -> float:
        """No PD moves by more: a change d of log-odds moves a PD most about one half, by 2 expit(d / 2) - 1."""
        return float(2 * expit(self.bound / 2) - 1)


def worst_change(before: TreeEnsemble, after: TreeEnsemble, rows: Matrix | None = None, seed: int = 0) -> WorstChange:
    """The worst change of the margin over all applicants there could ever be, seen or unseen.

    Parameters
    ----------
    before, after
        Ensembles of the same features, each with its library's rules.
    rows : n x features, optional
        Applications from which the witness is looked for too.
    seed
        Of the made-up starts.

    Returns
    -------
    WorstChange
        The same on every machine but for rounding: the search counts its steps, not seconds.
    """
    values, parts = difference(before, after)
    shift = after.intercept - before.intercept
    starts = _starts(values, rows, before, after, seed)
    applicants, bounds = [], []
    for sign in (1.0, -1.0):
        signed = [DifferencePart(sign * part.value, part.allowed, part.sides) for part in parts]
        solution = relaxed(signed, [len(column) for column in values])
        bounds.append(solution.bound + sign * shift)
        rounded = np.array(
            [column[int(np.argmax(share))] for column, share in zip(values, solution.shares, strict=True)]
        )
        applicants += [_ascended(start, values, before, after, sign) for start in (rounded, *starts)]
    changes = _changes(before, after, np.array(applicants))
    worst = int(np.argmax(np.abs(changes)))
    bound = max(*bounds, abs(float(changes[worst])))
    return WorstChange(float(changes[worst]), bound + SINGLE * (before.rules == "xgboost"), applicants[worst])


def _changes(before: TreeEnsemble, after: TreeEnsemble, rows: Matrix) -> Vector:
    return after.margins(rows) - before.margins(rows)


def _starts(
    values: Sequence[Vector], rows: Matrix | None, before: TreeEnsemble, after: TreeEnsemble, seed: int
) -> list[Vector]:
    """Made-up applicants, and of the given ones those that move most, up and down."""
    random = np.random.default_rng(seed)
    made = [np.array([random.choice(column) for column in values]) for _ in range(STARTS)]
    if rows is None or not len(rows):
        return made
    order = np.argsort(_changes(before, after, rows), kind="stable")
    return made + [rows[i].copy() for i in (*order[:4], *order[-4:])]


def _ascended(
    start: Vector, values: Sequence[Vector], before: TreeEnsemble, after: TreeEnsemble, sign: float
) -> Vector:
    """From a start, the best cell of one feature after the other, until none is better."""
    applicant, best, better = start, -np.inf, True
    while better:
        better = False
        for feature, column in enumerate(values):
            if len(column) < 2:
                continue
            rows = np.repeat(applicant[None], len(column), axis=0)
            rows[:, feature] = column
            changes = sign * _changes(before, after, rows)
            if changes.max() > best + 1e-12:
                better, best = bool(np.isfinite(best)) or better, float(changes.max())
                applicant = rows[int(np.argmax(changes))]
    return applicant
