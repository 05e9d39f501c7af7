"""Writes a model as SQL, C, JSON or PMML with a certificate; what answers otherwise than `score` is not written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from riskmodel.batch import Chunk, Predictor
from riskmodel.bundle import Bundle
from riskmodel.code_export import DIALECTS, Decider, c_header, json_document, pmml, select
from riskmodel.config import Scoring
from riskmodel.core import canonical
from riskmodel.errors import RiskModelError
from riskmodel.files import places
from riskmodel.workflows import model_resolver
from riskmodel.workflows.code_export import engines, raw_rows
from riskmodel.workflows.export import write_with_certificate

CodeForm = Literal["sql", "c", "json", "pmml"]
TOLERANCE = 1e-9  # of a PD
MADE_UP, MOST = 20_000, 200_000  # rows that are compared


@dataclass(frozen=True)
class CodeOptions:
    """How the code is spelt; what a form does not have is not looked at.

    dialect, table, id_column: of SQL; the id is the one of training where none is named. name: what the functions of a
    C header begin with.
    """

    dialect: str = "ansi"
    table: str = "applications"
    id_column: str | None = None
    name: str = "riskmodel"
    reasons: bool = True


def export_code(
    model: str | Path,
    output: Path,
    form: CodeForm,
    options: CodeOptions = CodeOptions(),
    *,
    data: Path | None = None,
    store: str | None = None,
) -> dict[str, Any]:
    """Writes `output` and `output`.json, and returns what the second says: what was run, and on how many rows.

    `model` is a bundle's folder, or an address in the MLflow `store`. The code is run on rows of `data`, or on made-up
    ones with infinite, missing and unheard-of values among them, and every answer is held against `score`.
    Raises: RiskModelError, with nothing written, where one differs; UnsupportedScorer for what is no sum of trees.
    """
    if form == "sql" and options.dialect not in DIALECTS:
        raise RiskModelError(f"the dialect must be one of {', '.join(DIALECTS)}, however: {options.dialect!r}")
    for name, value in (("the table", options.table), ("the id", options.id_column)):
        if value is not None and (not value.strip() or any(mark in value for mark in (";", "--", "\n"))):
            raise RiskModelError(f"{name} must be a name without ; -- and line ends, however: {value!r}")
    places.refuse_inside(output, data, Path(model))
    saved = model_resolver.opened(model, store)
    chunk = Chunk.from_bundle(saved)
    decider = Decider(chunk.scorer, saved.policy, saved.scale, saved.scoring, saved.reasons, saved.scorer_sha256)
    rows = raw_rows.made_up(chunk.scorer, MADE_UP) if data is None else raw_rows.given(data, chunk.scorer, MOST)
    text, run = _written(form, decider, rows, saved, options)
    parity = _parity(_due(form, chunk, rows), run.answer, first_fault=form == "c") if run.answer else None
    content = text.encode()
    certificate = {
        "file": {"name": output.name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)},
        "format": form,
        "model": {"kind": saved.kind, "sha256": saved.scorer_sha256},
        "input": {"columns": list(decider.columns), **run.input},
        "reasons": options.reasons and form != "pmml",
        "run_by": run.engine,
        "parity": parity and {**parity, "rows_from": "made up" if data is None else data.name},
        "not_said": _PMML_SAYS_NOT if form == "pmml" else _CODE_SAYS_NOT,
    }
    write_with_certificate(output, content, canonical(certificate))
    return certificate


_CODE_SAYS_NOT = "data.scoring.most_unseen: code sees one application at a time, and refuses no file"
_PMML_SAYS_NOT = "reasons, and rules of data.scoring: an application is taken as it is"


@dataclass(frozen=True)
class _Run:
    engine: str | None
    answer: engines.Answer
    input: Mapping[str, Any]


def _written(
    form: CodeForm, decider: Decider, rows: pa.RecordBatch, saved: Bundle, options: CodeOptions
) -> tuple[str, _Run]:
    if form == "sql":
        return _sql(decider, rows, saved, options)
    writers = {"c": _c, "json": _json, "pmml": _pmml}
    return writers[form](decider, rows, options)


def _sql(decider: Decider, rows: pa.RecordBatch, saved: Bundle, options: CodeOptions) -> tuple[str, _Run]:
    id_column = options.id_column or saved.lineage.get("id") or engines.ID
    text = select(decider, options.dialect, options.table, id_column, reasons=options.reasons)
    engine = engines.engine_of(options.dialect)
    tried = select(decider, engine, engines.TABLE, engines.ID, reasons=options.reasons)
    of = {"dialect": options.dialect, "table": options.table, "id": id_column}
    try:
        answer = engines.run_sql(tried, engine, rows)
    except engines.TooLong:
        if engine == options.dialect:
            raise
        return text, _Run(None, {}, of)
    return text, _Run(engines.version_of(engine), answer, {**of, "run_as": engine})


def _c(decider: Decider, rows: pa.RecordBatch, options: CodeOptions) -> tuple[str, _Run]:
    text = c_header(decider, options.name, reasons=options.reasons)
    compiler = engines.compiler()
    answer = engines.run_c(decider, rows, reasons=options.reasons) if compiler else {}
    return text, _Run(compiler and Path(compiler).name, answer, {"name": options.name})


def _json(decider: Decider, rows: pa.RecordBatch, options: CodeOptions) -> tuple[str, _Run]:
    text = json_document(decider, reasons=options.reasons)
    return text, _Run("riskmodel's own reader", engines.run_json(text, decider, rows), {})


def _pmml(decider: Decider, rows: pa.RecordBatch, _options: CodeOptions) -> tuple[str, _Run]:
    content = pmml.pmml(decider)
    return content.decode(), _Run("riskmodel's own reader", engines.run_pmml(content, decider, rows), {})


def _expected(chunk: Chunk, rows: pa.RecordBatch) -> Mapping[str, list[Any]]:
    """What `score` answers; a rule that refuses a file sets its rows aside, as code must."""
    rules = chunk.rules.model_dump()
    aside = {name: "quarantine" for name, policy in rules.items() if policy == "refuse" and not name.endswith("column")}
    lenient = Scoring(**{**rules, **aside, "most_unseen": 1.0})
    frame = Predictor(replace(chunk, rules=lenient), None).predict(pa.Table.from_batches([rows]))
    answers = {str(name): frame[name].astype(object) for name in frame}
    return {name: values.where(values.notna(), None).tolist() for name, values in answers.items()}


def _due(form: CodeForm, chunk: Chunk, rows: pa.RecordBatch) -> Mapping[str, list[Any]]:
    """What the file must answer; PMML sets no application aside."""
    if form != "pmml":
        return _expected(chunk, rows)
    taken = {"wrong_type": "missing", "missing_value": "accept", "unseen": "missing"}
    outside = {} if chunk.rules.out_of_range == "missing" else {"out_of_range": "accept"}
    due = _expected(replace(chunk, rules=chunk.rules.model_copy(update={**taken, **outside})), rows)
    return {name: due[name] for name in ("pd", "points", "grade", "decision")}


def _parity(expected: Mapping[str, list[Any]], answer: engines.Answer, *, first_fault: bool) -> dict[str, Any]:
    """Raises: RiskModelError where an answer is not the one of `score`."""
    largest = _largest(expected["pd"], answer["pd"])
    if not largest <= TOLERANCE:
        raise RiskModelError(f"the code may move a PD by {TOLERANCE:g} at most, however: {largest:g}")
    named = [name for name in ("points", "grade", "decision", "why") if name in expected]
    for name in (*named, *(n for n in answer if n.startswith("reason_"))):
        due = [v.partition("; ")[0] if first_fault and name == "why" and v else v for v in expected[name]]
        wrong = [row for row, pair in enumerate(zip(due, answer[name], strict=True)) if not _same(*pair)]
        if wrong:
            one = f"{len(wrong)} rows differ in {name}, first {answer[name][wrong[0]]!r} for {due[wrong[0]]!r}"
            raise RiskModelError(f"the code must answer as score does, however: {one}")
    return {"rows": len(expected["pd"]), "largest_pd_change": largest, "differing_answers": 0}


def _largest(expected: Sequence[Any], answered: Sequence[Any]) -> float:
    one, other = (np.array([np.nan if v is None else v for v in values], np.float64) for values in (expected, answered))
    if (np.isnan(one) != np.isnan(other)).any():
        return float("inf")
    return float(np.nanmax(np.abs(one - other), initial=0.0))


def _same(due: Any, answered: Any) -> bool:
    return bool(due == answered) or (due is None and answered is None)


def in_words(certificate: Mapping[str, Any], output: Path) -> str:
    """One line for a person."""
    parity = certificate["parity"]
    size = f"{output}: {certificate['file']['bytes']:,} bytes"
    if not parity:
        return f"{size}; not run: this machine has no engine for it (a C compiler, DuckDB)"
    return (
        f"{size}; run by {certificate['run_by']} on {parity['rows']:,} rows ({parity['rows_from']}): every decision, "
        f"grade and point is that of score, and no PD moves by more than {parity['largest_pd_change']:.1g}"
    )
