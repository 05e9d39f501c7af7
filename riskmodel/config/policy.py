"""`[policy]` and `[points]`: who is declined, the grades, the scale; and a reviewer's own policy file."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from riskmodel.config._strict import GradeEdges, Share, Strict
from riskmodel.config.margins import Margins


class PolicyRule(Strict):
    """Either a cutoff, or the approval rate that sets it on the champion's tune sample."""

    cutoff: Share | None = None
    approval_rate: Share | None = None
    refer_rate: Annotated[float, Field(ge=0, lt=1)] = 0.0
    grade_edges: GradeEdges
    applications_per_year: Annotated[int, Field(gt=0)] | None = None  # what a year's features cost is worked out of

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        if (self.cutoff is None) == (self.approval_rate is None):
            raise ValueError(
                f"must have either cutoff or approval_rate, however: {'both' if self.cutoff is not None else 'neither'}"
            )
        return self


class Points(Strict):
    """The scale of points: `base_points` stand for `base_odds` goods to a bad; `pdo` more double the odds."""

    pdo: Annotated[float, Field(gt=0)] = 20.0
    base_points: float = 600.0
    base_odds: Annotated[float, Field(gt=0)] = 50.0


class ReviewPolicy(Strict):
    """By what a reviewer judges a change, where it is not the champion's own."""

    margins: Margins | None = None
    cutoff: Share | None = None
    grade_edges: GradeEdges | None = None
