"""How long a report of 100 variants takes to send to MLflow on SQLite."""

import tempfile
from pathlib import Path
from time import perf_counter

from rich.console import Console

from riskmodel.tracking import log_report, open_store
from tests import stand_in_studies

VARIANTS = 100


def table(console: Console) -> str:
    """Seconds of the sending alone: a new database is set up before, which is done once in its life."""
    with tempfile.TemporaryDirectory() as folder, console.status("MLflow"):
        place = Path(folder)
        study = stand_in_studies.study_of(VARIANTS)
        report = stand_in_studies.written_report(stand_in_studies.settings(), study, place / "report")
        store = open_store(f"sqlite:///{place / 'mlflow.db'}")
        start = perf_counter()
        log_report(store, report)
        seconds = perf_counter() - start
    head = "## A run in MLflow\n\n| variants | store | seconds to send |\n|---|---|---|\n"
    return head + f"| {VARIANTS} | SQLite | {seconds:.1f} |"
