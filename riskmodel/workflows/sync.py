"""Sends a finished report to an MLflow store: one that could not be written when the training ended, or another one."""

from __future__ import annotations

from pathlib import Path

from riskmodel import tracking
from riskmodel.errors import RiskModelError
from riskmodel.workflows import pyfunc
from riskmodel.workflows.progress import Stages


def sync(folder: Path, store: str, stages: Stages) -> str:
    """Returns the id of the report's MLflow run; a report that the store has already is not sent again.

    Raises: RiskModelError where the folder is no report, or the store cannot be written: the report stays as it is.
    """
    parts = tracking.ticks(folder)
    runs = tracking.open_store(store)
    try:
        with stages.stage("Track in MLflow", parts) as tick:
            return tracking.log_report(runs, folder, pyfunc.__name__, tick)
    except RiskModelError:
        raise
    except Exception as error:  # the classes of stores, drivers and networks share no base
        raise RiskModelError(refused(folder, store, error)) from error


def refused(folder: Path, store: str, error: Exception) -> str:
    """Why a store did not take a report, in one line, and how to send it later."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    reason = (lines or [type(error).__name__])[0][:200]
    return (
        f"{store}: the store could not be written: {reason}; the report is complete in {folder}, "
        f"and riskmodel sync {folder} sends it later"
    )
