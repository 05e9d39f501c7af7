"""Ids that leave the report: each is told by a keyed hash, so that rows can be matched and nobody be looked up."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

COLUMN = "id"


def hashed(source: Path, target: Path) -> None:
    """Copies a table with the column `id`, each id by its hash.

    The key is the hash of the file itself, so that whoever does not have all ids cannot try them one by one.
    """
    table = pq.read_table(source, partitioning=None)
    if COLUMN in table.column_names:
        key = hashlib.sha256(b"ids of " + source.read_bytes()).digest()
        ids = [None if value is None else _hashed(key, value) for value in table[COLUMN].to_pylist()]
        table = table.set_column(table.column_names.index(COLUMN), COLUMN, pa.array(ids, pa.string()))
    pq.write_table(table, target, compression="zstd")


def _hashed(key: bytes, value: object) -> str:
    return hmac.new(key, str(value).encode(), hashlib.sha256).hexdigest()
