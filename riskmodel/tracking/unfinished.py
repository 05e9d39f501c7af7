"""A training that fails or is stopped leaves a run in MLflow that says so, and why."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from riskmodel.tracking.report import title
from riskmodel.tracking.store import Store, open_store

_LONGEST = 500  # characters of the reason


@contextmanager
def watched(uri: str, name: str, toml_sha256: str) -> Iterator[Store]:
    """The store of a training that has begun, which is told where it fails (FAILED) or is interrupted (KILLED).

    `name` is the run's, `toml_sha256` that of its TOML. Raises: as `open_store`, and whatever the training raises.
    """
    store, began = open_store(uri), time.time()
    try:
        yield store
    except BaseException as error:
        try:
            _tell(store, name, toml_sha256, began, error)
        except Exception as second:  # the classes of stores, drivers and networks share no base
            error.add_note(f"{store.uri} could not be told of it: {_in_one_line(second)}")
        raise


def _tell(store: Store, name: str, toml_sha256: str, began: float, error: BaseException) -> None:
    status = "KILLED" if isinstance(error, KeyboardInterrupt) else "FAILED"
    reason = _in_one_line(error)
    tags = {
        "role": "study",
        "toml_sha256": toml_sha256,
        "error": reason,
        "mlflow.note.content": f"**{status.capitalize()}** before there was a report: {reason}",
    }
    client, start = store.client, round(began * 1000)
    run = client.create_run(store.experiment(name), start_time=start, run_name=title(name, toml_sha256), tags=tags)
    client.set_terminated(run.info.run_id, status)


def _in_one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:_LONGEST] or type(error).__name__
