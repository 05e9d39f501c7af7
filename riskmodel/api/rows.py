"""What more rows, and fewer, are worth, by the workflow of `riskmodel rows`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from riskmodel.api.figure import Figure
from riskmodel.api.progress import stages
from riskmodel.workflows import rows as workflow
from riskmodel.workflows.rows import LearningCurve


@dataclass(frozen=True)
class RowsCurve:
    """A learning curve as a notebook shows it.

    Parameters
    ----------
    data
        Points, law and gains.
    """

    data: LearningCurve

    def table(self) -> pd.DataFrame:
        """A row a method and share: rows, AUC on selection, its change against all rows, with 95 % bounds."""
        return pd.DataFrame(
            {
                "method": p.method,
                "share": p.share,
                "rows": p.rows,
                "auc": p.auc.value,
                "auc_low": p.auc.low,
                "auc_high": p.auc.high,
                "change": p.change.value,
                "change_low": p.change.low,
                "change_high": p.change.high,
            }
            for p in self.data.points
        )

    def plot(self) -> Figure:
        """AUC against rows, and the power law up to twice the rows."""
        return Figure.of(workflow.drawn(self.data))

    def why(self) -> str:
        """What twice the rows would bring at most."""
        return self.data.in_words

    def __str__(self) -> str:
        return self.data.in_words


def learning_curve(
    run: str | Path,
    *,
    scorer: str | None = None,
    methods: Sequence[str] = (),
    shares: Sequence[float] = (),
    repeats: int = 3,
    progress: bool | None = None,
) -> RowsCurve:
    """A recipe on nested parts of train, judged on selection, with a law that says what more rows would bring.

    Parameters
    ----------
    run
        Path of a run's TOML.
    scorer
        Its name there; None takes the first.
    methods
        Pruners of rows to set beside `random_rows`; none adds `recent_rows` where data.time is named.
    shares
        Of train's rows, in (0, 1]; half and all are always fitted. None is from a sixteenth, as bads allow.
    repeats
        Draws of each subset, at least 2.
    progress
        None shows it on a terminal and in a notebook.

    Returns
    -------
    Table, chart and sentence.

    Raises
    ------
    RiskModelError
        In one line that says what is wrong.

    Examples
    --------
    >>> curve = riskmodel.learning_curve("run.toml")  # doctest: +SKIP
    >>> print(curve.why())  # doctest: +SKIP
    """
    asked = workflow.Asked(scorer, methods, shares, repeats)
    return RowsCurve(workflow.rows(Path(run), asked, stages(progress)))
