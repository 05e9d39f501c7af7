"""A report written to the store: one parent run, one child run a variant, a handful of calls each."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from riskmodel.core import Tick
from riskmodel.tracking import ids, model, notes, report, views
from riskmodel.tracking.facts import BY_DECISIONS, JUDGED_BY, DatasetFacts
from riskmodel.tracking.model import Logged, ModelNotes
from riskmodel.tracking.open_runs import close_stale, opened
from riskmodel.tracking.report import FILE, ReportFacts, RunFacts, VariantFacts
from riskmodel.tracking.store import Store

WITH_IDS = "split.parquet"
PLANS = "plans"
REPORT = "report_sha256"  # the tag that tells a report that is there already
NOTE = "mlflow.note.content"  # MLflow's own tag: the description of a run
_A_CALL = 1_000  # metrics; MLflow refuses more


@dataclass(frozen=True)
class Sending:
    """A report, what it says, and where it goes."""

    store: Store
    experiment: str
    folder: Path
    facts: ReportFacts
    loader: str | None


def ticks(folder: Path) -> int:
    """How often `log_report` calls its tick. Raises: as `log_report`."""
    return len(report.read(folder).variants) + 1


def log_report(store: Store, folder: Path, loader: str | None = None, tick: Tick = lambda: None) -> str:
    """Sends a finished report, and returns the id of its parent run; one that is there already is not sent again.

    All files of the report go to the parent, split.parquet with hashes of ids unless the run's TOML sends them. With a
    `loader`, the name of the module that opens a bundle for MLflow, champion and choice are logged as models too and,
    when all is written, the choice is registered under the run's name. Where it is interrupted, open runs are marked
    KILLED; where it fails, FAILED; those of a process that was killed are closed by the next.

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
        return _sent(Sending(store, experiment, folder, facts, loader), sha256, tick)


def _sent_before(store: Store, experiment: str, sha256: str) -> str | None:
    runs = store.client.search_runs([experiment], f"tags.{REPORT} = '{sha256}' and attributes.status = 'FINISHED'")
    return next((str(run.info.run_id) for run in runs), None)


def _sent(sending: Sending, sha256: str, tick: Tick) -> str:
    store, facts = sending.store, sending.facts
    chosen = None
    with _opened(sending, facts.parent.name, facts.parent, {REPORT: sha256}) as parent:
        for variant in facts.variants:
            logged = _variant(sending, parent, variant)
            chosen = logged if variant.name == facts.chosen else chosen
            tick()
        _parent(sending, parent)
        tick()
        if chosen is not None:
            words = ModelNotes(facts.model_note, facts.version_note, {"variant": facts.chosen})
            store.client.set_tag(parent, "model", model.register(store, facts.experiment, chosen, words))
        views.show(store, sending.experiment, parent, judged_by=_by_decisions(facts))
    return parent


def _by_decisions(facts: ReportFacts) -> bool:
    return any(variant.tags.get(JUDGED_BY) == BY_DECISIONS for variant in facts.variants)


@contextmanager
def _opened(sending: Sending, name: str, facts: RunFacts, tags: dict[str, str]) -> Iterator[str]:
    both = {**facts.tags, **tags}
    with opened(sending.store, sending.experiment, name, both, facts.started, facts.seconds) as run:
        yield run


def _variant(sending: Sending, parent: str, variant: VariantFacts) -> Logged | None:
    """The run of a variant; returns its model, where it is champion or choice and has a bundle."""
    client, folder, facts = sending.store.client, sending.folder, sending.facts
    with _opened(sending, variant.title or variant.name, variant, {"mlflow.parentRunId": parent}) as run:
        log_facts(sending.store, run, variant)
        for name, place in variant.plans.items():
            client.log_text(run, (folder / place).read_text("utf-8"), f"{PLANS}/{name}")
        if variant.bundle is None:
            return None
        client.log_artifacts(run, str(folder / variant.bundle), "bundle")
        if sending.loader is None or variant.name not in {facts.chosen, facts.champion}:
            return None
        known = {key: variant.tags[key] for key in ("variant", "role") if key in variant.tags}
        return model.log_model(sending.store, run, folder / variant.bundle, sending.loader, known)


def _parent(sending: Sending, run: str) -> None:
    client, facts = sending.store.client, sending.facts
    log_facts(sending.store, run, facts.parent)
    _log_datasets(sending.store, run, facts.datasets)
    client.set_tag(run, NOTE, notes.with_picture(facts.note, run) if facts.note else "")
    if (sending.folder / PLANS).is_dir():
        client.log_artifacts(run, str(sending.folder / PLANS), PLANS)
    with _files(sending.folder, facts) as paths:
        for path in paths:
            client.log_artifact(run, str(path))


def log_facts(store: Store, run: str, facts: RunFacts) -> None:
    """The params and metrics of a run, a thousand metrics a call."""
    from mlflow.entities import Metric, Param

    now = int(time.time() * 1000)
    metrics: list[Any] = [Metric(key, value, now, 0) for key, value in facts.metrics.items()]
    metrics += [Metric(key, at, now, step) for key, line in facts.history.items() for step, at in enumerate(line)]
    params = [Param(key, value) for key, value in facts.params.items()]
    store.client.log_batch(run, metrics=metrics[:_A_CALL], params=params)
    for start in range(_A_CALL, len(metrics), _A_CALL):
        store.client.log_batch(run, metrics=metrics[start : start + _A_CALL])


def _log_datasets(store: Store, run: str, datasets: tuple[DatasetFacts, ...]) -> None:
    from mlflow.entities import Dataset, DatasetInput, InputTag
    from mlflow.types.schema import ColSpec, Schema
    from mlflow.utils.mlflow_tags import MLFLOW_DATASET_CONTEXT

    inputs = []
    for facts in datasets:
        columns = Schema([ColSpec(kind, name, required=False) for name, kind in facts.columns.items()])
        schema = f'{{"mlflow_colspec": {columns.to_json()}}}'
        dataset = Dataset(facts.name, facts.digest, "local", facts.source, schema, facts.profile)
        inputs.append(DatasetInput(dataset, [InputTag(MLFLOW_DATASET_CONTEXT, facts.context)]))
    if inputs:
        _log_inputs(store, run, inputs)


def _log_inputs(store: Store, run: str, inputs: list[Any]) -> None:
    """MLflow looks for a dataset before it writes it: the later of two at once fails, and finds it if it asks again."""
    from mlflow.exceptions import MlflowException

    try:
        store.client.log_inputs(run, inputs)
    except MlflowException:
        store.client.log_inputs(run, inputs)


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
