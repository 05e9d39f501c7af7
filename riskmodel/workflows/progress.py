"""What a long job tells while it runs: a line a stage, with a bar where the number of parts is known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from riskmodel.core import Tick


class Stages:
    """Shows the stages of a job on a console, and keeps what each took; without a console it only keeps the times."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str, parts: int | None = None) -> Iterator[Tick]:
        """One stage; call what it yields after each part."""
        start = perf_counter()
        with self._bar() as bar:
            task = bar.add_task(name, total=parts)
            yield lambda: bar.advance(task)
            bar.update(task, total=parts or 1, completed=parts or 1)
        self.seconds[name] = round(perf_counter() - start, 3)

    @property
    def durations(self) -> dict[str, float]:
        """Seconds by stage, and their sum as `total`."""
        return {**self.seconds, "total": round(sum(self.seconds.values()), 3)}

    def say(self, line: str) -> None:
        """A line that a person should read, as it is."""
        if self._console is not None:
            self._console.print(line, highlight=False, markup=False, soft_wrap=True)

    def _bar(self) -> Progress:
        columns = (
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        return Progress(*columns, console=self._console or Console(quiet=True), disable=self._console is None)
