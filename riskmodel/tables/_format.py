"""Tells what a file is from its first bytes, never from its name."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from riskmodel.errors import DataError
from riskmodel.tables._lines import opened

Format = Literal["parquet", "arrow", "arrow stream", "csv", "csv.gz"]

_KNOWN: dict[bytes, Format] = {
    b"PAR1": "parquet",
    b"ARROW1": "arrow",  # also a Feather file since its version 2
    b"\xff\xff\xff\xff": "arrow stream",
    b"\x1f\x8b": "csv.gz",
}
_REFUSED = {
    b"PARE": "encrypted Parquet",
    b"FEA1": "Feather of version 1, which is to be written anew",
    b"ORC": "ORC",
    b"PK\x03\x04": "a zip or Excel file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ": "compressed with xz",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"\x00\x00\xfe\xff": "UTF-32",
}


def format_of(path: Path) -> Format:
    """The format of one file. Raises: DataError, where it can be told with what the file is instead."""
    with opened(path) as file:
        head = file.read(4096)
    if not head:
        raise DataError(f"{path}: the file is empty")
    for start, known in _KNOWN.items():
        if head.startswith(start):
            return known
    for start, other in _REFUSED.items():
        if head.startswith(start):
            raise _neither(path, other)
    if b"\0" in head:
        raise _neither(path, "neither")
    return "csv"


def _neither(path: Path, content: str) -> DataError:
    return DataError(f"{path}: must be Parquet, Arrow, or CSV in UTF-8, however: {content}")
