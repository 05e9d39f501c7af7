"""What can be shown of a pruned tree model beside the approved one, on rows that nobody used.

It states figures, and NOT EVALUATED where there is none; whether they are good enough is the reader's to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from riskmodel.core import Matrix, Scorer, Vector
from riskmodel.errors import UnsupportedScorer
from riskmodel.evaluation.change.fidelity import Fidelity, fidelity, reason_overlap
from riskmodel.explanation.attributions import HasContributions
from riskmodel.trees import HasTrees, TreeEnsemble
from riskmodel.trees.bounds import first_break
from riskmodel.trees.monotone import held
from riskmodel.trees.worst_case import worst_change

EXPLAINED = 1000  # rows: SHAP values cost far more than scores
PARITY = {"lightgbm": 1e-9, "xgboost": 1e-5}  # the second adds up in single precision


@dataclass(frozen=True)
class Certificate:
    """The evidence for one pruned scorer; margins are log-odds, `explained` rows had their SHAP values worked out."""

    fidelity: Fidelity
    margin_bound: float | None  # no applicant whatever moves by more; None is NOT EVALUATED
    monotone_before: Mapping[str, int]  # features that the given model only rises (1) or only falls (-1) in
    monotone_lost: tuple[str, ...]  # of these, the ones where that can no longer be shown
    explained: int
    reason_overlap: float | None  # None is NOT EVALUATED: nothing gives the reasons of a column of PDs
    additivity_error: float  # largest |sum of SHAP values - margin| of the written model
    parity_error: float  # largest |margin of the native library - our own|
    parity_tolerance: float
    witness: Mapping[str, float] | None = None  # an applicant whose margin moves most, as far as one was looked for
    witness_change: float | None = None  # by so much, log-odds


def certify(
    given: Scorer,
    pruned: Scorer,
    matrix: Matrix,
    cutoff: float,
    bound: float | None = None,
    *,
    worst_case: bool = False,
) -> Certificate:
    """Compares two tree scorers of the same features on rows (n x features) new to both.

    With `worst_case` the bound is tightened, and the applicant who comes nearest to it is named (`branching.BUDGET`).

    Raises: UnsupportedScorer if one has no trees.
    """
    before, after = _with_trees(given).ensemble, _with_trees(pruned).ensemble
    rows = matrix[:EXPLAINED]
    directions_before = directions(before)
    names = [column.name for column in given.features]
    ours, theirs = _contributions(pruned, rows), _contributions(given, rows)
    worst = worst_change(before, after, matrix) if worst_case else None
    return Certificate(
        fidelity=fidelity(given.pd(matrix), pruned.pd(matrix), cutoff),
        margin_bound=bound if worst is None else min(worst.bound, np.inf if bound is None else bound),
        monotone_before={names[column]: sign for column, sign in directions_before.items()},
        monotone_lost=tuple(names[column] for column in _lost(after, directions_before)),
        explained=len(rows),
        reason_overlap=reason_overlap(theirs[:, :-1], ours[:, :-1]),
        additivity_error=_largest(ours.sum(axis=1) - pruned.raw_margin(rows)),
        parity_error=_largest(_with_trees(pruned).native_margin(matrix) - after.margins(matrix)),
        parity_tolerance=PARITY[after.rules],
        witness=None if worst is None else dict(zip(names, worst.applicant.tolist(), strict=True)),
        witness_change=None if worst is None else worst.change,
    )


def certify_taught(given: Vector, pruned: Scorer, matrix: Matrix, cutoff: float) -> Certificate:
    """The same of a scorer that learnt PDs of which no model is known.

    Parameters
    ----------
    given
        The PDs (n) that were learnt.
    pruned
        A scorer with trees.
    matrix
        The same rows (n x features), new to it.
    cutoff
        The PD where decisions turn.

    Returns
    -------
    The certificate; what takes the given model itself is not evaluated.

    Raises
    ------
    UnsupportedScorer
        If the scorer has no trees.
    """
    after, rows = _with_trees(pruned).ensemble, matrix[:EXPLAINED]
    return Certificate(
        fidelity=fidelity(given, pruned.pd(matrix), cutoff),
        margin_bound=None,
        monotone_before={},
        monotone_lost=(),
        explained=len(rows),
        reason_overlap=None,
        additivity_error=_largest(_contributions(pruned, rows).sum(axis=1) - pruned.raw_margin(rows)),
        parity_error=_largest(_with_trees(pruned).native_margin(matrix) - after.margins(matrix)),
        parity_tolerance=PARITY[after.rules],
    )


def _lost(ensemble: TreeEnsemble, directions_before: Mapping[int, int]) -> list[int]:
    """Columns whose direction no longer holds; what the quick check of whole subtrees doubts, the exact one settles."""
    still = held(ensemble, [directions_before.get(column, 0) for column in range(ensemble.n_features)])
    doubted = [column for column, sign in directions_before.items() if still[column] != sign]
    return [column for column in doubted if first_break(ensemble, column, directions_before[column]) is not None]


def directions(ensemble: TreeEnsemble) -> dict[int, int]:
    """The columns that the margin can be shown to only rise (1) or only fall (-1) in; without those that are not used.

    Missing values have no place in the order, and a column that is split by category has none at all.
    """
    rises, falls = (held(ensemble, [sign] * ensemble.n_features) for sign in (1, -1))
    sets = {
        int(tree.feature[node])
        for tree in ensemble.trees
        for node, listed in enumerate(tree.sets)
        if listed is not None
    }
    used = [column for column in ensemble.used_features if column not in sets]
    return {column: rises[column] or falls[column] for column in used if rises[column] or falls[column]}


def _with_trees(scorer: Scorer) -> HasTrees:
    if not isinstance(scorer, HasTrees):
        raise UnsupportedScorer(f"a {scorer.kind} scorer has no trees to certify")
    return scorer


def _contributions(scorer: Scorer, rows: Matrix) -> Matrix:
    if not isinstance(scorer, HasContributions):
        raise UnsupportedScorer(f"a {scorer.kind} scorer has no SHAP values of its own")
    return scorer.contributions(rows)


def _largest(difference: Vector) -> float:
    return float(np.abs(difference).max())
