"""The rows of a Spark partition as the chunk takes them, whichever way they come.

Rows   Spark's own Parquet reader: each row says which file it is from, and where it needs one, its number there
Spans  stretches of a file that the local engine's reader takes: CSV, of whose quotes and blanks Spark thinks otherwise,
       and Parquet with types that Spark does not have (unsigned integers, half floats, nanoseconds)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any
from urllib.parse import unquote, urlsplit

import pyarrow as pa
import pyarrow.compute as pc

from riskmodel import tables
from riskmodel.batch.input_manifest import Book, File, InputPart
from riskmodel.batch.parquet import bounds_of
from riskmodel.batch.reader import Loaded, pieces
from riskmodel.batch.writer import Due

SPAN_ROWS = 1 << 18  # of a task that reads by itself
FILE, START, NUMBER = "file", "start", "number"  # what Spark adds to each row
_ODD = re.compile(r"[{}\[\]*?\\,:#%\n]")  # in a path, Spark takes these for patterns or escapes

Batches = Iterable[pa.RecordBatch]


@dataclass
class Counted:
    """A part whose rows are counted as they come; the driver gives it its number."""

    number: int = 0
    rows: int = 0
    name: str = "part.parquet"


At = tuple[int, int]  # where in the book a part begins: file, and what of it
Taken = tuple[Due, At, Iterator[Loaded]]


@dataclass(frozen=True)
class SparkRows:
    """Files of one header whose rows Spark reads; `files` by path: place in the book, rows before it, and the file."""

    files: Mapping[str, tuple[int, int, File]]
    types: pa.Schema  # of the columns in the files: keys of folders' names are no such columns
    id_column: str | None

    def frame(self, session: Any) -> Any:
        """What Spark is to read: columns c0, c1 and on, since Spark reads a dot in a name as a path."""
        from pyspark.sql import functions
        from pyspark.sql.pandas.types import from_arrow_schema

        added = {FILE: "file_path", START: "file_block_start", **({} if self.id_column else {NUMBER: "row_index"})}
        reader = session.read.schema(from_arrow_schema(self.types))
        reader = reader.option("parquet.page.verify-checksum.enabled", "true")
        table = reader.parquet(*(f"file://{path}" for path in self.files))
        names = [name.replace("`", "``") for name in self.types.names]
        columns = [functions.col(f"`{name}`").alias(f"c{i}") for i, name in enumerate(names)]
        metadata = [functions.col(f"_metadata.{of}").alias(name) for name, of in added.items()]
        return table.select(*columns, *metadata)

    def parts(self, batches: Batches, _texts: set[str]) -> Iterator[Taken]:
        """One part a Spark partition, none where it is empty."""
        runs = (run for batch in batches for run in self._runs(batch))
        for first in runs:
            part = Counted()
            yield part, (self._file(first)[0], first[START][0].as_py()), self._loaded(part, chain([first], runs))

    def _runs(self, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        """A batch may hold the ends of several files."""
        start = 0
        for stop in pc.run_end_encode(batch[FILE]).run_ends.to_pylist():
            yield batch.slice(start, stop - start)
            start = stop

    def _loaded(self, part: Counted, runs: Iterable[pa.RecordBatch]) -> Iterator[Loaded]:
        for run in runs:
            part.rows += run.num_rows
            yield from self._pieces(run)

    def _pieces(self, run: pa.RecordBatch) -> Iterator[Loaded]:
        """A run in pieces of bounded bytes. Raises: DataError for a text that is too long."""
        _, first, file = self._file(run)
        whole, start = self._as_in_the_file(run, file), 0
        for piece in tables.bounded(file.path, whole, bounds_of(self.id_column)):
            numbers = None if self.id_column else pc.add(run[NUMBER].slice(start, piece.num_rows), first)
            ids = piece.column(self.id_column) if numbers is None else numbers
            yield Loaded(piece, ids, lambda piece=piece: piece)  # type: ignore[misc]
            start += piece.num_rows

    def _as_in_the_file(self, run: pa.RecordBatch, file: File) -> pa.RecordBatch:
        own = {name: run.column(i).cast(kind) for i, (name, kind) in enumerate(_types(self.types))}
        keys = {name: pa.repeat(value, run.num_rows) for name, value in file.keys.items()}
        return pa.RecordBatch.from_pydict({name: {**own, **keys}[name] for name in file.types.names})

    def _file(self, run: pa.RecordBatch) -> tuple[int, int, File]:
        return self.files[unquote(urlsplit(run[FILE][0].as_py()).path)]


@dataclass(frozen=True)
class RowSpans:
    """Parts that are read by the local engine's reader, one a Spark partition; `at` where each begins."""

    of: tuple[InputPart, ...]
    at: tuple[At, ...]
    id_column: str | None

    def frame(self, session: Any) -> Any:
        """Numbers of parts, one a partition."""
        return session.range(0, len(self.of), 1, len(self.of))

    def parts(self, batches: Batches, texts: set[str]) -> Iterator[Taken]:
        for number in (number for batch in batches for number in batch.column(0).to_pylist()):
            part = self.of[number]
            yield part, self.at[number], (piece.load() for piece in pieces(part, self.id_column, texts))


Source = SparkRows | RowSpans


@dataclass
class _Sorted:
    rows: dict[tuple[pa.Schema, tuple[str, ...]], dict[str, tuple[int, int, File]]] = field(default_factory=dict)
    spans: list[tuple[InputPart, At]] = field(default_factory=list)


def sources(book: Book) -> list[Source]:
    """Every file of the book in one of the sources: files with the same columns together."""
    kinds, first = _Sorted(), 0
    for index, file in enumerate(book.files):
        types = pa.schema([f for f in file.types if f.name not in file.keys])
        if file.form == "parquet" and _can_be_read(file, types):
            alike = pa.schema(_types(types)), tuple(file.types.names)
            kinds.rows.setdefault(alike, {})[str(file.path)] = (index, first, file)
        else:
            parts = Book.of([file], book.id_column, SPAN_ROWS).parts
            kinds.spans += [(replace(p, first=p.first + first), (index, p.first)) for p in parts]
        first += file.rows
    rows: list[Source] = [SparkRows(files, types, book.id_column) for (types, _), files in kinds.rows.items()]
    if not kinds.spans:
        return rows
    parts, at = zip(*kinds.spans, strict=True)
    return [*rows, RowSpans(parts, at, book.id_column)]


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
