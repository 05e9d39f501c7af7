"""The first rows of a book are scored here, too, and must have the answers that Spark gave them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from riskmodel.batch.chunk import Chunk
from riskmodel.batch.input_manifest import Book
from riskmodel.batch.reader import pieces
from riskmodel.batch.spark.native.answers import NAME
from riskmodel.core import Kind
from riskmodel.datasets.input_validation import FEWEST
from riskmodel.errors import RiskModelError

CHECKED = FEWEST - 1  # rows: too few to be refused for the share of their unseen levels
TOLERANCE = 1e-9  # of a PD


def check(chunk: Chunk, book: Book, reports: Sequence[dict[str, Any]], work: Path) -> None:
    """Holds the first rows of the first file that Spark has scored against `chunk`.

    Raises: RiskModelError where an answer differs.
    """
    first = next((one for one in reports if one["at"][1] == 0), None)
    if first is None:
        return
    due = _due(chunk, book, first["at"][0])
    with pq.ParquetFile(work / first["attempt"] / NAME) as file:
        batches = list(file.iter_batches(max(1, due.num_rows)))[:1]
        answered = pa.Table.from_batches(batches, file.schema_arrow).slice(0, due.num_rows)
    for name in due.schema.names:
        if name != "pd" and due[name].cast(answered[name].type).to_pylist() != answered[name].to_pylist():
            raise _differs(f"{name} differs")
    change = np.abs(due["pd"].to_numpy() - answered["pd"].to_numpy()).max(initial=0.0)
    if not change <= TOLERANCE:
        raise _differs(f"a PD moves by {change:g}")


def _due(chunk: Chunk, book: Book, index: int) -> pa.Table:
    """What the first rows of a file become."""
    before = sum(file.rows for file in book.files[:index])
    part = replace(Book.of([book.files[index]], book.id_column, 1).parts[0], first=before)
    texts = {column.name for column in chunk.features if column.kind is Kind.CATEGORICAL}
    rows = next(pieces(part, book.id_column, texts)).load()
    lenient = replace(chunk, rules=chunk.rules.model_copy(update={"most_unseen": 1.0}))
    return pa.Table.from_batches([lenient(rows.batch.slice(0, CHECKED), rows.ids.slice(0, CHECKED)).rows])


def _differs(what: str) -> RiskModelError:
    must = "Spark's own expression must answer as score does"
    return RiskModelError(f"{must}, however: {what} among the first rows; leave --native out")
