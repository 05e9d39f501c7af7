"""Runs of MLflow: opened, ended whatever happens, and those that a killed process left open closed by the next one."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from riskmodel.tracking.store import Store

PROCESS = "riskmodel.process"  # the tag that says who writes a run


@contextmanager
def opened(  # noqa: PLR0917
    store: Store,
    experiment: str,
    name: str,
    tags: Mapping[str, str],
    started: float | None = None,
    seconds: float | None = None,
) -> Iterator[str]:
    """A new run, FINISHED in the end, KILLED where it is interrupted, FAILED after any other error.

    It began at `started` (seconds since 1970) and took `seconds`, where these are known; else the clock says.
    """
    tags = {**tags, PROCESS: _process(os.getpid())}
    begin = None if started is None else round(started * 1000)
    end = None if started is None or seconds is None else round((started + seconds) * 1000)
    run: str = store.client.create_run(experiment, start_time=begin, run_name=name, tags=tags).info.run_id
    try:
        yield run
    except BaseException as error:
        store.client.set_terminated(run, "KILLED" if isinstance(error, KeyboardInterrupt) else "FAILED")
        raise
    store.client.set_terminated(run, "FINISHED", end)


def close_stale(store: Store, experiment: str) -> None:
    """Ends the runs whose process is gone. Called under the store's lock, where it has one."""
    for run in store.client.search_runs([experiment], "attributes.status = 'RUNNING'"):
        who = run.data.tags.get(PROCESS)
        if who is not None and (store.has_lock or _is_gone(who)):
            store.client.set_terminated(run.info.run_id, "KILLED")


def _process(number: int) -> str:
    return f"{socket.gethostname()}:{number}:{_started(number)}"


def _is_gone(who: str) -> bool:
    """Whether a process of this machine has ended; of another machine nobody can tell here."""
    host, number, _ = who.rsplit(":", 2)
    return host == socket.gethostname() and number.isdigit() and who != _process(int(number))


def _started(number: int) -> str:
    """When a process began, in the kernel's ticks: its number alone may be another's by now."""
    try:
        return Path(f"/proc/{number}/stat").read_text("utf-8").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return "gone"
