"""Sends a finished report to an MLflow store: one that could not be written when the training ended, or another one."""

from __future__ import annotations

from pathlib import Path

from riskmodel import tracking
from riskmodel.errors import RiskModelError
from riskmodel.tracking import Store
from riskmodel.workflows import pyfunc
from riskmodel.workflows.progress import Stages


def sync(folder: Path, store: str, stages: Stages) -> str:
    """Returns the id of the report's MLflow run; a report that the store has already is not sent again.

    Raises: RiskModelError where the folder is no report, or the store cannot be written: the report stays as it is.
    """
    tracking.ticks(folder)  # a folder that is no report is told before a store is made
    return send(tracking.open_store(store), folder, stages)


def send(store: Store, folder: Path, stages: Stages) -> str:
    """The same to an open store; whatever the store raises, the report is not lost to it. Raises: RiskModelError."""
    later = f"the report is complete in {folder}, and riskmodel sync {folder} sends it later"
    try:
        with stages.stage("Track in MLflow", tracking.ticks(folder)) as tick:
            return tracking.log_report(store, folder, pyfunc.__name__, tick)
    except KeyboardInterrupt as error:
        error.args = (later,)
        raise
    except Exception as error:  # the classes of stores, drivers and networks share no base
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        reason = (lines or [type(error).__name__])[0][:200]
        raise RiskModelError(f"{store.uri}: the store could not be written: {reason}; {later}") from error
