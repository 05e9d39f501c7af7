"""What a finished run says of itself: a manifest that depends on input and model alone, and a record with the times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from riskmodel.batch.counts import added
from riskmodel.batch.input_manifest import Book
from riskmodel.batch.writer import Written
from riskmodel.bundle import Bundle
from riskmodel.core import Reference
from riskmodel.errors import DataError, RiskModelError
from riskmodel.stats.psi import psi

FORMAT = 1


def identity(book: Book, bundle: Bundle, digests: Sequence[str], part_rows: int) -> dict[str, Any]:
    """What a run is about: another identity is another run."""
    return {
        "format": FORMAT,
        "bundle_sha256": bundle.sha256,
        "model_sha256": bundle.scorer_sha256,
        "id": book.id_column,
        "part_rows": part_rows,
        "inputs": book.inputs(digests),
    }


def manifest(about: Mapping[str, Any], bundle: Bundle, parts: Sequence[Written]) -> dict[str, Any]:
    """The same for the same input and model. Raises: DataError unless every row was scored or set aside."""
    rows = {
        "read": sum(facts["rows"] for facts in about["inputs"]),
        "scored": sum(part.scored for part in parts),
        "quarantined": sum(part.quarantined for part in parts),
    }
    if rows["read"] != rows["scored"] + rows["quarantined"]:
        raise DataError(f"rows read must be rows scored and set aside, however: {rows}")
    counts = added(part.tally for part in parts)
    files = [{"name": name, **facts} for part in parts for name, facts in part.files.items()]
    return {
        **about,
        "policy": {"cutoff": bundle.policy.cutoff, "refer_from": bundle.policy.refer_from},
        "rows": rows,
        "decisions": counts["decisions"],
        "grades": counts["grades"],
        "parts": [{"name": part["name"], "bytes": part["bytes"], "sha256": part["sha256"]} for part in files],
    }


def run(
    written: Mapping[str, Any],
    parts: Sequence[Written],
    reference: Reference,
    seconds: Mapping[str, float],
    threads: int,
) -> dict[str, Any]:
    """run.json: all counts, drift against development, and what it took."""
    counts = added(part.tally for part in parts)
    scored = written["rows"]["scored"]
    return {
        **{name: written[name] for name in ("bundle_sha256", "model_sha256", "rows", "decisions", "grades")},
        "policies": counts["policies"],
        "unseen_levels": counts["unseen"],
        "quarantine": counts["quarantine"],
        "first_reasons": counts["reasons"],
        "psi": score_psi(counts["scores"], reference),
        "missing": {
            name: {"share": missing / scored if scored else None, "development": reference.missing.get(name)}
            for name, missing in counts["missing"].items()
        },
        "seconds": dict(seconds),
        "threads": threads,
    }


def score_psi(scores: Mapping[str, int], reference: Reference) -> float | None:
    """The population stability index of the PDs against development, over the bins that the bundle has.

    None where the bundle does not say how they lay, or nothing was scored.
    """
    if not reference.shares or not scores:
        return None
    counts = np.array([scores.get(f"{i:02d}", 0) for i in range(len(reference.shares))], np.float64)
    return psi(np.asarray(reference.shares) * reference.rows, counts)


def check_same(output: Path, before: Mapping[str, Any], now: Mapping[str, Any], parts: str = "size of parts") -> None:
    """Two identities must be of one run. Raises: RiskModelError that says what changed."""
    for name, what in (
        ("bundle_sha256", "model"),
        ("inputs", "input"),
        ("id", "id"),
        ("part_rows", parts),
        ("counterfactuals", "counterfactuals"),
        ("native", "engine"),
        ("spelling", "spelling of missing, and share of unknown levels,"),
    ):
        if before.get(name) != now.get(name):
            raise RiskModelError(f"{output}: must be scored with the same {what}, however: it changed")
