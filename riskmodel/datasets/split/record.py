"""Writes a draw down, one row a row of the table, and uses it again.

A record holds for the table that it was drawn from, told by its checksum; or, where it has ids, for any table of the
same ids, in whatever order. Any other table is refused.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from riskmodel.datasets import encode
from riskmodel.datasets.split.rows import NAMES, Positions, Rows
from riskmodel.errors import DataError
from riskmodel.privacy import MARK, excerpt, marked

LEFT_OUT = "left out"
_VERSION = 1


def recorded(rows: Rows, table: pa.Table, sha256: str, id_column: str | None = None) -> bytes:
    """A Parquet file of position, id where there is one, sample, and why a row is left out; `sha256` is the table's."""
    sample = np.full(table.num_rows, LEFT_OUT, dtype=object)
    why = np.full(table.num_rows, None, dtype=object)
    for name, positions in rows.samples.items():
        sample[positions] = name
    for reason, positions in rows.left_out.items():
        why[positions] = reason
    columns = {"position": pa.array(np.arange(table.num_rows))}
    if id_column is not None:
        columns["id"] = _ids(table, id_column)
    columns |= {"sample": pa.array(sample, pa.string()), "why": pa.array(why, pa.string())}
    facts = marked(["id"] if id_column is not None else [], version=_VERSION, table_sha256=sha256)
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns).replace_schema_metadata(facts), sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _ids(table: pa.Table, name: str) -> pa.Array:
    return encode.levels(encode.column_of(table, name), name)


def replayed(path: Path, table: pa.Table, sha256: str, id_column: str | None = None) -> Rows:
    """The rows of a draw that was written down.

    Raises: DataError where the file cannot be read, is damaged, or is of another table.
    """
    written, whose = _read(path)
    if written.num_rows != table.num_rows:
        raise DataError(
            f"split.replay: {path} is of a table of {written.num_rows:,} rows, however: this one has {table.num_rows:,}"
        )
    sample = np.asarray(written["sample"].to_pylist(), dtype=object)
    why = np.asarray(written["why"].to_pylist(), dtype=object)
    at = _in_order(path, written) if whose == sha256 else _by_id(path, written, table, id_column, whose, sha256)
    reasons = sorted({reason for reason in why[sample == LEFT_OUT] if reason is not None})
    return Rows(
        **{name: np.sort(at[sample == name]) for name in NAMES},
        left_out={reason: np.sort(at[(sample == LEFT_OUT) & (why == reason)]) for reason in reasons},
    )


def _read(path: Path) -> tuple[pa.Table, str]:
    try:
        written = pq.read_table(path, partitioning=None)
        facts = json.loads((written.schema.metadata or {})[MARK])
        if facts["version"] != _VERSION:
            raise DataError(f"split.replay: {path} must be of version {_VERSION}, however: {facts['version']}")
        wanted = written.select(["position", *(["id"] if "id" in written.column_names else []), "sample", "why"])
        whose = str(facts["table_sha256"])
    except (OSError, KeyError, TypeError, ValueError, pa.ArrowException) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise DataError(f"split.replay: {path} must be a split that was written by a run, however: {reason}") from error
    known = pa.array([*NAMES, LEFT_OUT], wanted["sample"].type)
    if unknown := pc.unique(wanted["sample"].filter(pc.invert(pc.is_in(wanted["sample"], known)))).to_pylist():
        raise DataError(f"split.replay: {path}: a sample must be one of {', '.join(NAMES)}, however: {unknown[0]!r}")
    return wanted, whose


def _in_order(path: Path, written: pa.Table) -> Positions:
    at = written["position"].to_numpy()
    times = np.bincount(at[(at >= 0) & (at < len(at))].astype(np.int64), minlength=len(at))
    if (times != 1).any():
        row = int(np.argmax(times != 1))
        raise DataError(f"split.replay: {path} must have each position once, however: {row} {times[row]} times")
    return at.astype(np.int64)


def _by_id(  # noqa: PLR0917 (the record, the table, and the checksums of both)
    path: Path, written: pa.Table, table: pa.Table, id_column: str | None, whose: str, sha256: str
) -> Positions:
    """Where each row of the record stands in the table."""
    if id_column is None or "id" not in written.column_names:
        raise DataError(f"split.replay: {path} is of the table {whose[:12]}, however: this one is {sha256[:12]}")
    ids, own = written["id"].combine_chunks().cast(pa.string()), _ids(table, id_column)
    for name, column in (("the split", ids), ("the table", own)):
        if pc.count_distinct(column, mode="all").as_py() < len(column) or column.null_count:
            raise DataError(f"split.replay: {path}: an id must name one row, however: not so in {name}")
    at = pc.index_in(ids, value_set=own)
    if at.null_count:
        first = ids.filter(at.is_null())[0].as_py()
        raise DataError(f"split.replay: {path} must have the ids of this table, however: {excerpt(first)} is not in it")
    positions: Positions = at.to_numpy(zero_copy_only=False).astype(np.int64)
    return positions
