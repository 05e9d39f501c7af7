"""The worst change of a margin: an applicant who has it, and a bound that nobody passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from riskmodel.core import Matrix, Vector
from riskmodel.trees.ensemble import TreeEnsemble
from riskmodel.trees.worst_case.branching import tightened
from riskmodel.trees.worst_case.climbing import climbed
from riskmodel.trees.worst_case.flat_parts import Places, flat_parts
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
    random = np.random.default_rng(seed)
    starts = _starts(values, rows, before, after, random)
    reached = [_one_way(sign, values, parts, starts, random) for sign in (1.0, -1.0)]
    bounds = [bound + sign * shift for (bound, _), sign in zip(reached, (1.0, -1.0), strict=True)]
    applicants = np.array([_applicant(values, cells) for _, cells in reached])
    changes = _changes(before, after, applicants)
    worst = int(np.argmax(np.abs(changes)))
    bound = max(*bounds, abs(float(changes[worst])))
    return WorstChange(float(changes[worst]), bound + SINGLE * (before.rules == "xgboost"), applicants[worst])


def _one_way(
    sign: float,
    values: Sequence[Vector],
    parts: Sequence[DifferencePart],
    starts: Sequence[Places],
    random: np.random.Generator,
) -> tuple[float, Places]:
    """The bound on the sum of the parts times the sign, and the cells of the applicant who comes nearest to it."""
    signed = [DifferencePart(sign * part.value, part.allowed, part.sides) for part in parts]
    sizes = [len(column) for column in values]
    solution = relaxed(signed, sizes)
    flat = flat_parts(signed, sizes)
    rounded = np.array([int(np.argmax(share)) for share in solution.shares], np.int64)
    prices = [solution.prices[part, feature] for part, feature in zip(flat.slot_part, flat.slot_feature, strict=True)]
    reached = climbed(flat, [rounded, *starts], random)
    return tightened(flat, np.concatenate([*prices, np.zeros(0)]), solution.bound, reached)


def _applicant(values: Sequence[Vector], cells: Places) -> Vector:
    return np.array([column[cell] for column, cell in zip(values, cells, strict=True)])


def _changes(before: TreeEnsemble, after: TreeEnsemble, rows: Matrix) -> Vector:
    return after.margins(rows) - before.margins(rows)


def _starts(
    values: Sequence[Vector],
    rows: Matrix | None,
    before: TreeEnsemble,
    after: TreeEnsemble,
    random: np.random.Generator,
) -> list[Places]:
    """Cells of made-up applicants, and of those near the given ones that move most, up and down."""
    made = [np.array([random.integers(len(column)) for column in values], np.int64) for _ in range(STARTS)]
    if rows is None or not len(rows):
        return made
    order = np.argsort(_changes(before, after, rows), kind="stable")
    places = [np.searchsorted(column, rows[[*order[:4], *order[-4:]], i]) for i, column in enumerate(values)]
    return made + list(np.column_stack([np.minimum(p, len(c) - 1) for p, c in zip(places, values, strict=True)]))
