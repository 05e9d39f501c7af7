"""What can be proved of the decisions of every applicant there could ever be, seen or unseen.

Two ways, both sound. Where the splits of both ensembles tell few kinds of applicants apart, each kind is scored by
both. Else by a bound on every margin's change: who lies farther than that from the cutoff is decided alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from riskmodel.core import Vector
from riskmodel.trees.ensemble import TreeEnsemble
from riskmodel.trees.worst_case.cells import goes_left, merged, representatives

MOST_KINDS = 200_000
ROUNDING = {"lightgbm": 1e-9, "xgboost": 1e-5}  # the second adds up in single precision


@dataclass(frozen=True)
class DecisionProof:
    """What holds for every possible applicant.

    Parameters
    ----------
    bound
        No margin changes by more, log-odds.
    kinds
        How many kinds of applicants were scored one by one; None where there are too many.
    everyone
        Whether every possible applicant is decided alike.
    """

    bound: float
    kinds: int | None
    everyone: bool


def proved(
    before: TreeEnsemble, after: TreeEnsemble, cutoff: float, bound: float, reach: tuple[float, float]
) -> DecisionProof:
    """Whether any applicant can be decided otherwise by `after`.

    Parameters
    ----------
    before, after
        Ensembles of the same features.
    cutoff
        The margin where decisions turn, log-odds.
    bound
        No margin changes by more, by whatever proof.
    reach
        No margin of `before` lies below the first or above the second.

    Returns
    -------
    DecisionProof
        Where margins change by rounding alone, everyone is, but for a margin within rounding of the cutoff; where
        kinds are scored, a margin so near counts as not proved.
    """
    rounding = max(ROUNDING[before.rules], ROUNDING[after.rules])
    one_side = reach[0] - bound > cutoff + rounding or reach[1] + bound < cutoff - rounding
    if one_side or bound <= rounding:
        return DecisionProof(bound, None, everyone=True)
    values = _kinds(before, after)
    kinds = prod(len(column) for column in values)
    if kinds > MOST_KINDS:
        return DecisionProof(bound, None, everyone=False)
    grid = np.stack(np.meshgrid(*values, indexing="ij"), axis=-1).reshape(kinds, len(values))
    margins = [ensemble.margins(grid) - cutoff for ensemble in (before, after)]
    clear = all(bool((np.abs(margin) > rounding).all()) for margin in margins)
    return DecisionProof(bound, kinds, everyone=clear and bool(((margins[0] > 0) == (margins[1] > 0)).all()))


def _kinds(before: TreeEnsemble, after: TreeEnsemble) -> list[Vector]:
    """One value of each feature for all that no split of either ensemble tells apart."""
    values = representatives((before, after))
    trees = [(tree, ensemble) for ensemble in (before, after) for tree in ensemble.trees]
    left = [goes_left(tree, ensemble, values) for tree, ensemble in trees]
    kept = merged(values, left, [tree for tree, _ in trees])
    return [column[places] for column, places in zip(values, kept, strict=True)]
