"""The ledger of a test sample: each time a run opened it, by which TOML, code and data.

A run's folder keeps its own openings; those of the same rows by the folders beside it count too.

A sample that is opened again after its figures were read no longer confirms anything by itself: the ledger says so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from riskmodel.core import Sample, canonical
from riskmodel.errors import RiskModelError, cause

FILE = "openings.json"


def entry(test: Sample, hashes: Mapping[str, str], chosen: str) -> dict[str, Any]:
    """One opening: the rows by their hash, who asked, and which choice had been made."""
    rows = hashlib.sha256(hashes["data"].encode() + test.rows.astype("<i8").tobytes()).hexdigest()
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return {"at": at, "test_sha256": rows, "chosen": chosen, **{f"{part}_sha256": hashes[part] for part in hashes}}


def added(target: Path, opening: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The ledger of the run's folder with this opening at its end.

    Raises: RiskModelError for a ledger that cannot be read: it is not begun anew without a word.
    """
    return [*_read(target / FILE), dict(opening)]


def of_sample(target: Path, ledger: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The openings of the sample that was opened last, by the run's own ledger and those of the folders beside it.

    Raises: RiskModelError for a ledger that cannot be read.
    """
    folders = [path for path in sorted(target.parent.glob(f"*/{FILE}")) if not path.parent.name.startswith(".")]
    beside = [path for path in folders if path.parent.name != target.name]  # hidden ones are runs in the making
    others = [{**opening, "run": path.parent.name} for path in beside for opening in _read(path)]
    sample = ledger[-1]["test_sha256"]
    same = [dict(opening) for opening in (*others, *ledger) if opening.get("test_sha256") == sample]
    return sorted(same[:-1], key=lambda opening: str(opening["at"])) + same[-1:]


def _read(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    try:
        return [dict(item) for item in json.loads(path.read_bytes())["openings"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RiskModelError(f"{path}: must be the ledger of earlier openings, however: {cause(error)}") from error


def written(folder: Path, target: Path, opening: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The same ledger, written into `folder`, which will take the place of `target`. Raises: RiskModelError."""
    ledger = added(target, opening)
    (folder / FILE).write_bytes(canonical({"openings": ledger}))
    return ledger
