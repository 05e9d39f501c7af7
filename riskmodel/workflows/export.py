"""Hands a model to another system: one file, and a certificate of what was compared and how far apart it is.

A file whose decisions are not all those of the bundle is not written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from riskmodel import onnx_export, tables
from riskmodel.core import Column, Kind, Matrix, Policy, Scorer, Vector, canonical
from riskmodel.datasets import encode
from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.evaluation.change.fidelity import fidelity
from riskmodel.files import beside, places
from riskmodel.onnx_export import Width
from riskmodel.scorers import AS_SAVED, Convertible, ForeignModel, ModelSettings
from riskmodel.trees import HasNativeFile
from riskmodel.workflows import library_parity
from riskmodel.workflows.prune import table
from riskmodel.workflows.review import model as review_model
from riskmodel.workflows.review.model import ReviewedModel

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
    settings: ModelSettings = AS_SAVED,
) -> dict[str, Any]:
    """Writes `output` and `output`.json, and returns what the second says: the parity certificate.

    `model` is a bundle's folder, an address in the MLflow `store`, or a file of LightGBM or XGBoost, of which
    `settings` say what it lost. A bundle is verified before any library opens its files, a foreign file held against
    its own library. Raises: RiskModelError, with nothing written, where a PD moves by more than 1e-6 (of single
    precision: from the sum in single precision) or a decision turns round.
    """
    places.refuse_inside(output, data, Path(model))
    opened = review_model.opened(Path(model), store, settings)
    scorer = opened.scorer
    if not isinstance(scorer, Convertible):
        raise UnsupportedScorer(f"a {scorer.kind} scorer cannot be exported")
    rows = _rows(opened, scorer, data, width if form == "onnx" else "float64")
    made = (_onnx if form == "onnx" else _native)(scorer, rows, width)
    certificate = {
        "file": {"name": output.name, "sha256": hashlib.sha256(made.content).hexdigest(), "bytes": len(made.content)},
        "format": form,
        "model": {"kind": scorer.kind, "sha256": opened.bundle.scorer_sha256 if opened.bundle else scorer.sha256},
        "input": _input(made.names, scorer, form, width),
        "output": _output(form),
        "parity": {
            **_parity(opened.policy, scorer.pd(rows), made),
            "rows_from": "made up" if data is None else data.name,
        },
    }
    write_with_certificate(output, made.content, canonical(certificate))
    return certificate


@dataclass(frozen=True, eq=False)
class _Made:
    """A file, what is read off it, and what it is called on: `due` are the PDs (n) that its arithmetic should give."""

    content: bytes
    pd: Vector
    names: Names
    due: Vector


def _rows(opened: ReviewedModel, scorer: Convertible, data: Path | None, width: Width) -> Matrix:
    """Rows to compare; made-up ones are rounded to what the file takes, given ones are as they came."""
    if opened.foreign is not None and data is not None:
        return _held(opened.foreign, data)
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


def _held(model: ForeignModel, data: Path) -> Matrix:
    """Rows of a table that the model's own library scores alike."""
    whole = table.opened(data, model.scorer.features).slice(0, MOST)
    table.check_features(data, whole.column_names, model.scorer.features)
    table.check_levels(whole, model.scorer.features, table.AS_USUAL)
    library_parity.hold_table(model, whole, data.name)
    return encode.matrix(whole, model.scorer.features)


def _onnx(scorer: Convertible, rows: Matrix, width: Width) -> _Made:
    """The model with its calibration, the PDs that ONNX Runtime reads off it, and the features by their own names."""
    content = onnx_export.with_pd(scorer.as_onnx(width), scorer.calibration)
    pd = onnx_export.opened(content, len(scorer.features)).run(rows, onnx_export.PD)
    return _Made(content, pd, tuple(column.name for column in scorer.features), scorer.pd(rows))


def _native(scorer: Convertible, rows: Matrix, width: Width) -> _Made:  # noqa: ARG001 - of ONNX alone
    """The library's own file with the calibration in it, the PDs of its own `predict`, and what it calls features."""
    if not isinstance(scorer, HasNativeFile):
        raise UnsupportedScorer(f"a native file is LightGBM's or XGBoost's (lgbm, xgb), however: {scorer.kind}")
    alone = scorer.standalone()
    pd, exact = alone.native_pd(rows), alone.pd(rows)
    rounding = library_parity.as_rounded(exact, alone.ensemble, rows, pd) - exact
    return _Made(alone.model, pd, alone.native_names, scorer.pd(rows) + rounding)


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


def _parity(policy: Policy | None, given: Vector, made: _Made) -> dict[str, Any]:
    """Raises: RiskModelError where the file does not say what the model says; a foreign one has no `policy`."""
    decisions = {} if policy is None else _decisions(policy, given, made.pd)
    off = float(np.abs(made.pd - made.due).max(initial=0.0))
    if not off <= TOLERANCE:
        raise RiskModelError(f"the file may move a PD by {TOLERANCE:g} at most, however: {off:g}")
    largest = float(np.abs(made.pd - given).max(initial=0.0))
    return {"rows": len(given), "largest_pd_change": largest, **decisions}


def _decisions(policy: Policy, given: Vector, other: Vector) -> dict[str, Any]:
    cuts = {"cutoff": policy.cutoff, "refer_from": policy.refer_from}
    flips = {name: fidelity(given, other, at).flips for name, at in cuts.items()}
    for name, count in flips.items():
        if count:
            raise RiskModelError(f"the file must decide as the bundle does, however: {count} rows turn at {name}")
    edges = np.array(policy.grade_edges)
    grades = int((np.searchsorted(edges, given, "right") != np.searchsorted(edges, other, "right")).sum())
    return {"flips": flips, "grades_changed": grades, **cuts}


def write_with_certificate(output: Path, content: bytes, certificate: bytes) -> None:
    """Both files or, where a place cannot be written, none; the model comes last: where it is, the certificate is."""
    proof = output.with_name(f"{output.name}.json")
    places.check_files(proof, output)
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
    decisions = "no decision turns, and " if "flips" in parity else ""
    return (
        f"{output}: {certificate['file']['bytes']:,} bytes; on {parity['rows']:,} rows ({parity['rows_from']}) "
        f"{decisions}no PD moves by more than {parity['largest_pd_change']:.1g}{first}"
    )


def as_json(certificate: Mapping[str, Any]) -> str:
    """The same for a program."""
    return canonical(dict(certificate)).decode().rstrip("\n")
