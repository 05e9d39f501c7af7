"""What went into a smaller model and what came out, by hash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from riskmodel import tables
from riskmodel.core import Pruner, Sample
from riskmodel.core.releases import release_of

LIBRARIES = ("riskmodel", "lightgbm", "xgboost", "numpy", "pyarrow")


class RecordedRows(Protocol):
    """Where rows came from, and the roles of their columns."""

    @property
    def data(self) -> Path: ...
    @property
    def target(self) -> str | None: ...
    @property
    def seed(self) -> int: ...
    @property
    def unlabelled(self) -> Path | None: ...
    @property
    def weight(self) -> str | None: ...
    @property
    def bad(self) -> str | None: ...


def facts(
    source: RecordedRows, written: Path, samples: Sequence[Sample], pruner: Pruner, libraries: Sequence[str] = LIBRARIES
) -> dict[str, Any]:
    """Rows, method, samples and the written file, as plain values."""
    return {
        "data": {"file": source.data.name, "sha256": tables.sha256_of(source.data), **_roles(source)},
        **_unlabelled(source),
        "written": {"file": written.name, "sha256": tables.sha256_of(written)},
        "method": {"name": pruner.name, "options": asdict(pruner)},  # type: ignore[call-overload]
        "samples": {sample.name: _counted(sample) for sample in samples},
        "seed": source.seed,
        "versions": {name: release_of(name) for name in libraries},
    }


def _counted(sample: Sample) -> dict[str, float]:
    """Each row once; where they have weights, what they stand for too."""
    counted: dict[str, float] = {"rows": len(sample), "bads": int(sample.default.sum())}
    return counted if sample.weight is None else {**counted, "stand_for": float(sample.weight.sum())}


def _roles(source: RecordedRows) -> dict[str, str]:
    roles = {"target": source.target, "weight": source.weight, "bad": source.bad}
    return {name: value for name, value in roles.items() if value is not None}


def _unlabelled(source: RecordedRows) -> dict[str, Any]:
    path = source.unlabelled
    return {} if path is None else {"unlabelled": {"file": path.name, "sha256": tables.sha256_of(path)}}
