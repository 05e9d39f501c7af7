"""One small table in several spellings, and the ways that a person would take with it."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq

from riskmodel import config, tables
from riskmodel.config import Run
from riskmodel.core import Column, Kind, Role, Schema, Split
from riskmodel.datasets import preparation
from riskmodel.errors import RiskModelError
from riskmodel.workflows.init import proposal

ROWS = 120
BADS = (np.random.default_rng(8).permutation(ROWS) < 40).astype(int).tolist()
LOANS = pa.table(
    {
        "loan": [f"L{i:04}" for i in range(ROWS)],
        "income": [1000.5 + 7 * (i % 41) if i % 11 else None for i in range(ROWS)],
        "job": [("clerk", "baker", None, "10")[i % 4] for i in range(ROWS)],
        "age": [20 + i % 37 for i in range(ROWS)],
        "bad": BADS,
    }
)
COLUMNS = [Column("loan", Role.ID), Column("income"), Column("job", kind=Kind.CATEGORICAL), Column("age")]
HEADER = "loan,income,job,age,bad"
LINES = [
    f"L{i:04},{1000.5 + 7 * (i % 41) if i % 11 else ''},{'clerk' if i % 5 else 'baker'},{20 + i % 37},{BADS[i]}"
    for i in range(ROWS)
]


def run_of(path: Path) -> config.Run:
    text = f"""
        name = "any"
        data = {{ path = '{path}', target = "bad", id = "loan", categorical = ["job"] }}
        policy = {{ cutoff = 0.5, grade_edges = [0.1] }}
        scorers = [{{ name = "card", kind = "scorecard" }}]
    """
    return config.parse(text.encode(), "run.toml")


def refusal(way: Callable[[], object]) -> str:
    """What a way is refused with, in one line that is short enough to read; empty where it went through."""
    try:
        way()
    except RiskModelError as error:
        line = str(error)
    else:
        return ""
    assert "\n" not in line
    assert 10 < len(line) < 900
    return line


def prepared(run: Run, folder: Path) -> tuple[Schema, Split]:
    """What training would start from."""
    data = preparation.prepare(run, folder)
    data.answered()
    return data.schema, data.samples()


def prepared_from_init(path: Path) -> tuple[Schema, Split]:
    toml = path.parent / "proposed.toml"
    proposal.init(path, "bad", toml, {}, force=True)
    return prepared(config.read(toml)[0], toml.parent)


def refusals(path: Path) -> tuple[str, str, str]:
    """What each way says: training, init and training by its TOML, scoring."""
    return (
        refusal(lambda: prepared(run_of(path), path.parent)),
        refusal(lambda: prepared_from_init(path)),
        refusal(lambda: list(tables.batches(path, COLUMNS))),
    )


def csv_of(lines: list[str] = LINES, header: str = HEADER) -> bytes:
    return "\n".join([header, *lines, ""]).encode()


def with_column(name: str, values: object) -> pa.Table:
    return LOANS.set_column(LOANS.column_names.index(name), name, values)


def parquet_of(given: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(given, sink)
    return sink.getvalue().to_pybytes()


def feather_of(given: pa.Table) -> bytes:
    sink = io.BytesIO()
    pa.feather.write_feather(given, sink, compression="uncompressed")
    return sink.getvalue()


def changed(old: str, new: str, row: int = 51) -> bytes:
    return csv_of([line.replace(old, new) if i == row else line for i, line in enumerate(LINES)])


def with_job(line: str, value: object) -> str:
    return line.replace("clerk", str(value)).replace("baker", str(value))


def toml_from_init(path: Path) -> str:
    prepared_from_init(path)
    return (path.parent / "proposed.toml").read_text("utf-8")
