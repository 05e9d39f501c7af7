"""What a long call tells while it runs: a bar on a terminal, a line a stage in a notebook, nothing in a program."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from time import perf_counter
from typing import Any

from rich.console import Console

from riskmodel.core import Tick
from riskmodel.workflows.progress import Stages

LOG = logging.getLogger("riskmodel")
EVERY = 0.2  # seconds between two updates


def stages(progress: bool | None) -> Stages:
    """None is by the place: shown in a notebook and on a terminal, else only logged."""
    if progress is False:
        return _Logged()
    if _in_notebook():
        return _Notebook()
    return Stages(Console(stderr=True)) if progress or sys.stderr.isatty() else _Logged()


def _in_notebook() -> bool:
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return shell is not None and hasattr(shell, "kernel")


class _Logged(Stages):
    """Each stage as a line of the logger `riskmodel`, which is silent unless the caller listens."""

    @contextmanager
    def stage(self, name: str, parts: int | None = None) -> Iterator[Tick]:
        with super().stage(name, parts) as tick:
            yield tick
        LOG.info("%s: %.1f s", name, self.seconds[name])

    def say(self, line: str) -> None:
        LOG.info("%s", line)


class _Notebook(Stages):
    """One display that grows by a line a stage."""

    def __init__(self) -> None:
        super().__init__(None)
        self._lines: list[str] = []
        self._handle: Any = None

    @contextmanager
    def stage(self, name: str, parts: int | None = None) -> Iterator[Tick]:
        done, last = 0, perf_counter()

        def tick() -> None:
            nonlocal done, last
            done += 1
            if perf_counter() - last > EVERY:
                last = perf_counter()
                self._show(f"{name}: {done} of {parts} …")

        self._show(f"{name} …")
        with super().stage(name, parts):
            yield tick
        self.say(f"{name}: {self.seconds[name]:.1f} s")

    def say(self, line: str) -> None:
        self._lines.append(line)
        self._show()

    def _show(self, now: str = "") -> None:
        from IPython.display import HTML, display  # noqa: PLC0415 - only a notebook has it

        lines = [*self._lines, *([now] if now else [])]
        content = HTML(f"<pre>{escape(chr(10).join(lines))}</pre>")  # type: ignore[no-untyped-call]
        if self._handle is None:
            self._handle = display(content, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update(content)
