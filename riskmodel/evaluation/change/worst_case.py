"""The applicant whose margin changes most, of all that there could ever be, and a bound that nobody passes."""

from __future__ import annotations

from collections.abc import Sequence
from math import isinf, isnan

import numpy as np

from riskmodel.core import Interval, Matrix, Scorer
from riskmodel.core.evidence import Evidence, Method
from riskmodel.evaluation.grading import by_value, not_evaluated, table
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.trees import HasTrees
from riskmodel.trees.worst_case import WorstChange, worst_change

WORST_CASE = Method(
    "change.worst_case",
    "Largest change of any applicant",
    "max over all x of |margin of the challenger - margin of the champion|, log-odds before calibration; from the "
    "witness, who has the value, to the bound, which nobody passes",
    "linear relaxation as in Misic 2020, branch and bound over boxes as in Devos, Meert and Davis 2021",
    "Two models of trees that read the same columns. The witness may be an applicant who never comes.",
    needs_outcome=False,
)
NOT_ASKED = "It was not asked for: worst_case does."
LARGE = 1e30  # XGBoost takes no infinite number


def looked_for(champion: Scorer, challenger: Scorer, matrix: Matrix) -> WorstChange | str:
    """The worst change from one scorer of trees to another, near rows (n x features) too; or why there is none."""
    if not (isinstance(champion, HasTrees) and isinstance(challenger, HasTrees)):
        return "Both models must be trees."
    names = [[column.name for column in scorer.features] for scorer in (champion, challenger)]
    if names[0] != names[1]:
        return "The two models do not read the same columns in the same order."
    return worst_change(champion.ensemble, challenger.ensemble, matrix)


def worst_case(champion: Scorer, challenger: Scorer, worst: WorstChange, rows: int, limits: Thresholds) -> Evidence:
    """The evidence: witness and bound, the witness as both native libraries score it."""
    applicant = np.where(np.isinf(worst.applicant), np.sign(worst.applicant) * LARGE, worst.applicant)[None]
    lines = [("bound on the change of a margin", worst.bound), ("change of the witness", abs(worst.change))]
    lines += _replayed((champion, challenger), applicant)
    lines += [("no PD moves by more, before calibration", worst.pd_bound)]
    names = [column.name for column in champion.features]
    tables = (
        table("Largest change", ("what", "value"), lines),
        table("The witness", ("column", "value"), zip(names, map(stated, worst.applicant.tolist()), strict=True)),
    )
    figure = Interval(abs(worst.change), abs(worst.change), worst.bound)
    return by_value(WORST_CASE, limits, figure, rows, tables=tables)


def stated(value: float) -> str | float:
    """A witness's value as a person would state it: what is infinite lies beyond every threshold, NaN is missing."""
    if isnan(value):
        return "missing"
    if isinf(value):
        return "the lowest" if value < 0 else "the highest"
    return value


def _replayed(scorers: Sequence[Scorer], applicant: Matrix) -> list[tuple[str, float]]:
    native = [float(s.native_margin(applicant)[0]) for s in scorers if isinstance(s, HasTrees)]
    before, after = (float(scorer.pd(applicant)[0]) for scorer in scorers)
    return [
        ("the same, by the native libraries", abs(native[1] - native[0])),
        ("PD of the witness, champion", before),
        ("PD of the witness, challenger", after),
    ]


def without(why: str, rows: int) -> Evidence:
    """Where it was not looked for, or cannot be."""
    return not_evaluated(WORST_CASE, why, rows)
