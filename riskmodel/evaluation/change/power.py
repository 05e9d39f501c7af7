"""What a sample will be able to show, said before anything is fitted: the smallest margin, and what a margin needs.

An equal challenger whose difference has the standard error e is shown to lose less than (q + z) e with power .8: z is
the normal quantile of .8, q that of the bound, which is 1.645 where rare faults are assumed to be absent. Else q comes
of the weight that one spoilt row of the smaller class has (`riskmodel.stats.rare_faults`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, exp, log, sqrt
from typing import Any

from scipy.optimize import brentq
from scipy.special import ndtri

from riskmodel.config import MarginRule
from riskmodel.evaluation.change.rare_faults import LEVEL
from riskmodel.stats import rare_faults
from riskmodel.stats.sample_size import TO_DECIDE

POWER = 0.8
SPREAD = 0.05  # standard error of a difference in AUC by sqrt(1 / bads + 1 / goods), of real pruned models
PLANNED_SKILL = 0.25  # AUC less .5 of a champion that is not fitted yet: a convention
FARTHER = 16.0  # times as many rows in one step of the search


def planned(margins: MarginRule, facts: Mapping[str, Any]) -> Reach:
    """What the test sample will be able to show, by its size alone: `facts` are those of the draw, for run.json."""
    test = facts["samples"]["test"]
    margin = margins.auc if margins.auc is not None else margins.share("auc") * PLANNED_SKILL
    fixed, bounded = margins.auc is not None, margins.rare_faults == "bounded"
    return Reach("test", int(test["rows"]), int(test["bads"]), margin, bounded, fixed)


@dataclass(frozen=True)
class Reach:
    """What so many rows can show of a challenger that is as good as the champion."""

    sample: str
    rows: int
    bads: int
    margin: float  # of AUC
    bounded: bool = True  # the bound holds for rare faults too
    fixed: bool = True  # else the margin is a share of the skill of a champion that is not there yet

    @property
    def detectable(self) -> float:
        """The smallest margin of AUC that is shown with power .8."""
        return self._detectable(1.0)

    def _detectable(self, times: float) -> float:
        """The same of so many times the sample."""
        bads, goods = times * self.bads, times * (self.rows - self.bads)
        if not (bads and goods):
            return 1.0
        error = SPREAD * sqrt(1 / bads + 1 / goods)
        weight = (0.5 + PLANNED_SKILL) / (min(bads, goods) * error) if self.bounded else 0.0
        return min(1.0, (rare_faults.quantile(LEVEL, weight) + float(ndtri(POWER))) * error)

    @property
    def rows_needed(self) -> int:
        """Rows of the same bad rate that show the margin with power .8."""
        fewer = max(1, min(self.bads, self.rows - self.bads))
        least = most = TO_DECIDE / fewer
        if self.bads in (0, self.rows):
            return ceil(least * self.rows)
        while self._detectable(most) > self.margin:
            most *= FARTHER
        if most == least:
            return ceil(least * self.rows)
        times = brentq(lambda at: self._detectable(exp(at)) - self.margin, log(most / FARTHER), log(most), xtol=1e-6)
        return ceil(exp(times) * self.rows)

    @property
    def bads_needed(self) -> int:
        """How many of these are bads."""
        return round(self.rows_needed * self.bads / self.rows)

    @property
    def in_words(self) -> str:
        """One line."""
        counted = ", faults in a handful of bads counted" if self.bounded else ""
        return (
            f"{self.sample.capitalize()} has {self.rows:,} rows and {self.bads:,} bads: it shows with power {POWER:g} "
            f"that an equal challenger loses no more than {self.detectable:.4f} of AUC{counted}. {self._margin()}"
        )

    def _margin(self) -> str:
        if min(self.bads, self.rows - self.bads) < TO_DECIDE:
            return f"With fewer than {TO_DECIDE} bads or goods nothing is decided; {self.rows_needed:,} rows would do."
        needs = f"which needs about {self.rows_needed:,} rows, {self.bads_needed:,} of them bads"
        if self.detectable <= self.margin:
            return f"The margin {self._is}, {needs}."
        return f"The margin {self._is}, {needs}: expect the champion to stay."

    @property
    def _is(self) -> str:
        if self.fixed:
            return f"is {self.margin:.4f}"
        return f"is fixed with the champion's skill, {self.margin:.4f} at an AUC of {0.5 + PLANNED_SKILL:g}"
