"""Runs what was written: SQL in DuckDB or in SQLite, C by the compiler of the machine, JSON and PMML by a reader."""

from __future__ import annotations

import ctypes
import math
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow as pa

from riskmodel.code_export import Decider, c_header, json_reader, pmml
from riskmodel.code_export.decider import is_category
from riskmodel.errors import RiskModelError

Answer = Mapping[str, Sequence[object]]  # by column of the answer
TABLE, ID = "applications", "id"
NAME = "exported"
SECONDS = 300.0  # that a compiler may take


class TooLong(RiskModelError):
    """A statement is longer or deeper than its database reads."""


def engine_of(dialect: str) -> str:
    """The dialect that is run in the place of another, where its database is not at hand: SQLite comes with Python."""
    return "duckdb" if dialect == "duckdb" and find_spec("duckdb") else "sqlite"


def run_sql(statement: str, engine: str, rows: pa.RecordBatch) -> Answer:
    """What the statement answers on `rows`, which are the table TABLE with their numbers as ID, in that order.

    Raises: TooLong.
    """
    whole = rows.append_column(ID, pa.array(np.arange(rows.num_rows)))
    return (_duckdb if engine == "duckdb" else _sqlite)(
        f"SELECT * FROM ({statement}) AS answer ORDER BY id",  # noqa: S608 - our own statement
        whole,
    )


def version_of(engine: str) -> str:
    """The engine's name and version, for the certificate."""
    if engine == "duckdb":
        import duckdb

        return f"DuckDB {duckdb.__version__}"
    return f"SQLite {sqlite3.sqlite_version}"


def _duckdb(statement: str, rows: pa.RecordBatch) -> Answer:
    import duckdb

    with duckdb.connect() as connection:
        connection.register(TABLE, pa.Table.from_batches([rows]))
        answer: dict[str, list[object]] = connection.sql(statement).to_arrow_table().to_pydict()
    return answer


def _sqlite(statement: str, rows: pa.RecordBatch) -> Answer:
    names = ", ".join('"' + name.replace('"', '""') + '"' for name in rows.schema.names)
    with sqlite3.connect(":memory:") as connection:
        for name, function in (("exp", math.exp), ("floor", math.floor)):  # some builds have no mathematics
            connection.create_function(name, 1, _of_null(function), deterministic=True)
        connection.execute(f"CREATE TABLE {TABLE} ({names})")
        marks = ", ".join("?" * rows.num_columns)
        values = zip(*(column.to_pylist() for column in rows.columns), strict=True)
        connection.executemany(f"INSERT INTO {TABLE} VALUES ({marks})", values)  # noqa: S608 - marks alone
        try:
            cursor = connection.execute(statement)
        except sqlite3.OperationalError as error:  # its parser has a stack of 100
            raise TooLong(f"SQLite cannot read the statement ({error}); prune the model further") from error
        titles = [column[0] for column in cursor.description]
        answers = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(titles)
    return dict(zip(titles, answers, strict=True))


def _of_null(function: Callable[[float], float]) -> Callable[[float | None], float | None]:
    return lambda value: None if value is None else float(function(value))


def run_json(text: str, decider: Decider, rows: pa.RecordBatch) -> Answer:
    """What the document answers to its reference reader, row by row."""
    document = json_reader.read(text)
    return _by_column([json_reader.decide(document, row) for row in _as_read(decider, rows)])


def run_pmml(content: bytes, decider: Decider, rows: pa.RecordBatch) -> Answer:
    """What the document answers to a reader that goes by the standard, row by row."""
    document = pmml.read(content)
    return _by_column([pmml.decide(document, row) for row in _as_read(decider, rows)])


def _as_read(decider: Decider, rows: pa.RecordBatch) -> list[dict[str, object]]:
    """Numbers as doubles and levels as text, a row each."""
    levels = {feature.read_from for feature in decider.features if is_category(feature) and not feature.source}
    columns = [
        rows.column(name).cast(pa.string() if name in levels else pa.float64()).to_pylist() for name in decider.columns
    ]
    return [dict(zip(decider.columns, row, strict=True)) for row in zip(*columns, strict=True)]


def _by_column(answers: Sequence[Mapping[str, object]]) -> Answer:
    return {name: [answer[name] for answer in answers] for name in answers[0]} if answers else {}


def compiler() -> str | None:
    """The C compiler of this machine."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


class _Decision(ctypes.Structure):
    _fields_ = [
        ("pd", ctypes.c_double),
        ("points", ctypes.c_int),
        ("grade", ctypes.c_char),
        ("decision", ctypes.c_char_p),
        ("reason", ctypes.c_char_p * 4),
        ("why", ctypes.c_char_p),
    ]


def run_c(decider: Decider, rows: pa.RecordBatch, *, reasons: bool) -> Answer:
    """What the header answers, compiled by this machine's compiler.

    Raises: RiskModelError if it does not compile, or if single rows are answered otherwise than many at a time.
    """
    with tempfile.TemporaryDirectory() as folder:
        library = ctypes.CDLL(str(_compiled(decider, Path(folder), reasons=reasons)))
        raw = _as_doubles(decider, rows, library)
        out, each = (_Decision * len(raw))(), (_Decision * len(raw))()
        given = raw.ctypes.data_as(ctypes.c_void_p), ctypes.c_long(len(raw))
        library.decide_all(*given, out)
        library.decide_each(*given, each)
        if bytes(out) != bytes(each):
            raise RiskModelError("many rows at a time must have the answers of single rows, however: some differ")
        return _answer(list(out), rows.num_rows, reasons=reasons)


_CALLED = f"""\
#include "{NAME}.h"
double level(int column, const char *text) {{ return {NAME}_level(column, text); }}
void pd_all(const double *raw, long rows, double *pd) {{ {NAME}_pd_rows(raw, rows, pd); }}
void decide_all(const double *raw, long rows, {NAME}_decision *out) {{ {NAME}_decide_rows(raw, rows, out); }}
void decide_each(const double *raw, long rows, {NAME}_decision *out) {{
  for (long i = 0; i < rows; i++) {NAME}_decide(raw + i * {NAME.upper()}_COLUMNS, out + i);
}}
"""


def _compiled(decider: Decider, folder: Path, *, reasons: bool) -> Path:
    """The header and functions around it that can be called."""
    (folder / f"{NAME}.h").write_text(c_header(decider, NAME, reasons=reasons))
    (folder / "all.c").write_text(_CALLED)
    command = [compiler() or "cc", "-std=c99", "-O2", "-shared", "-fPIC", "-o", "all.so", "all.c", "-lm"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603
    if done.returncode:
        raise RiskModelError(f"the header must compile, however: {done.stderr.splitlines()[0][:200]}")
    return folder / "all.so"


def _as_doubles(decider: Decider, rows: pa.RecordBatch, library: ctypes.CDLL) -> np.ndarray:
    library.level.restype = ctypes.c_double
    categories = {feature.read_from for feature in decider.features if is_category(feature) and not feature.source}
    columns = []
    for place, name in enumerate(decider.columns):
        column = rows.column(name)
        if name not in categories:
            columns.append(column.cast(pa.float64()).to_numpy(zero_copy_only=False))
            continue
        texts = column.cast(pa.string()).dictionary_encode()
        codes = [library.level(place, text.encode()) for text in texts.dictionary.to_pylist()]
        known = pa.array(codes, pa.float64()).take(texts.indices)
        columns.append(known.to_numpy(zero_copy_only=False))
    return np.ascontiguousarray(np.column_stack(columns), np.float64)


def _answer(out: Sequence[_Decision], rows: int, *, reasons: bool) -> Answer:
    """The same columns as the statement's."""
    aside = [one.why is not None for one in out]

    def text(value: bytes | None) -> str | None:
        return None if value is None else value.decode()

    answer: dict[str, list[object]] = {
        "id": list(range(rows)),
        "pd": [None if gone else one.pd for one, gone in zip(out, aside, strict=True)],
        "points": [None if gone else one.points for one, gone in zip(out, aside, strict=True)],
        "grade": [None if gone else text(one.grade) for one, gone in zip(out, aside, strict=True)],
        "decision": [text(one.decision) for one in out],
        "why": [text(one.why) for one in out],
    }
    for rank in range(4 if reasons else 0):
        answer[f"reason_{rank + 1}"] = [text(one.reason[rank]) for one in out]
    return answer
