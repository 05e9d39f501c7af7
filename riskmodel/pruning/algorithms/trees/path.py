"""What the pruners share that cut leaves: one order of all splits, from which every share takes the last to go.

So shares are nested and do not depend on one another, and no share jumps over its budget.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from riskmodel.core import Decision, Development, Pruner, PruningPlan, Scorer, Vector
from riskmodel.pruning.algorithms.trees.problem import Problem, stated
from riskmodel.pruning.algorithms.trees.refit import as_they_were, refitted
from riskmodel.pruning.algorithms.trees.truncation import (
    Step,
    cut_at_ends,
    decision,
    first_splits,
    node_importance,
    stumps,
    untouched,
)


@dataclass(frozen=True)
class PathPruner(Pruner):
    """Ends trees at chosen nodes, then refits all leaf values; `keep` is a share of the leaves."""

    unit = "node"
    learns = True

    mix: Annotated[float, Field(ge=0, le=1)] = 0.8  # the teacher's share of the target; at 1 labels are not looked at
    refit: bool = True  # False: each end keeps the mean of what hung below it
    monotone: bool = True  # constraints that held before hold after
    rows: Annotated[int, Field(ge=100)] = 30_000  # of train, at most, for the order; the refit takes all
    seed: int = 0  # of these rows

    @abstractmethod
    def going(self, problem: Problem) -> Sequence[Step]:
        """All splits, first those that go first, each after all that hang below it."""

    def decide(self, scorer: Scorer, development: Development, keeps: Sequence[float]) -> Sequence[Decision]:
        problem = stated(scorer, development, self.mix, self.monotone)
        order = [*reversed(self.going(problem.thinned(self.rows, self.seed)))]
        importance = node_importance(problem.ensemble, problem.layouts, order)
        return [self._at(keep, problem, order, importance) for keep in keeps]

    def _at(self, keep: float, problem: Problem, order: Sequence[Step], importance: Vector) -> Decision:
        if keep == 1:
            return untouched(problem.ensemble, importance)
        leaves = int(keep * problem.ensemble.n_leaves + 1e-9)
        kept = stumps(problem.layouts, first_splits(problem.layouts, order, leaves))
        values, intercept = (refitted if self.refit else as_they_were)(problem, kept)
        return decision(problem.ensemble, importance, kept, values, intercept)

    def cut(self, scorer: Scorer, plan: PruningPlan, development: Development) -> Scorer:  # noqa: ARG002 - the plan says all
        return cut_at_ends(scorer, plan)
