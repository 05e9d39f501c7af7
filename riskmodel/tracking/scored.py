"""A scoring run in MLflow: its counts, drift and times, with the record and the manifest as files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from riskmodel.tracking.log import log_facts
from riskmodel.tracking.open_runs import close_stale, opened
from riskmodel.tracking.report import RunFacts
from riskmodel.tracking.store import Store

EXPERIMENT = "scoring"
_FILES = ("run.json", "manifest.json")


def log_scored(store: Store, output: Path, lineage: Mapping[str, Any]) -> str:
    """Writes a finished output's record, and returns the id of its run in the experiment `scoring`."""
    record = json.loads((output / "run.json").read_bytes())
    tags = {"model_sha256": record["model_sha256"], "bundle_sha256": record["bundle_sha256"]}
    tags |= {"variant": str(lineage["variant"])} if "variant" in lineage else {}
    params = {"output": str(output)[:6000], "threads": str(record["threads"])}
    with store.locked():
        experiment = store.experiment(EXPERIMENT)
        close_stale(store, experiment)
        with opened(store, experiment, output.name, tags) as run:
            log_facts(store, run, RunFacts(output.name, tags, params, _metrics(record)))
            for name in _FILES:
                store.client.log_artifact(run, str(output / name))
    return run


def _metrics(record: Mapping[str, Any]) -> dict[str, float]:
    sections = ("rows", "decisions", "grades", "seconds")
    counts = {f"{section}/{name}": float(count) for section in sections for name, count in record[section].items()}
    return counts if record["psi"] is None else {**counts, "drift/psi": float(record["psi"])}
