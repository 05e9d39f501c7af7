"""The most recent rows of train, the older the lighter where that is wanted; needs dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from riskmodel.core import Development, Sample, Scorer, Vector
from riskmodel.errors import RiskModelError
from riskmodel.pruning.algorithms.rows.row_pruner import RowOrder, RowPruner

DAYS = "timedelta64[D]"


@dataclass(frozen=True)
class RecentRowsPruner(RowPruner):
    """The latest `keep` of train's rows stay, and none that is `window_days` older than the latest or more.

    A kept row counts for half as much every `half_life_days` that it is older than the latest.
    """

    needs_dates = True

    window_days: Annotated[int, Field(ge=1)] | None = None
    half_life_days: Annotated[float, Field(gt=0)] | None = None

    def order(self, scorer: Scorer, development: Development) -> RowOrder:  # noqa: ARG002 - dates alone decide
        train = development.train
        age, chance = _age(train), np.random.default_rng(self.seed).random(len(train))
        importance = -(age + chance)  # rows of one day go at random
        window = np.inf if self.window_days is None else self.window_days
        return RowOrder(importance, _reasons(train, window), most=int((age < window).sum()))

    def weights(self, train: Sample, order: RowOrder, kept: NDArray[np.intp]) -> Vector | None:  # noqa: ARG002
        if self.half_life_days is None:
            return None
        weight = 0.5 ** (_age(train)[kept] / self.half_life_days)
        weight *= 1.0 if train.weight is None else train.weight[kept]
        return np.asarray(np.maximum(weight / weight.mean(), 1e-12), np.float64)  # none may be nil


def _age(train: Sample) -> Vector:
    """Days that each row (n) is older than the latest. Raises: RiskModelError where no dates are named."""
    if train.days is None:
        raise RiskModelError("recent_rows: needs the date of each row, however: data.time names no column")
    days = train.days.astype("M8[D]")
    return np.asarray((days.max() - days).astype(DAYS).astype(np.float64), np.float64)


def _reasons(train: Sample, window: float) -> list[str]:
    latest = None if train.days is None else train.days.max()
    return [f"out of the window before {latest}" if old >= window else "older" for old in _age(train).tolist()]
