"""`[split]`: how the rows get one job each."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from riskmodel.config._strict import Share, Strict


class SplitShares(Strict):
    """Shares of the rows; train has the rest. `how` left out: by time where data.time is named, else at random."""

    how: Literal["random", "time"] | None = None
    gap_days: Annotated[int, Field(ge=0)] = 0  # between selection and test, and between development and selection
    window_days: Annotated[int, Field(ge=0)] = 0  # a loan younger than this at the table's last date has no outcome yet
    replay: str | None = None  # a split that was written down, to be used again
    latest: Annotated[float, Field(gt=0, le=1)] = 1.0  # share of tune, the latest of it, that recalibrates
    tune: Share = 0.15
    selection: Share = 0.20
    test: Share = 0.20

    @model_validator(mode="after")
    def _leaves_a_train_sample(self) -> Self:
        if self.tune + self.selection + self.test > 0.9:
            raise ValueError(
                f"tune + selection + test must be at most 0.9, however: {self.tune + self.selection + self.test:g}"
            )
        return self
