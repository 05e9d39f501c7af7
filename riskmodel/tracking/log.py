"""A study written to the store: one parent run, one child run a variant, a handful of calls each."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from riskmodel.config import Run
from riskmodel.core import Study, Tick, Variant
from riskmodel.errors import RiskModelError
from riskmodel.tracking import facts, model
from riskmodel.tracking.store import Store


def ticks(study: Study) -> int:
    """How often `log_run` calls `tick`."""
    return len(study.variants) + 1


def log_run(
    store: Store,
    settings: Run,
    study: Study,
    *,
    files: Sequence[Path] = (),
    bundles: Mapping[str, Path] | None = None,
    loader: str | None = None,
    tick: Tick = lambda: None,
) -> str:
    """Writes a finished run and returns the id of its parent run.

    `files` go to the parent (report, tables, run.json, TOML); `bundles` are folders by variant. With a `loader`, the
    name of the module that opens a bundle for MLflow, the chosen one is logged as a model too and, when all is written,
    registered under the run's name. Where the writing is interrupted, open runs are marked KILLED; where it fails,
    FAILED: none stays RUNNING.
    Raises: RiskModelError, before anything is written, where a file or a folder is missing.
    """
    _check(files, bundles or {})
    experiment, chosen = store.experiment(settings.name), None
    with _run(store, experiment, _title(settings, study), facts.run_tags(study)) as parent:
        for variant in study.variants.values():
            tags = {"mlflow.parentRunId": parent, **facts.tags(study, variant.name)}
            with _run(store, experiment, variant.name, tags) as child:
                _batch(store, child, facts.params(settings, variant), facts.metrics(study, variant.name))
                _artifacts(store, child, variant, (bundles or {}).get(variant.name))
                if loader is not None and variant.name == study.trade_off.chosen:
                    chosen = child
                    model.log_model(store, child, (bundles or {})[variant.name], loader)
            tick()
        _batch(store, parent, {"seed": str(settings.seed)}, facts.confirmation(study))
        for path in files:
            store.client.log_artifact(parent, str(path))
        tick()
    if chosen is not None:
        address = model.register(store, settings.name, chosen, {"variant": study.trade_off.chosen})
        store.client.set_tag(parent, "model", address)
    return parent


def _check(files: Sequence[Path], bundles: Mapping[str, Path]) -> None:
    """MLflow passes over a folder that is not there without a word."""
    missing = [path for path in files if not path.is_file()] + [path for path in bundles.values() if not path.is_dir()]
    if missing:
        raise RiskModelError(f"{missing[0]}: there is no such file or folder to log")


def _title(settings: Run, study: Study) -> str:
    return " ".join([settings.name, str(study.run.get("hashes", {}).get("toml", ""))[:8]]).strip()


@contextmanager
def _run(store: Store, experiment: str, name: str, tags: Mapping[str, str]) -> Iterator[str]:
    run: str = store.client.create_run(experiment, run_name=name, tags=dict(tags)).info.run_id
    try:
        yield run
    except BaseException as error:
        store.client.set_terminated(run, "KILLED" if isinstance(error, KeyboardInterrupt) else "FAILED")
        raise
    store.client.set_terminated(run, "FINISHED")


def _batch(store: Store, run: str, params: Mapping[str, str], metrics: Mapping[str, float]) -> None:
    from mlflow.entities import Metric, Param

    now = int(time.time() * 1000)
    store.client.log_batch(
        run,
        metrics=[Metric(key, value, now, 0) for key, value in metrics.items()],
        params=[Param(key, value) for key, value in params.items()],
    )


def _artifacts(store: Store, run: str, variant: Variant, bundle: Path | None) -> None:
    for step, plan in enumerate(variant.plans, start=1):
        store.client.log_text(run, plan.to_json().decode(), f"plans/{step}-{plan.pruner}.json")
    if bundle is not None:
        store.client.log_artifacts(run, str(bundle), "bundle")
