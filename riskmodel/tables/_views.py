"""Arrow's view types, as Polars writes and hands over text: the same values in a layout that every kernel takes."""

from __future__ import annotations

import pyarrow as pa


def without_views(table: pa.Table) -> pa.Table:
    """The table with text and bytes in their plain layout, inside of categories too."""
    schema = table.schema
    plain = pa.schema([field.with_type(_plain(field.type)) for field in schema], schema.metadata)
    if plain.equals(schema):
        return table
    return pa.table([_cast(c, field.type) for c, field in zip(table.columns, plain, strict=True)], plain)


def batch_without_views(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch of rows likewise."""
    if not any(_is_view(field.type) for field in batch.schema):
        return batch
    return without_views(pa.Table.from_batches([batch])).combine_chunks().to_batches()[0]


def _is_view(kind: pa.DataType) -> bool:
    return _plain(kind) != kind


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_string_view(kind):
        return pa.large_string()
    if pa.types.is_binary_view(kind):
        return pa.large_binary()
    if pa.types.is_dictionary(kind):
        return pa.dictionary(kind.index_type, _plain(kind.value_type), kind.ordered)
    return kind


def _cast(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if not pa.types.is_dictionary(kind) or column.type == kind:
        return column.cast(kind)
    chunks = [
        pa.DictionaryArray.from_arrays(chunk.indices, chunk.dictionary.cast(kind.value_type), ordered=kind.ordered)
        for chunk in column.chunks
    ]
    return pa.chunked_array(chunks, kind)
