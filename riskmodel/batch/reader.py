"""Reads a part in pieces: the rows as the chunk takes them, their ids, and the way back to what stood in the file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from riskmodel import tables
from riskmodel.batch import parquet
from riskmodel.batch.input_manifest import File, InputPart
from riskmodel.errors import DataError
from riskmodel.tables import NULLS, Span, in_one_line

FEWEST = 16_384  # rows of a piece, unless the part has fewer


@dataclass(frozen=True)
class ReadPiece:
    """Rows that are scored together; to `load` them is left to whoever scores them."""

    part: int
    rows: int
    bytes: int  # about, in memory
    load: Callable[[], Loaded]


@dataclass(frozen=True)
class Loaded:
    """A batch, its ids, and the batch as it came."""

    batch: pa.RecordBatch
    ids: pa.Array
    as_it_came: Callable[[], pa.RecordBatch]


def pieces(part: InputPart, id_column: str | None, texts: Collection[str]) -> Iterator[ReadPiece]:
    """The pieces of a part in order, in bounded memory; `texts` are the categories.

    Small ones are taken together: a thousand tiny files are not a thousand calls of everything that follows.
    Raises: DataError for a file that is damaged, gone, or not what it was when the book was looked at.
    """
    together: list[ReadPiece] = []
    for piece in _each(part, id_column, texts):
        together.append(piece)
        if _is_enough(together):
            yield _joined(together)
            together = []
    if together:
        yield _joined(together)


def _is_enough(together: list[ReadPiece]) -> bool:
    rows, size = sum(piece.rows for piece in together), sum(piece.bytes for piece in together)
    return rows >= FEWEST or size >= tables.BATCH_BYTES


def _joined(together: list[ReadPiece]) -> ReadPiece:
    if len(together) == 1:
        return together[0]
    rows, size = sum(piece.rows for piece in together), sum(piece.bytes for piece in together)
    return ReadPiece(together[0].part, rows, size, lambda: _loaded(together))


def _loaded(together: list[ReadPiece]) -> Loaded:
    pieces = [piece.load() for piece in together]
    same = len({one.batch.schema for one in pieces}) == 1
    batches = [one.batch if same else one.as_it_came() for one in pieces]  # a CSV may have come as text
    return Loaded(
        _one(batches), pa.concat_arrays([one.ids for one in pieces]), lambda: _one([one.as_it_came() for one in pieces])
    )


def _one(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    [batch] = pa.Table.from_batches(batches).unify_dictionaries().combine_chunks().to_batches()
    return batch


def _each(part: InputPart, id_column: str | None, texts: Collection[str]) -> Iterator[ReadPiece]:
    first = part.first
    for file, spans in part.stretches:
        file.check()
        for piece in _of(file, spans, part.number, first, id_column, texts):
            yield piece
            first += piece.rows
        file.check()


def _of(  # noqa: PLR0917
    file: File, spans: Sequence[Span], part: int, first: int, id_column: str | None, texts: Collection[str]
) -> Iterator[ReadPiece]:
    due = sum(span.rows for span in spans)
    with in_one_line(file.path):
        if file.form == "csv":
            for span in spans:
                text = file.read(span)
                yield ReadPiece(part, span.rows, len(text), _csv_loader(file, text, span.rows, first, id_column))
                first, due = first + span.rows, due - span.rows
        else:
            for batch in parquet.read(file, spans, texts, id_column):
                yield ReadPiece(
                    part, batch.num_rows, tables.plain_bytes(batch), _parquet_loader(file, batch, first, id_column)
                )
                first, due = first + batch.num_rows, due - batch.num_rows
    if due:
        raise DataError(f"{file.path}: must have as many rows as its footer says, however: {due} are missing")


def _parquet_loader(file: File, batch: pa.RecordBatch, first: int, id_column: str | None) -> Callable[[], Loaded]:
    def load() -> Loaded:
        with in_one_line(file.path):
            batch.validate(full=True)  # else text that is not UTF-8 fails where it is used
            whole = _with_keys(file, batch)
        return Loaded(whole, _ids(whole, first, id_column), lambda: _plain(whole))

    return load


def _csv_loader(file: File, text: bytes, rows: int, first: int, id_column: str | None) -> Callable[[], Loaded]:
    own = pa.schema([field for field in file.types if field.name not in file.keys])

    def load() -> Loaded:
        with in_one_line(file.path):
            with tables.parse_errors_with_line(file.layout):
                batch = tables.parsed(file.layout, text, rows, own)
            whole = _with_keys(file, batch)
        ids = _ids(whole, first, id_column)
        known = tables.without_nulls(ids, NULLS) if pa.types.is_string(ids.type) else ids
        return Loaded(whole, known, lambda: _with_keys(file, tables.as_text(file.layout, text, rows, own)))

    return load


def _with_keys(file: File, batch: pa.RecordBatch) -> pa.RecordBatch:
    if not file.keys:
        return batch
    columns = [
        pa.repeat(file.keys[name], batch.num_rows) if name in file.keys else batch.column(name)
        for name in file.types.names
    ]
    return pa.RecordBatch.from_arrays(columns, file.types.names)


def _ids(batch: pa.RecordBatch, first: int, id_column: str | None) -> pa.Array:
    if id_column is None:
        return pa.array(np.arange(first, first + batch.num_rows))
    ids = batch.column(id_column)
    return ids.dictionary_decode() if pa.types.is_dictionary(ids.type) else ids


def _plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Without dictionaries, so that all rows that are set aside have one type."""
    columns = [c.dictionary_decode() if pa.types.is_dictionary(c.type) else c for c in batch.columns]
    return pa.RecordBatch.from_arrays(columns, batch.schema.names)
