"""The rows of a book as a task takes them: stretches of its files that the local engine's reader reads.

Spark's own reader would turn columns into rows and rows into columns again. A worker needs no more than Spark does: the
input at its path.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from riskmodel.batch.input_manifest import Book, InputPart
from riskmodel.batch.reader import Loaded, pieces

SPAN_ROWS = 1 << 18  # of a task, about: a row group is not cut

Batches = Iterable[pa.RecordBatch]
At = tuple[int, int]  # what parts are sorted by: number and 0, or file and byte
Taken = tuple[InputPart, At, Iterator[Loaded]]


@dataclass(frozen=True)
class RowSpans:
    """Parts in the order of the book, one a Spark partition."""

    of: tuple[InputPart, ...]
    id_column: str | None

    @classmethod
    def of_book(cls, book: Book) -> RowSpans:
        """About SPAN_ROWS rows each."""
        return cls(Book.of(book.files, book.id_column, SPAN_ROWS).parts, book.id_column)

    def frame(self, session: Any) -> Any:
        """Numbers of parts, one a partition."""
        return session.range(0, len(self.of), 1, len(self.of))

    def parts(self, batches: Batches, texts: set[str]) -> Iterator[Taken]:
        """The parts whose numbers come, to be read piece by piece."""
        for number in (number for batch in batches for number in batch.column(0).to_pylist()):
            part = self.of[number]
            yield part, (number, 0), (piece.load() for piece in pieces(part, self.id_column, texts))
