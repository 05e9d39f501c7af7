"""A smaller model with its evidence, as a notebook shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from riskmodel.api import frames
from riskmodel.api.figure import Figure
from riskmodel.api.training import saved
from riskmodel.core import PruningPlan
from riskmodel.errors import DataError
from riskmodel.evaluation.robustness.before_and_after import SmallChangeComparison
from riskmodel.review.charts import same_decisions
from riskmodel.review.charts.pruned import curve
from riskmodel.review.reports.frontier import Frontier, rows
from riskmodel.review.reports.same_decisions import SameDecisions, point_rows
from riskmodel.review.wording import count
from riskmodel.stats.words import percent


@dataclass(frozen=True, eq=False)
class PrunedModel:
    """A smaller model of the same class, and what it costs.

    Parameters
    ----------
    model
        Of the given one's class; None where nothing smaller was confirmed and `anyway` was not set.
    evidence
        Every size on selection, the chosen one on test, with its rivals and the certificate where AUC decides.
    plan
        What stays, written before the cut; None where there is no model, or nothing was cut.
    html
        The page of the curve and the certificate.
    """

    model: Any
    evidence: Frontier | SameDecisions
    plan: PruningPlan | None
    html: str = field(repr=False)

    @property
    def confirmed(self) -> bool:
        """Whether the test sample shows that it is no worse, or that it decides alike."""
        return self.evidence.confirmed

    @property
    def small_changes(self) -> SmallChangeComparison | str:
        """What a small change of the inputs turns, by the given and by the written model; or why it was not asked."""
        return self.evidence.small_changes

    def table(self) -> pd.DataFrame:
        """Every size on the selection sample, the given model first, the rivals last."""
        return pd.DataFrame(self._rows)

    def plot(self) -> Figure:
        """AUC against leaves, or the share of decisions that stay, with bounds."""
        if isinstance(self.evidence, SameDecisions):
            return Figure.of(same_decisions.curve(self.evidence))
        return Figure.of(curve(self.evidence))

    def why(self, name: str | None = None) -> str:
        """What was reached; with a name, that of one size or rival on selection. Raises: DataError."""
        if name is None:
            return self.evidence.reached
        known = {row["name"]: row for row in self._rows}
        if name not in known:
            raise DataError(f"name must be among {', '.join(known)}, however: {name!r}")
        one = known[name]
        if isinstance(self.evidence, SameDecisions):
            return (
                f"{name}: {count(one['leaves'])} leaves, {count(one['trees'])} trees; {count(one['turned'])} of "
                f"{count(one['rows'])} decisions turn, {percent(one['alike'], 4)} alike "
                f"(lower bound {percent(one['alike_low'], 4)})."
            )
        return (
            f"{name}: {count(one['leaves'])} leaves, {count(one['trees'])} trees; "
            f"AUC {one['auc']:.4f}, {one['delta_auc']:+.4f} "
            f"(lower bound {one['delta_low']:+.4f}): {one['verdict']}."
        )

    def report(self, path: str | Path) -> Path:
        """Writes the page. Raises: DataError unless it ends in .html."""
        return saved(self.html, path)

    @property
    def _rows(self) -> list[dict[str, Any]]:
        if isinstance(self.evidence, SameDecisions):
            return point_rows(self.evidence.points)
        return rows(self.evidence.points)

    def __str__(self) -> str:
        return self.evidence.reached

    def _repr_html_(self) -> str:
        keep = ("name", "trees", "leaves", "auc", "delta_auc", "delta_low", "verdict")
        if isinstance(self.evidence, SameDecisions):
            keep = ("name", "trees", "leaves", "turned", "alike", "alike_low", "mean_dpd")
        lines = [{key: row[key] for key in keep} for row in self._rows]
        grid = frames.table_html(lines, bold=lambda row: row["name"] == self.evidence.chosen)
        return f"{grid}<p>{escape(self.evidence.reached)}</p>"
