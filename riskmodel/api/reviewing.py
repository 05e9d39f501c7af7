"""Review a change of model in memory, by the workflow of `riskmodel review`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from riskmodel.api import frames, objects
from riskmodel.api.figure import Figure
from riskmodel.api.progress import stages
from riskmodel.api.scratch import scratch
from riskmodel.api.training import saved
from riskmodel.core import canonical
from riskmodel.errors import DataError
from riskmodel.files import beside
from riskmodel.review.charts.change import verdicts
from riskmodel.workflows.review import reviewing
from riskmodel.workflows.review.rows import Columns

IN_PLACE = ("champion", "challenger")


@dataclass(frozen=True, eq=False)
class ReviewedChange:
    """What a challenger changes in place of a champion.

    Parameters
    ----------
    data
        All evidence, as plain values: what `riskmodel review` writes as JSON.
    html
        The same as a page of its own.
    """

    data: Mapping[str, Any] = field(repr=False)
    html: str = field(repr=False)

    @property
    def verdict(self) -> str:
        """non-inferior, inferior, inconclusive or NOT EVALUATED."""
        return str(self.data["verdict"])

    @property
    def findings(self) -> Sequence[Mapping[str, Any]]:
        """Statements with their severity and evidence, the gravest first."""
        findings: Sequence[Mapping[str, Any]] = self.data["findings"]
        return findings

    def table(self) -> pd.DataFrame:
        """A row a figure: delta, lower, upper, margin, verdict."""
        return pd.DataFrame([{"figure": name, **row} for name, row in self._differences.items()])

    def plot(self) -> Figure:
        """Each difference in units of its own margin."""
        return Figure.of(verdicts(self._differences))

    def why(self, name: str = "auc") -> str:
        """One figure's verdict in a sentence. Raises: DataError for a figure that was not evaluated."""
        if name not in self._differences:
            raise DataError(f"name must be among {', '.join(self._differences) or 'none'}, however: {name!r}")
        one = self._differences[name]
        return (
            f"{name} is {one['verdict']}: {one['delta']:+.5f}, 95 % bounds {one['lower']:+.5f} and "
            f"{one['upper']:+.5f}, margin {one['margin']:.4g}."
        )

    def report(self, path: str | Path) -> Path:
        """Writes the page, and the JSON beside it. Raises: DataError unless it ends in .html."""
        place = saved(self.html, path)
        beside.write(place.with_suffix(".json"), canonical(dict(self.data)))
        return place

    def show(self) -> None:
        """The page itself in a notebook, verdict and first findings elsewhere."""
        try:
            from IPython.display import HTML, display  # noqa: PLC0415 - only a notebook has it
        except ImportError:
            print(self)  # noqa: T201 - asked for
            return
        display(HTML(self._framed()))  # type: ignore[no-untyped-call]

    def _framed(self) -> str:
        return f'<iframe srcdoc="{escape(self.html)}" style="width:100%;height:40rem;border:0" title="Review"></iframe>'

    @property
    def _differences(self) -> dict[str, Mapping[str, Any]]:
        return {n: row for n, row in self.data["change"].items() if isinstance(row, Mapping) and "delta" in row}

    def __str__(self) -> str:
        lines = [f"{finding['severity']:6}  {finding['statement']}" for finding in self.findings[:3]]
        return "\n".join([f"{self.verdict}: {self.data['changed']}", *lines])

    def _repr_html_(self) -> str:
        first = [{"severity": one["severity"], "finding": one["statement"]} for one in self.findings[:5]]
        return f"<p><b>{escape(self.verdict)}</b>: {escape(self.data['changed'])}</p>{frames.table_html(first)}"


def review(
    old: Any,
    new: Any,
    data: Any,
    *,
    target: str | None = None,
    protected: Sequence[str] = (),
    amount: str | None = None,
    time: str | None = None,
    id: str | None = None,  # noqa: A002 - as the command names it
    cluster: str | None = None,
    since: date | None = None,
    cutoff: float | None = None,
    policy: str | Path | None = None,
    store: str | None = None,
    progress: bool | None = None,
) -> ReviewedChange:
    """Lays open what a new model changes: verdicts, who is decided otherwise, who is harmed, what drifts.

    Parameters
    ----------
    old, new
        Champion and challenger: a model of riskmodel, a bundle's folder, an address in MLflow, a booster in memory, or
        a LightGBM or XGBoost file.
    data
        Rows that are new to both: pandas, polars, Arrow, or a path.
    target
        Column of the outcome, 1 for a bad; None shows what needs no outcomes.
    protected
        Columns of groups that harm is looked for in.
    amount, time, id, cluster
        Columns: what is outstanding, the date, the name of a row, what rows belong together.
    since
        Review the rows from this day against those before.
    cutoff
        PD from which an application is declined; the champion's own unless given.
    policy
        TOML of margins, cutoff and grades; those of the champion's bundle unless given.
    store
        MLflow store that addresses are looked up in.
    progress
        None shows it on a terminal and in a notebook.

    Returns
    -------
    The review as data and as a page.

    Raises
    ------
    RiskModelError
        In one line that says what is wrong.

    Examples
    --------
    >>> riskmodel.review("old.txt", booster, df_new, target="default").show()  # doctest: +SKIP
    """
    columns = Columns(target, tuple(protected), amount, time, id, cluster)
    with scratch({"champion": "old", "challenger": "new", "data": "data"}) as folder:
        given = {role: objects.placed(m, folder, role) for role, m in zip(IN_PLACE, (old, new), strict=True)}
        request = reviewing.Request(
            given["champion"][0],
            given["challenger"][0],
            frames.written(data, folder, "data"),
            columns,
            since,
            cutoff,
            policy=Path(policy) if policy else None,
            store=store,
            settings={role: settings for role, (_, settings) in given.items()},
        )
        output = folder / "review.html"
        outcome = reviewing.review(request, output, stages(progress))
        return ReviewedChange(outcome, output.read_text("utf-8"))
