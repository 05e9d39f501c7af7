"""The table of a run, read as its TOML says: its columns are known by name before a cell is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from riskmodel import tables
from riskmodel.config import Data
from riskmodel.datasets import schema


@dataclass(frozen=True, eq=False)
class RunTable:
    """All rows, and the checksum of the file or folder that they came from."""

    rows: pa.Table
    sha256: str


def read(data: Data, folder: Path) -> RunTable:
    """The table at `data.path`, relative to `folder`. Raises: DataError."""
    path = folder / data.path
    schema.check_names(tables.names(path), data)
    rows = tables.read(path, data.sha256, rules=schema.rules(data))
    return RunTable(rows, tables.sha256_of(path))
