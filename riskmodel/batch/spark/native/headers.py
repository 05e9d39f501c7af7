"""The files of a book by their headers, as Spark reads them for its own expressions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from riskmodel.batch.input_manifest import Book, File

_ODD = re.compile(r"[{}\[\]*?\\,:#%\n]")  # in a path, Spark takes these for patterns or escapes


@dataclass(frozen=True)
class SparkRows:
    """Files of one header whose rows Spark reads; `files` by path: place in the book, rows before it, and the file."""

    files: Mapping[str, tuple[int, int, File]]
    types: pa.Schema  # of the columns in the files: keys of folders' names are no such columns
    id_column: str | None


def headers(book: Book) -> tuple[list[SparkRows], list[File]]:
    """The files by their headers, and those that Spark reads otherwise."""
    alike: dict[tuple[pa.Schema, tuple[str, ...]], dict[str, tuple[int, int, File]]] = {}
    others, first = list[File](), 0
    for index, file in enumerate(book.files):
        types = pa.schema([f for f in file.types if f.name not in file.keys])
        if file.form == "parquet" and _can_be_read(file, types):
            kind = pa.schema(_types(types)), tuple(file.types.names)
            alike.setdefault(kind, {})[str(file.path)] = (index, first, file)
        else:
            others.append(file)
        first += file.rows
    return [SparkRows(files, types, book.id_column) for (types, _), files in alike.items()], others


def _can_be_read(file: File, types: pa.Schema) -> bool:
    """Whether Spark gives back the very values."""
    plain = not _ODD.search(str(file.path)) and not file.path.name.startswith(("_", "."))
    return plain and len(types) > 0 and all(_same(kind) for _, kind in _types(types))


def _same(kind: pa.DataType) -> bool:
    tests: Sequence[Callable[[pa.DataType], bool]] = (
        pa.types.is_boolean, pa.types.is_signed_integer, pa.types.is_float32, pa.types.is_float64,
        pa.types.is_decimal128, pa.types.is_string, pa.types.is_large_string,
    )  # fmt: skip
    return any(test(kind) for test in tests)


def _types(schema: pa.Schema) -> list[tuple[str, pa.DataType]]:
    """The columns without dictionaries, which Spark does not keep."""
    return [(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type) for f in schema]
