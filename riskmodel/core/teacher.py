"""What the PDs are made of that a pruner learns in place of those of its scorer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class TeacherBlend:
    """Scorers whose log-odds, weighed, a pruner learns; each row's are of models that were not fitted on it.

    Parameters
    ----------
    scorers, weights, intercept
        Their names in the run; PD = expit(intercept + sum of weight * log-odds).
    losses
        The log-loss of each, out of fold, after its own straight line.
    loss
        That of the blend, its weights fitted on other folds.
    equal
        Whether the weights are alike because fitted ones are better by no more than the noise.
    folds, by
        How many, and what never parts: "row", "borrower", or "period" (and borrowers with it).
    """

    scorers: tuple[str, ...]
    weights: tuple[float, ...]
    intercept: float
    losses: tuple[float, ...]
    loss: float
    equal: bool
    folds: int
    by: str

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Self:
        """What was written in a plan."""
        values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in facts.items()}
        return cls(**values)
