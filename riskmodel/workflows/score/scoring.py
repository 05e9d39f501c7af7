"""Score applications with a saved model, on this machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from riskmodel import batch
from riskmodel.batch import Job
from riskmodel.batch.local import Heard
from riskmodel.core import canonical
from riskmodel.workflows import model_resolver


def score(
    model: str | Path,
    source: Path,
    output: Path,
    job: Job,
    *,
    console: Console | None = None,
    store: str | None = None,
    key: Path | None = None,
) -> dict[str, Any]:
    """Scores `source` into the folder `output`, logs it to the MLflow store if one is given, and returns the record.

    `model` is a bundle's folder, or an address in that store, or in the default one. With a public `key`, only a model
    that its holder has signed is used. Raises: RiskModelError.
    """
    saved = model_resolver.opened(model, store, key)
    with _progress(console) as heard:
        record = batch.score(saved, source, output, job, heard)
    if store is not None:
        from riskmodel import tracking

        tracking.log_scored(tracking.open_store(store), output, saved.lineage)
    return record


@contextmanager
def _progress(console: Console | None) -> Iterator[Heard]:
    """A bar of rows, with rows a second and the time left."""
    columns = (
        SpinnerColumn(finished_text="[green]✓"),
        TextColumn("Score"),
        BarColumn(bar_width=24),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f} rows"),
        _Speed(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=console or Console(quiet=True), disable=console is None) as bar:
        task = bar.add_task("Score", total=0)
        yield lambda rows, total: bar.update(task, completed=rows, total=total)


class _Speed(ProgressColumn):
    """Rows a second, lately."""

    def render(self, task: Task) -> Text:
        whole = task.completed / task.elapsed if task.elapsed else 0  # of a book that is done at once
        return Text(f"{task.finished_speed or task.speed or whole:,.0f} rows/s")


def in_words(record: Mapping[str, Any], output: Path) -> str:
    """One line for a person, and one more for rows that were set aside, and for levels that nobody knows."""
    rows = record["rows"]
    decisions = ", ".join(f"{count:,} {name}" for name, count in record["decisions"].items())
    lines = [f"{rows['scored']:,} rows scored into {output}: {decisions or 'none'}"]
    if rows["quarantined"]:
        why = ", ".join(f"{count:,} {name}" for name, count in record["quarantine"].items())
        lines.append(f"{rows['quarantined']:,} rows set aside in {output / 'quarantine'}: {why}")
    if unseen := record.get("unseen_levels"):  # a run that an earlier version finished does not say
        columns = ", ".join(f"{name} in {count:,} rows" for name, count in unseen.items())
        lines.append(f"levels that train did not have count as missing: {columns}")
    return "\n".join(lines)


def as_json(record: Mapping[str, Any]) -> str:
    """The same for a program."""
    return canonical(dict(record)).decode().rstrip("\n")
