"""What the pruners share that train a smaller scorer instead of cutting: the teacher, and what it teaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Protocol, runtime_checkable

import numpy as np
from pydantic import Field

from riskmodel.core import Development, Scorer, Targets, Vector
from riskmodel.errors import UnsupportedScorer
from riskmodel.pruning.algorithms.trees.objective import mixed
from riskmodel.pruning.algorithms.trees.problem import View, stated
from riskmodel.pruning.algorithms.trees.refit import refitted
from riskmodel.pruning.algorithms.trees.truncation import stumps
from riskmodel.trees import CanTeach, HasTrees
from riskmodel.trees.targets import learnt_pds, student_rows

Mix = Annotated[float, Field(ge=0, le=1)]


@runtime_checkable
class HasStudents(Protocol):
    """A teacher of which nothing but its PDs need be known."""

    def student(
        self, development: Development, targets: Targets, leaves: int, sizes: Sequence[int] = (4, 8, 16)
    ) -> Scorer:
        """The best of a grid of settings by log-loss on tune: at most `leaves` in all, `sizes` of them in a tree."""


def teacher_of(scorer: Scorer) -> CanTeach:
    """The scorer as a teacher. Raises: UnsupportedScorer if its recipe makes no trees."""
    if not isinstance(scorer, CanTeach):
        raise UnsupportedScorer(f"a {scorer.kind} scorer has no recipe for smaller trees")
    return scorer


def budget(scorer: Scorer, keep: float) -> int:
    """The leaves that a student may have: the share of its teacher's, and never fewer than one split needs."""
    return max(2, int(keep * teacher_of(scorer).ensemble.n_leaves + 1e-9))


def student(scorer: Scorer, development: Development, mix: float, leaves: int, sizes: Sequence[int]) -> Scorer:
    """A scorer trained on (1 - mix) * outcome + mix * PD, and then refitted jointly.

    The PD is that of `development.taught` where there is one, else the scorer's own, calibrated.
    """
    rows, labelled = student_rows(development)
    of_rows, of_tune = learnt_pds(development, scorer.score(rows), scorer.score(development.tune))
    targets = Targets(
        mixed(rows.default, of_rows, mix, labelled=labelled).target,
        mixed(development.tune.default, of_tune, mix).target,
    )
    taught = Development(rows, development.tune)
    if not isinstance(scorer, HasStudents):
        raise UnsupportedScorer(f"a {scorer.kind} scorer has no recipe for smaller trees")
    return _jointly(scorer.student(taught, targets, leaves, sizes), taught, targets)


def _jointly(small: Scorer, development: Development, targets: Targets) -> Scorer:
    """With all leaf values fitted together: boosting set each once, before it knew what would come after it."""
    if not isinstance(small, HasTrees):
        return small
    own = stated(small, development, mix=0.0, monotone=True)
    problem = replace(own, train=_towards(own.train, targets.train), tune=_towards(own.tune, targets.tune))
    whole = stumps(problem.layouts, tuple(np.ones(len(layout.nodes), np.bool_) for layout in problem.layouts))
    values, intercept = refitted(problem, whole)
    leaves = {
        (stump.tree, int(node)): float(value)
        for stump, fitted in zip(whole, values, strict=True)
        for node, value in zip(stump.layout.leaves, fitted, strict=True)
    }
    return small.with_ensemble(problem.ensemble.with_leaves(leaves, intercept))


def _towards(view: View, target: Vector) -> View:
    return replace(view, objective=replace(view.objective, target=target))
