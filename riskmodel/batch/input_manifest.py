"""A book as it lies on disk, and how it is cut: files, spans that can be read alone, parts that are written whole.

The cut follows from the files alone, never from the threads or from where a run was stopped: that is why a part has the
same bytes however it came about.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from riskmodel.errors import DataError
from riskmodel.tables import CsvLayout, Span, in_one_line

PART_ROWS = 1 << 20  # a part is closed once it has as many
_HASHED_BYTES = 1 << 20


@dataclass(frozen=True)
class Stamp:
    """What the system says of a file: another stamp is a changed file."""

    bytes: int
    written: int
    changed: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> Stamp:
        """Raises: DataError."""
        with in_one_line(path):
            status = path.stat()
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


@dataclass(frozen=True)
class File:
    """One file of a book; `keys` are what its folders' names say, `types` the columns that are read."""

    path: Path
    name: str
    form: Literal["parquet", "csv"]
    stamp: Stamp
    spans: tuple[Span, ...]
    types: pa.Schema
    keys: Mapping[str, pa.Scalar]
    header: tuple[str, ...] = ()  # of a CSV
    delimiter: str = ","
    sha256: str = ""  # of a CSV, whose every byte is looked at anyway

    @property
    def rows(self) -> int:
        return sum(span.rows for span in self.spans)

    @property
    def layout(self) -> CsvLayout:
        """Of a CSV, what its first line says."""
        return CsvLayout(self.path, self.header, self.delimiter)

    def read(self, span: Span) -> bytes:
        """The bytes of a span."""
        with self.path.open("rb") as opened:
            opened.seek(span.start)
            return opened.read(span.stop - span.start)

    def check(self) -> None:
        """Raises: DataError if the file is no longer what it was."""
        if Stamp.of(self.path) != self.stamp:
            raise DataError(f"{self.path}: must not change while it is scored, however: it did")

    def digest(self) -> str:
        """The checksum of all bytes. Raises: DataError if they change meanwhile."""
        if not self.sha256:
            digest = sha256_of(self.path)
            self.check()
            return digest
        return self.sha256


def sha256_of(path: Path) -> str:
    """The checksum of a file, in bounded memory. Raises: DataError."""
    with in_one_line(path), path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_SEQUENTIAL)
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class InputPart:
    """What becomes one file of the output: stretches of files one after the other."""

    number: int
    first: int  # rows of the book before it
    stretches: tuple[tuple[File, tuple[Span, ...]], ...]

    @property
    def rows(self) -> int:
        return sum(span.rows for _, spans in self.stretches for span in spans)

    @property
    def name(self) -> str:
        return f"part-{self.number:05d}.parquet"


@dataclass(frozen=True)
class Book:
    """Everything that is to be scored."""

    files: tuple[File, ...]
    id_column: str | None
    parts: tuple[InputPart, ...]

    @classmethod
    def of(cls, files: Sequence[File], id_column: str | None, part_rows: int = PART_ROWS) -> Book:
        """Cuts the files into parts of about `part_rows` rows, whole spans of equal types and of one form in each.

        Of one form, because rows that are set aside come from a CSV as text, and from Parquet as they are.
        """
        parts: list[InputPart] = []
        first = 0
        for group in _groups(files, part_rows):
            parts.append(InputPart(len(parts), first, tuple(group)))
            first += parts[-1].rows
        return cls(tuple(files), id_column, tuple(parts))

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    def inputs(self, digests: Sequence[str]) -> list[dict[str, Any]]:
        """The files for the manifest."""
        return [
            {"name": file.name, "sha256": digest, "bytes": file.stamp.bytes, "rows": file.rows}
            for file, digest in zip(self.files, digests, strict=True)
        ]


_Group = list[tuple[File, tuple[Span, ...]]]


def _groups(files: Sequence[File], part_rows: int) -> Iterator[_Group]:
    group: _Group = []
    rows = 0
    for file in files:
        if group and (file.types, file.form) != (group[0][0].types, group[0][0].form):
            yield group
            group, rows = [], 0
        taken: list[Span] = []
        for span in file.spans:
            taken.append(span)
            rows += span.rows
            if rows >= part_rows:
                yield [*group, (file, tuple(taken))]
                group, rows, taken = [], 0, []
        if taken:
            group.append((file, tuple(taken)))
    if group:
        yield group
