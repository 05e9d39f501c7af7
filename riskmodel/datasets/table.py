"""Opens tables: CSV, CSV.gz and Parquet, whole for training or in batches for scoring.

The format is told from the first bytes, not from the name. A file that is missing, damaged, empty or not the one that
was asked for is refused in one line.
"""

from __future__ import annotations

import difflib
import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from riskmodel.core import Column, Kind, Role
from riskmodel.errors import DataError

Format = Literal["parquet", "csv", "csv.gz"]

_BLOCK_BYTES = 1 << 23


def read(path: Path, sha256: str | None = None, text: Collection[str] = ()) -> pa.Table:
    """The whole table, once its checksum is right.

    `text` names the columns that a CSV leaves as text (ids, categories), so that 007 stays 007. Empty fields and the
    usual spellings of missing (NA, NaN, null) become null.

    Raises: DataError.
    """
    form = _format(path)
    if sha256 is not None:
        _check_sha256(path, sha256)
    with _in_one_line(path):
        table = _read_parquet(path) if form == "parquet" else _read_csv(path, form, text)
        _check_names(path, table.column_names)
    if not table.num_rows:
        raise DataError(f"{path}: the table has no rows")
    return table


def _check_sha256(path: Path, expected: str) -> None:
    if (found := sha256_of(path)) != expected:
        raise DataError(f"{path}: sha256 must be {expected}, however: {found}")


def _read_parquet(path: Path) -> pa.Table:
    with pq.ParquetFile(path) as file:  # not read_table: that would take columns from folder names like year=2024
        return file.read()


def _read_csv(path: Path, form: Format, text: Collection[str]) -> pa.Table:
    convert = csv.ConvertOptions(column_types=dict.fromkeys(text, pa.string()), strings_can_be_null=True)
    with _open(path, form) as stream:
        return csv.read_csv(stream, convert_options=convert)


def sha256_of(path: Path) -> str:
    """The checksum of a file, in bounded memory. Raises: DataError."""
    with _in_one_line(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def batches(path: Path, columns: Sequence[Column], rows: int = 65_536) -> Iterator[pa.RecordBatch]:
    """The given columns of a file, or of every file in a folder, at most `rows` rows at a time in bounded memory.

    Files come in the order of their names; those that begin with a dot or an underscore are left out. All headers are
    checked before the first batch. Categories and ids of a CSV are read as text, its numbers as float64. No rows is no
    batch.

    Raises: DataError, at once for a wrong header, while iterating for a damaged file.
    """
    sources = [(part, _format(part)) for part in parts(path)]
    for part, form in sources:
        _check_header(part, form, [column.name for column in columns])
    return (batch for part, form in sources for batch in _stream(part, form, columns, rows) if batch.num_rows)


def parts(path: Path) -> list[Path]:
    """The files that `batches` reads, in its order. Raises: DataError for a folder without any."""
    if not path.is_dir():
        return [path]
    found = sorted(part for part in path.rglob("*") if part.is_file() and not _is_hidden(part.relative_to(path)))
    if not found:
        raise DataError(f"{path}: the folder holds no table")
    return found


def _is_hidden(part: Path) -> bool:
    return any(name.startswith((".", "_")) for name in part.parts)


def _check_header(part: Path, form: Format, wanted: Sequence[str]) -> None:
    with _in_one_line(part):
        names = pq.read_schema(part).names if form == "parquet" else _csv_schema(part, form).names
        _check_names(part, names)
    if missing := [name for name in wanted if name not in names]:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise DataError(f"{part}: no column {missing[0]!r}{more}; {near(missing[0], names)}")


def _stream(part: Path, form: Format, columns: Sequence[Column], rows: int) -> Iterator[pa.RecordBatch]:
    with _in_one_line(part):
        if form == "parquet":
            yield from _parquet_batches(part, [column.name for column in columns], rows)
        else:
            yield from _csv_batches(part, form, columns, rows)


def _parquet_batches(part: Path, names: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(part, buffer_size=_BLOCK_BYTES) as file:
        for batch in file.iter_batches(rows, columns=list(names)):
            yield batch.select(names)


def _csv_batches(part: Path, form: Format, columns: Sequence[Column], rows: int) -> Iterator[pa.RecordBatch]:
    inferred = _csv_schema(part, form)
    types = {column.name: _csv_type(column, inferred.field(column.name).type) for column in columns}
    convert = csv.ConvertOptions(include_columns=list(types), column_types=types, strings_can_be_null=True)
    with _open(part, form) as stream, csv.open_csv(stream, _csv_blocks(), convert_options=convert) as reader:
        for batch in reader:
            for start in range(0, batch.num_rows, rows):
                yield batch.slice(start, rows)


def _csv_type(column: Column, inferred: pa.DataType) -> pa.DataType:
    if column.kind is Kind.CATEGORICAL or column.role is Role.ID:
        return pa.string()
    # Inferred from the first block alone: a fraction or a first value in a later block must not be an error.
    whole_or_missing = pa.types.is_integer(inferred) or pa.types.is_null(inferred)
    return pa.float64() if whole_or_missing else inferred


def _csv_schema(part: Path, form: Format) -> pa.Schema:
    with _open(part, form) as stream, csv.open_csv(stream, _csv_blocks()) as reader:
        return reader.schema


def _csv_blocks() -> csv.ReadOptions:
    return csv.ReadOptions(block_size=_BLOCK_BYTES)


def near(name: str, names: Sequence[str]) -> str:
    """What a mistyped column name may have meant, or else the first columns that there are."""
    lower = {other.lower(): other for other in names}
    if found := difflib.get_close_matches(name.lower(), lower, n=3):
        return f"did you mean {', '.join(repr(lower[match]) for match in found)}?"
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"the columns are {', '.join(repr(other) for other in names[:5])}{more}"


def _format(path: Path) -> Format:
    with _in_one_line(path), path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise DataError(f"{path}: the file is empty")
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"\x1f\x8b"):
        return "csv.gz"
    if b"\0" in head:
        raise DataError(f"{path}: must be Parquet, or CSV in UTF-8, however: neither")
    return "csv"


def _open(path: Path, form: Format) -> pa.NativeFile:
    return pa.input_stream(path, compression="gzip" if form == "csv.gz" else None)


def _check_names(path: Path, names: Sequence[str]) -> None:
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        raise DataError(f"{path}: column names must differ, however: {twice[0]!r} stands twice")


@contextmanager
def _in_one_line(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, pa.ArrowException) as error:
        reason = getattr(error, "strerror", None) or (str(error).splitlines() or [type(error).__name__])[0]
        raise DataError(f"{path}: cannot be read: {reason[:200]}") from error
