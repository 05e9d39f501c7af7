"""A report written to the store: one parent run, one child run a variant, a handful of calls each."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from riskmodel.core import Tick
from riskmodel.tracking import ids, model, report
from riskmodel.tracking.open_runs import close_stale, opened
from riskmodel.tracking.report import FILE, ReportFacts, RunFacts, VariantFacts
from riskmodel.tracking.store import Store

WITH_IDS = "split.parquet"
REPORT = "report_sha256"  # the tag that tells a report that is there already


def ticks(folder: Path) -> int:
    """How often `log_report` calls its tick. Raises: as `log_report`."""
    return len(report.read(folder).variants) + 1


def log_report(store: Store, folder: Path, loader: str | None = None, tick: Tick = lambda: None) -> str:
    """Sends a finished report, and returns the id of its parent run; one that is there already is not sent again.

    All files of the report go to the parent, split.parquet with hashes of ids unless the run's TOML sends them. With a
    `loader`, the name of the module that opens a bundle for MLflow, the chosen one is logged as a model too and, when
    all is written, registered under the run's name. Where it is interrupted, open runs are marked KILLED; where it
    fails, FAILED; those of a process that was killed are closed by the next.

    Raises: RiskModelError, before anything is written, where the folder is no report or another run is writing to the
    store; whatever MLflow raises where it cannot be written.
    """
    facts = report.read(folder)
    sha256 = hashlib.sha256((folder / FILE).read_bytes()).hexdigest()
    with store.locked():
        experiment = store.experiment(facts.experiment)
        close_stale(store, experiment)
        if (before := _sent_before(store, experiment, sha256)) is not None:
            return before
        return _sent(store, experiment, folder, facts, sha256, loader, tick)


def _sent_before(store: Store, experiment: str, sha256: str) -> str | None:
    runs = store.client.search_runs([experiment], f"tags.{REPORT} = '{sha256}' and attributes.status = 'FINISHED'")
    return next((str(run.info.run_id) for run in runs), None)


def _sent(  # noqa: PLR0917 (what is sent, and where)
    store: Store, experiment: str, folder: Path, facts: ReportFacts, sha256: str, loader: str | None, tick: Tick
) -> str:
    chosen = None
    with opened(store, experiment, facts.parent.name, {**facts.parent.tags, REPORT: sha256}) as parent:
        for variant in facts.variants:
            tags = {"mlflow.parentRunId": parent, **variant.tags}
            with opened(store, experiment, variant.name, tags) as child:
                _variant(store, child, folder, variant)
                if loader is not None and variant.name == facts.chosen and variant.bundle is not None:
                    chosen = child
                    model.log_model(store, child, folder / variant.bundle, loader)
            tick()
        log_facts(store, parent, facts.parent)
        with _files(folder, facts) as paths:
            for path in paths:
                store.client.log_artifact(parent, str(path))
        tick()
        if chosen is not None:
            address = model.register(store, facts.experiment, chosen, {"variant": facts.chosen})
            store.client.set_tag(parent, "model", address)
    return parent


def _variant(store: Store, run: str, folder: Path, variant: VariantFacts) -> None:
    log_facts(store, run, variant)
    for name, place in variant.plans.items():
        store.client.log_text(run, (folder / place).read_text("utf-8"), f"plans/{name}")
    if variant.bundle is not None:
        store.client.log_artifacts(run, str(folder / variant.bundle), "bundle")


def log_facts(store: Store, run: str, facts: RunFacts) -> None:
    """The params and metrics of a run, in one call."""
    from mlflow.entities import Metric, Param

    now = int(time.time() * 1000)
    metrics: list[Any] = [Metric(key, value, now, 0) for key, value in facts.metrics.items()]
    store.client.log_batch(run, metrics=metrics, params=[Param(key, value) for key, value in facts.params.items()])


@contextmanager
def _files(folder: Path, facts: ReportFacts) -> Iterator[list[Path]]:
    """The report's own files, in the order of their names, without what says whose row is whose."""
    paths = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / WITH_IDS
        if not facts.ids and folder / WITH_IDS in paths:
            ids.hashed(folder / WITH_IDS, copy)
            paths[paths.index(folder / WITH_IDS)] = copy
        yield paths
