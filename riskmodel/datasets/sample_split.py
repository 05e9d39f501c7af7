"""Which rows of a run's table have which job: drawn or replayed, written down, and recorded in run.json."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from riskmodel.config import Run
from riskmodel.datasets import split
from riskmodel.datasets.run_table import RunTable
from riskmodel.datasets.split import Positions, RowKeys, Rows
from riskmodel.stats import weighted

FILE = "split.parquet"


@dataclass(frozen=True)
class SampleDraw:
    """The draw of a run."""

    rows: Rows
    recent: Positions | None  # the rows of tune that recalibrate; None is all of them
    record: bytes  # what `split.replay` of another run takes
    facts: Mapping[str, Any]  # for run.json: `samples` and `split`


def drawn(run: Run, read: RunTable, keys: RowKeys, folder: Path) -> SampleDraw:
    """The rows of each sample of a run's table; `split.replay` is relative to `folder`. Raises: DataError."""
    whole, sha256 = read.rows, read.sha256
    default, when = keys.default, keys.days
    if run.split.replay is not None:
        how, rows = "replay", split.replayed(folder / run.split.replay, whole, sha256, run.data.id)
    else:
        how = split.way(run.split, when)
        rows = split.draw(default, run.split, run.seed, when, keys.borrower, read.test)
    split.require_both(rows, default)
    recent = split.latest(rows.tune, default, run.split, when)
    record = split.recorded(rows, whole, sha256, run.data.id)
    facts = {
        "how": how,
        "file": FILE,
        "sha256": hashlib.sha256(record).hexdigest(),
        "left_out": {**(read.left_out or {}), **{why: len(positions) for why, positions in rows.left_out.items()}},
        "recalibrates": None if recent is None else _counts(recent, keys),
    }
    return SampleDraw(rows, recent, record, {"samples": _samples(rows, keys), "split": facts})


def _samples(rows: Rows, keys: RowKeys) -> dict[str, Any]:
    checksums = rows.sha256
    return {name: {**_counts(positions, keys), "sha256": checksums[name]} for name, positions in rows.samples.items()}


def _counts(positions: Positions, keys: RowKeys) -> dict[str, Any]:
    """Rows, bads, what they stand for where they have weights, and the first and last day where there are dates."""
    default, when = keys.default[positions], keys.days
    facts: dict[str, Any] = {"rows": len(positions), "bads": int(default.sum())}
    if keys.weight is not None:
        own = keys.weight[positions]
        facts |= {"stand_for": float(own.sum()), "bad_rate": weighted.mean(default, own)}
    if when is not None:
        facts |= {"first": str(when[positions].min()), "last": str(when[positions].max())}
    return facts
