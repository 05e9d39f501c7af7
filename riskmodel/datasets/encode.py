"""Turns the features of a table into the matrix that scorers see: the hot path of batch scoring, Arrow to numpy.

Training and scoring both come through here, so that a value means the same in each, whether a category was read as 2,
2.0 or "2", from Parquet or from CSV.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from riskmodel.core import Column, Kind, Matrix, Vector
from riskmodel.errors import DataError

Table: TypeAlias = pa.Table | pa.RecordBatch

_BLOCK = 2048  # rows that stay in the cache while they are written across: three times as fast as whole columns


def matrix(table: Table, features: Sequence[Column]) -> Matrix:
    """Rows x features, float64, row by row in memory: numbers as they are, categories as codes, the rest NaN.

    The rest: missing values, special codes, and levels that the column's `categories` do not have, unless the last
    category stands for them. An indicator is 1 where its source has the code. Infinite numbers pass.

    Raises: DataError for a column that is missing, stands twice or is of a wrong type.
    """
    columns = [_values(table, feature) for feature in features]
    result = np.empty((table.num_rows, len(columns)))
    for start in range(0, table.num_rows, _BLOCK):
        rows = slice(start, start + _BLOCK)
        for position, values in enumerate(columns):
            result[rows, position] = values[rows]
    return result


def attribute(table: Table, column: Column) -> NDArray[Any]:
    """A column to judge by: float64 for numbers, text or None for categories, dates and times as numpy has them.

    Raises: DataError, as in `matrix`.
    """
    values = column_of(table, column.name)
    if column.kind is Kind.CATEGORICAL:
        return np.asarray(levels(values, column.name).to_numpy(zero_copy_only=False), dtype=object)
    return numbers(values, column.name) if is_number(values.type) else values.to_numpy(zero_copy_only=False)


def column_of(table: Table, name: str) -> pa.Array:
    """One column as one piece of memory. Raises: DataError where it is missing or stands twice."""
    found = table.schema.get_all_field_indices(name)
    if len(found) != 1:
        raise DataError(f"column {name!r} must stand once in the table, however: {len(found)} times")
    column = table.column(found[0])
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _values(table: Table, feature: Column) -> Vector:
    column = column_of(table, feature.read_from)
    if feature.kind is Kind.CATEGORICAL:
        return _codes(column, feature)
    values = numbers(column, feature.read_from)
    if not feature.codes:
        return values
    is_code = np.isin(values, feature.codes)
    return is_code.astype(np.float64) if feature.source else np.where(is_code, np.nan, values)


def numbers(column: pa.Array, name: str) -> Vector:
    """Integers, floats, decimals and booleans as float64, null as NaN. Raises: DataError for any other type."""
    if not is_number(column.type):
        raise DataError(f"column {name!r} must be a number, however: {column.type}")
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    column = _without_decimals(column)
    vector: Vector = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return vector


def _without_decimals(column: pa.Array) -> pa.Array:
    """By way of text, since Arrow's own cast is one unit in the last place off: 7.81 would pass a split at 7.81."""
    return column.cast(pa.string()).cast(pa.float64()) if pa.types.is_decimal(column.type) else column


def is_number(kind: pa.DataType) -> bool:
    """Whether values of this Arrow type are numbers; a column of nothing but nulls counts."""
    if pa.types.is_dictionary(kind):
        return is_number(kind.value_type)
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_boolean, pa.types.is_null)
    return any(test(kind) for test in tests)


def _codes(column: pa.Array, feature: Column) -> Vector:
    found, positions = distinct(column, feature.name)
    codes = pc.index_in(found, value_set=pa.array(feature.categories, pa.string()))
    if feature.other:
        codes = pc.if_else(found.is_valid(), pc.fill_null(codes, len(feature.categories) - 1), codes)
    vector: Vector = codes.cast(pa.float64()).take(positions).to_numpy(zero_copy_only=False)
    return vector


def levels(column: pa.Array, name: str) -> pa.Array:
    """A category as text, row by row: 2 and 2.0 are "2", blank is missing. Raises: DataError for what has no text."""
    found, positions = distinct(column, name)
    return found.take(positions)


def distinct(column: pa.Array, name: str) -> tuple[pa.Array, pa.Array]:
    """Each distinct value as text, and which of them a row has: a value is spelt once, however many rows have it.

    Raises: DataError for what has no text.
    """
    try:
        encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        return _spelt(encoded.dictionary), encoded.indices
    except pa.ArrowException as error:
        raise DataError(f"column {name!r} must be a category, however: {column.type}") from error


def _spelt(values: pa.Array) -> pa.Array:
    values = _without_decimals(values)
    text = values.cast(pa.string())
    if pa.types.is_floating(values.type):
        whole = values.cast(pa.int64(), safe=False)
        is_whole = pc.equal(whole.cast(pa.float64(), safe=False), values.cast(pa.float64()))
        text = pc.if_else(is_whole, whole.cast(pa.string()), text)
        text = pc.if_else(pc.is_nan(values), None, text)
    text = pc.replace_substring_regex(text, r"^(-?[0-9]+)\.0+$", r"\1")
    return pc.if_else(pc.equal(text, ""), None, text)
