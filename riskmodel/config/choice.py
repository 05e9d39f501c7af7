"""`[choice]`, `[latency]`: by which cost the smallest of those that are no worse is chosen."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from riskmodel.config._strict import Strict


class ChoiceRule(Strict):
    """Which cost decides among those that are no worse, and how many times less of it is worth a change."""

    cost: Literal["work", "leaves", "bytes", "features", "feature_cost", "explanation"] = "work"
    least_gain: Annotated[float, Field(ge=1)] = 1.5


class LatencyRule(Strict):
    """The budget for one decision, 99th percentile, with its rules and reasons; who clearly misses it is out."""

    budget_us: Annotated[float, Field(gt=0)] | None = None
