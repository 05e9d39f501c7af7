"""A constraint that the given model holds to, the smaller one holds to: proved from the trees, or there is no model."""

from __future__ import annotations

from riskmodel.core import Scorer
from riskmodel.errors import RiskModelError
from riskmodel.trees.bounds import first_break
from riskmodel.trees.monotone import held
from riskmodel.workflows.prune.path import trees_of


def prove(given: Scorer, cut: Scorer) -> None:
    """Every declared direction of the given model's features in which it is monotone, tree by tree.

    Raises: RiskModelError for a direction that the cut model breaks.
    """
    before, after = trees_of(given), trees_of(cut)
    declared = held(before, [column.monotone for column in given.features])
    still = held(after, declared)
    for place, (sign, kept) in enumerate(zip(declared, still, strict=True)):
        if sign != kept and first_break(after, place, sign) is not None:
            name, way = given.features[place].name, "falls" if sign > 0 else "rises"
            raise RiskModelError(f"the PD must stay monotone in {name!r}, however: after the cut it {way} somewhere")
