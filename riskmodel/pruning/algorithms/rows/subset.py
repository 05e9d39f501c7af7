"""Train without the rows that a plan drops."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from riskmodel.core import Development, PruningPlan
from riskmodel.errors import PlanMismatch
from riskmodel.pruning.algorithms.rows.hashes import row_hashes


def reduced(development: Development, plan: PruningPlan) -> Development:
    """The same with the kept rows of train alone, weighed as the plan says. Raises: PlanMismatch for other rows."""
    train, kept = development.train, np.asarray(plan.kept, np.intp)
    if plan.units != row_hashes(train):
        raise PlanMismatch(f"the plan is for {len(plan.units)} other rows of train, however: it has {len(train)}")
    rows = train.take(kept)
    tune, recent = development.tune, development.recent
    if plan.values:
        rows = replace(rows, weight=np.asarray(plan.values, np.float64))
    taught = None if development.taught is None else development.taught.take(kept)
    return replace(development, train=rows, tune=tune, recent=recent, taught=taught)


def remaining(development: Development, plans: Iterable[PruningPlan]) -> Development:
    """What later steps learn from: without the rows that these plans drop, one after the other."""
    for plan in plans:
        if plan.unit == "row":
            development = reduced(development, plan)
    return development
