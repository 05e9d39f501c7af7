"""Score applications with a saved model, on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from riskmodel import batch, bundle, scorers
from riskmodel.core import canonical
from riskmodel.workflows.progress import Stages


def score(model: Path, source: Path, output: Path, stages: Stages) -> dict[str, Any]:
    """Scores `source` into the new folder `output`, and returns the run's record. Raises: RiskModelError."""
    saved = bundle.read(model)
    scorer = scorers.load(saved.kind, saved.features, saved.calibration, saved.files)
    with stages.stage("Score") as tick:
        return batch.score(scorer, saved.policy, source, output, id_column=saved.lineage.get("id"), tick=tick)


def in_words(record: Mapping[str, Any], output: Path) -> str:
    """One line for a person."""
    decisions = ", ".join(f"{count:,} {name}" for name, count in record["decisions"].items())
    return f"{record['rows']:,} rows scored into {output}: {decisions}"


def as_json(record: Mapping[str, Any]) -> str:
    """The same for a program."""
    return canonical(dict(record)).decode().rstrip("\n")
