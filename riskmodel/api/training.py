"""Train in memory, by the workflow of `riskmodel train`: its report is made in a folder that is removed afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from riskmodel import bundle, tracking
from riskmodel.api import frames
from riskmodel.api.figure import Figure
from riskmodel.api.model import Model
from riskmodel.api.progress import stages
from riskmodel.api.proposal import Plan, propose
from riskmodel.api.scratch import scratch
from riskmodel.core import Study
from riskmodel.errors import DataError
from riskmodel.files import beside
from riskmodel.review import Review
from riskmodel.review.charts.run import cost
from riskmodel.selection.reason import on_scores
from riskmodel.selection.verdicts import on_test
from riskmodel.workflows.train import training

SHOWN = ("variant", "auc", "delta_auc", "delta_low", "verdict", "cost", "bytes", "chosen")


@dataclass(frozen=True, eq=False)
class TrainedRun:
    """What one run came to.

    Parameters
    ----------
    plan
        The TOML that it ran by.
    study
        Variants, trade-off, and what the test sample said.
    data
        The review as data: findings, tables, margins.
    html
        The review as a page of its own.
    models
        Every variant as a bundle, by its name.
    folder
        Where the report lies; None where nothing was asked to be written.
    """

    plan: Plan
    study: Study
    data: Review
    html: str = field(repr=False)
    models: Mapping[str, Model] = field(repr=False)
    folder: Path | None = None

    @property
    def champion(self) -> Model:
        """The best unpruned scorer."""
        return self.models[self.study.trade_off.champion]

    @property
    def chosen(self) -> Model:
        """The cheapest variant that the test sample confirms; the champion where there is none."""
        return self.models[self.study.trade_off.chosen]

    def __getitem__(self, name: str) -> Model:
        """A variant by its name. Raises: DataError."""
        self._check(name)
        return self.models[name]

    def table(self) -> pd.DataFrame:
        """The trade-off on the selection sample, a row a variant: what matters, then the rest of trade_off.csv."""
        table = pd.DataFrame(self.data.rows)
        first = [name for name in SHOWN if name in table]
        return table[[*first, *table.columns.difference(first, sort=False)]]

    def plot(self) -> Figure:
        """AUC against the cost that decides, with paired bounds."""
        return Figure.of(cost(self.data))

    def why(self, name: str | None = None) -> str:
        """Why the choice is what it is; with a name, what became of that variant. Raises: DataError."""
        if name is None:
            return self.data.reason
        self._check(name)
        return " ".join(_said(name, self.study))

    def report(self, path: str | Path) -> Path:
        """Writes the review as a page without requests to anywhere. Raises: DataError unless it ends in .html."""
        return saved(self.html, path)

    def _check(self, name: str) -> None:
        if name not in self.models:
            raise DataError(f"name must be among {', '.join(self.models)}, however: {name!r}")

    def __str__(self) -> str:
        return self.data.reason

    def _repr_html_(self) -> str:
        rows = [{key: row[key] for key in SHOWN if key != "chosen"} for row in self.data.rows]
        grid = frames.table_html(rows, bold=lambda row: row["variant"] == self.data.chosen)
        return f"{grid}<p>{escape(self.data.reason)}</p>"


def train(
    data: Any,
    plan: Plan | str | Path | None = None,
    *,
    target: str | None = None,
    scorers: Sequence[str] | None = None,
    prune: Mapping[str, float | Sequence[float]] | None = None,
    output: str | Path | None = None,
    store: str | None = None,
    progress: bool | None = None,
) -> TrainedRun:
    """Trains, prunes, judges, chooses, confirms on a sealed test sample, and reviews.

    Parameters
    ----------
    data
        A table of pandas, polars or Arrow, or its path; or the path of a run's TOML, which is then run as
        `riskmodel train` runs it, report and MLflow included.
    plan
        A plan or the path of its TOML; None proposes one, and needs `target`.
    target
        Column of the outcome, where there is no plan.
    scorers
        Names or kinds that take the place of the plan's.
    prune
        Shares that stay, by pruner, in place of the plan's recipes.
    output
        Folder of the report; None writes nothing that stays.
    store
        MLflow store that the run is sent to; None sends nothing.
    progress
        None shows it on a terminal and in a notebook.

    Returns
    -------
    Champion, chosen, table, chart, reasons and report.

    Raises
    ------
    RiskModelError
        In one line that says what is wrong.

    Examples
    --------
    >>> run = riskmodel.train(df, target="default", scorers=["lgbm", "scorecard"])  # doctest: +SKIP
    >>> run.chosen.predict_proba(applications)  # doctest: +SKIP
    """
    if frames.is_path(data) and Path(data).suffix == ".toml":
        if plan is not None or target is not None or scorers is not None or prune is not None:
            raise DataError(f"{data} says all of a run, however: plan, target, scorers or prune are given too")
        toml = Path(data)
        study, folder = training.train(
            toml, Path(output) if output else None, store or tracking.DEFAULT_URI, stages(progress)
        )
        return _read(Plan.read(toml), study, folder, folder)
    planned = _planned(data, plan, target)
    planned = planned if scorers is None else planned.scored_by(scorers)
    planned = planned if prune is None else planned.pruned_by(prune)
    with scratch({"table": "the table"}) as place:
        toml = planned.placed(data, place)
        folder = Path(output) if output else place / "report"
        study, _ = training.train(toml, folder, store, stages(progress))
        return _read(planned, study, folder, Path(output) if output else None)


def _planned(data: Any, plan: Plan | str | Path | None, target: str | None) -> Plan:
    if isinstance(plan, Plan):
        return plan
    if plan is not None:
        return Plan.read(plan)
    if target is None:
        raise DataError("a plan or a target must be given, however: neither is")
    return propose(data, target)


def _read(plan: Plan, study: Study, folder: Path, kept: Path | None) -> TrainedRun:
    """What the report in `folder` has, in memory."""
    data = Review.from_json((folder / "review.json").read_bytes())
    return TrainedRun(plan, study, data, (folder / "review.html").read_text("utf-8"), _models(study, folder), kept)


def _models(study: Study, folder: Path) -> dict[str, Model]:
    saved = [bundle.read(place) for place in sorted((folder / "bundles").iterdir()) if place.is_dir()]
    by_name = {str(one.lineage["variant"]): one for one in saved}
    return {name: Model(name, by_name[name]) for name in study.variants}


_CHAMPION_BY = {"tune": "the lowest log-loss on tune", "later periods": "it holds best across later periods"}


def _said(name: str, study: Study) -> Iterator[str]:
    trade_off = study.trade_off
    if name == trade_off.champion:
        yield f"{name} is the champion: {_CHAMPION_BY[study.run['champion']['by']]} of the unpruned scorers."
    else:
        change = trade_off.changes[name]
        yield f"{name} on selection: {trade_off.verdicts[name]} after Holm, decided by {change.decided_by}."
        yield on_scores(change)
    if name in trade_off.cost:
        yield f"Its cost is {trade_off.cost[name]:,.4g} {trade_off.cost_unit}."
    if name in trade_off.out:
        yield f"It could not be chosen: {trade_off.out[name]}."
    if name in trade_off.trials:
        yield f"The test sample says {on_test(trade_off)[name]}. {on_scores(trade_off.trials[name])}"
    elif name in trade_off.chain:
        yield "The test sample was not asked about it: one before it in the chain failed."
    if name == trade_off.chosen and name != trade_off.champion:
        yield "It is chosen."


def saved(html: str, path: str | Path) -> Path:
    """Writes a page, whole or not at all. Raises: DataError unless it ends in .html."""
    place = Path(path)
    if place.suffix != ".html":
        raise DataError(f"{place}: must end in .html, however: {place.suffix or 'nothing'}")
    beside.write(place, html.encode())
    return place
