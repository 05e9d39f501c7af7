"""What a sample will be able to show, said before anything is fitted: the smallest margin, and what a margin needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Any

from scipy.special import ndtri

from riskmodel.config import MarginRule
from riskmodel.stats.sample_size import TO_DECIDE

POWER = 0.8
SPREAD = 0.05  # standard error of a difference in AUC by sqrt(1 / bads + 1 / goods), of real pruned models
PLANNED_SKILL = 0.25  # AUC less .5 of a champion that is not fitted yet: a convention
_REACH = float(ndtri(0.95) + ndtri(POWER))


def planned(margins: MarginRule, facts: Mapping[str, Any]) -> Reach:
    """What the test sample will be able to show, by its size alone: `facts` are those of the draw, for run.json."""
    test = facts["samples"]["test"]
    margin = margins.auc if margins.auc is not None else margins.share("auc") * PLANNED_SKILL
    return Reach("test", int(test["rows"]), int(test["bads"]), margin)


@dataclass(frozen=True)
class Reach:
    """What so many rows can show of a challenger that is as good as the champion."""

    sample: str
    rows: int
    bads: int
    margin: float  # of AUC

    @property
    def detectable(self) -> float:
        """The smallest margin of AUC that is shown with power .8."""
        goods = self.rows - self.bads
        return _REACH * SPREAD * sqrt(1 / self.bads + 1 / goods) if self.bads and goods else 1.0

    @property
    def rows_needed(self) -> int:
        """Rows of the same bad rate that show the margin with power .8."""
        least = TO_DECIDE * self.rows / max(1, min(self.bads, self.rows - self.bads))
        return ceil(max(self.rows * (self.detectable / self.margin) ** 2, least))

    @property
    def in_words(self) -> str:
        """One line."""
        return (
            f"{self.sample.capitalize()} has {self.rows:,} rows and {self.bads:,} bads: it shows with power {POWER:g} "
            f"that an equal challenger loses no more than {self.detectable:.4f} of AUC. {self._margin()}"
        )

    def _margin(self) -> str:
        if min(self.bads, self.rows - self.bads) < TO_DECIDE:
            return f"With fewer than {TO_DECIDE} bads or goods nothing is decided; {self.rows_needed:,} rows would do."
        if self.detectable <= self.margin:
            return f"The margin is {self.margin:.4f}, which needs about {self.rows_needed:,} rows."
        needs = f"which needs about {self.rows_needed:,} rows"
        return f"The margin is {self.margin:.4f}, {needs}: expect the champion to stay."
