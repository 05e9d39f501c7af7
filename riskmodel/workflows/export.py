"""Hands a saved model to another system: one file, and a certificate of what was compared and how far apart it is.

A file whose decisions are not all those of the bundle is not written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np

from riskmodel import onnx_export, scorers, tables
from riskmodel.bundle import Bundle
from riskmodel.core import Column, Kind, Matrix, Scorer, Vector, canonical
from riskmodel.datasets import encode
from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.evaluation.change.fidelity import fidelity
from riskmodel.files import beside, places
from riskmodel.onnx_export import Width
from riskmodel.scorers import Convertible
from riskmodel.trees import HasNativeFile
from riskmodel.workflows import model_resolver

Form = Literal["onnx", "native"]
Names = tuple[str, ...]
TOLERANCE = 1e-6  # of a PD
MADE_UP = 20_000  # rows, where none are given
MOST = 1_000_000  # rows that are compared


def export(
    model: str | Path,
    output: Path,
    form: Form = "onnx",
    *,
    data: Path | None = None,
    width: Width = "float64",
    store: str | None = None,
) -> dict[str, Any]:
    """Writes `output` and `output`.json, and returns what the second says: the parity certificate.

    `model` is a bundle's folder, or an address in the MLflow `store`. The bundle is verified before any library opens
    its files. Raises: RiskModelError, with nothing written, where a PD
    moves by more than 1e-6 or a decision turns round.
    """
    places.refuse_inside(output, data)
    saved = model_resolver.opened(model, store)
    scorer = scorers.unpacked(saved)
    if not isinstance(scorer, Convertible):
        raise UnsupportedScorer(f"a {scorer.kind} scorer cannot be exported")
    rows = _rows(scorer, data, width if form == "onnx" else "float64")
    content, pd, names = (_onnx if form == "onnx" else _native)(scorer, rows, width)
    certificate = {
        "file": {"name": output.name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)},
        "format": form,
        "model": {"kind": scorer.kind, "sha256": saved.scorer_sha256},
        "input": _input(names, scorer, form, width),
        "output": _output(form),
        "parity": {**_parity(saved, scorer.pd(rows), pd), "rows_from": "made up" if data is None else data.name},
    }
    write_with_certificate(output, content, canonical(certificate))
    return certificate


def _rows(scorer: Convertible, data: Path | None, width: Width) -> Matrix:
    """Rows to compare; made-up ones are rounded to what the file takes, given ones are as they came."""
    if data is None:
        with np.errstate(over="ignore"):
            return scorer.probes(MADE_UP).astype(width).astype(np.float64)
    wanted = {f.read_from: Column(f.read_from, kind=Kind.NUMERIC if f.source else f.kind) for f in scorer.features}
    parts, count = [], 0
    for batch in tables.batches(data, list(wanted.values())):
        parts.append(encode.matrix(batch, scorer.features))
        count += batch.num_rows
        if count >= MOST:
            break
    if not count:
        raise RiskModelError(f"{data}: must have rows to compare, however: none")
    return np.concatenate(parts)[:MOST]


def _onnx(scorer: Convertible, rows: Matrix, width: Width) -> tuple[bytes, Vector, Names]:
    """The model with its calibration, the PDs that ONNX Runtime reads off it, and the features by their own names."""
    content = onnx_export.with_pd(scorer.as_onnx(width), scorer.calibration)
    pd = onnx_export.opened(content, len(scorer.features)).run(rows, onnx_export.PD)
    return content, pd, tuple(column.name for column in scorer.features)


def _native(scorer: Convertible, rows: Matrix, width: Width) -> tuple[bytes, Vector, Names]:  # noqa: ARG001 - of ONNX alone
    """The library's own file with the calibration in it, the PDs of its own `predict`, and what it calls features."""
    if not isinstance(scorer, HasNativeFile):
        raise UnsupportedScorer(f"a native file is LightGBM's or XGBoost's (lgbm, xgb), however: {scorer.kind}")
    alone = scorer.standalone()
    return alone.model, alone.native_pd(rows), alone.native_names


def _input(names: Names, scorer: Scorer, form: Form, width: Width) -> dict[str, Any]:
    """What is fed in: one column a feature, in this order; NaN is missing, a category its place among its levels."""
    tensor = {"name": onnx_export.ROWS, "type": width} if form == "onnx" else {}
    return {"columns": [_column(*pair) for pair in zip(scorer.features, names, strict=True)], **tensor}


def _column(column: Column, name: str) -> dict[str, Any]:
    """How a feature is made from its column; `name` is what the file calls it."""
    named = {"name": column.name, **({"in_file": name} if name != column.name else {})}
    if column.source:
        return {**named, "one_where": column.source, "has": list(column.codes)}
    missing = {"missing": list(column.codes)} if column.codes else {}
    return {**named, **(_levels(column) if column.kind is Kind.CATEGORICAL else {}), **missing}


def _levels(column: Column) -> dict[str, Any]:
    """Levels in the order of their codes, and the code of any other level: None is missing."""
    return {"levels": list(column.categories), "unlisted": len(column.categories) - 1 if column.other else None}


def _output(form: Form) -> dict[str, Any]:
    tensor = {"name": onnx_export.PD, "type": "float64"} if form == "onnx" else {"name": "predict"}
    return {**tensor, "means": "calibrated probability of default"}


def _parity(saved: Bundle, given: Vector, other: Vector) -> dict[str, Any]:
    """Raises: RiskModelError where the file does not say what the bundle says."""
    cuts = {"cutoff": saved.policy.cutoff, "refer_from": saved.policy.refer_from}
    fidelities = {name: fidelity(given, other, at) for name, at in cuts.items()}
    largest, flips = fidelities["cutoff"].largest, {name: one.flips for name, one in fidelities.items()}
    for name, count in flips.items():
        if count:
            raise RiskModelError(f"the file must decide as the bundle does, however: {count} rows turn at {name}")
    if not largest <= TOLERANCE:
        raise RiskModelError(f"the file may move a PD by {TOLERANCE:g} at most, however: {largest:g}")
    edges = np.array(saved.policy.grade_edges)
    grades = int((np.searchsorted(edges, given, "right") != np.searchsorted(edges, other, "right")).sum())
    return {"rows": len(given), "largest_pd_change": largest, "flips": flips, "grades_changed": grades, **cuts}


def write_with_certificate(output: Path, content: bytes, certificate: bytes) -> None:
    """Both files or, where a place cannot be written, none; the model comes last: where it is, the certificate is."""
    proof = output.with_name(f"{output.name}.json")
    for place in (proof, output):
        if place.is_dir():
            raise RiskModelError(f"{place}: must be a file, however: a folder has this name")
    try:
        with beside.together(proof, output) as folder:
            (folder / proof.name).write_bytes(certificate)
            (folder / output.name).write_bytes(content)
    except OSError as error:
        raise RiskModelError(f"{output}: cannot be written: {error.strerror}") from error


def in_words(certificate: Mapping[str, Any], output: Path) -> str:
    """One line for a person."""
    parity, columns = certificate["parity"], certificate["input"]["columns"]
    coded = sum("missing" in column or "has" in column for column in columns)
    first = f"; first replace the special codes of {coded} columns as {output.name}.json says" if coded else ""
    return (
        f"{output}: {certificate['file']['bytes']:,} bytes; on {parity['rows']:,} rows ({parity['rows_from']}) "
        f"no decision turns, and no PD moves by more than {parity['largest_pd_change']:.1g}{first}"
    )


def as_json(certificate: Mapping[str, Any]) -> str:
    """The same for a program."""
    return canonical(dict(certificate)).decode().rstrip("\n")
