"""Turns the features of a table into the matrix that scorers see: the hot path of batch scoring, Arrow to numpy.

Training and scoring both come through here, so that a value means the same in each, whether a category was read as 2,
2.0 or "2", from Parquet or from CSV.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from riskmodel.core import Column, Kind, Matrix, Vector
from riskmodel.errors import DataError
from riskmodel.privacy import excerpt
from riskmodel.tables import numbers_of, spellings_of, value_of

Table: TypeAlias = pa.Table | pa.RecordBatch

UNKNOWN = -1  # the place of a level that a column does not have
_BLOCK = 2048  # rows that stay in the cache while they are written across: three times as fast as whole columns


def matrix(table: Table, features: Sequence[Column]) -> Matrix:
    """Rows x features, float64, row by row in memory: numbers as they are, categories as codes, the rest NaN.

    A category is found by its spelling, else by its value (True is true and 1, 00007 is 7) where one level alone has
    it. The rest: missing values, special codes, and levels that the column's `categories` do not have, unless the last
    category stands for them; `unknown` counts these. An indicator is 1 where its source has the code. Infinite numbers
    pass.

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


def cell(column: pa.Array, row: int) -> str:
    """One cell as a person reads it; a time beyond the year 9999 has no spelling in Python."""
    try:
        return str(column[row].as_py())
    except (OverflowError, ValueError):
        return f"{column[row].type} {column[row].value}"


def column_of(table: Table, name: str) -> pa.Array:
    """One column as one piece of memory. Raises: DataError where it is missing or stands twice."""
    positions = table.schema.get_all_field_indices(name)
    if len(positions) != 1:
        raise DataError(f"column {name!r} must stand once in the table, however: {len(positions)} times")
    column = table.column(positions[0])
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _values(table: Table, feature: Column) -> Vector:
    column = column_of(table, feature.read_from)
    if feature.kind is Kind.CATEGORICAL:
        return _codes(column, feature)
    values = numbers(_read_as_number(column, feature), feature.read_from)
    if not feature.codes:
        return values
    is_code = np.isin(values, feature.codes)
    return is_code.astype(np.float64) if feature.source else np.where(is_code, np.nan, values)


def _read_as_number(column: pa.Array, feature: Column) -> pa.Array:
    """Text as the numbers that it spells, where it spells nothing else."""
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    values, wrong = numbers_of(column, spellings_of(feature.nulls))
    if pc.any(wrong).as_py():
        first = column.filter(wrong)[0].as_py()
        raise DataError(f"column {feature.read_from!r} must be a number, however: {excerpt(first)}")
    return values


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
    texts, positions = distinct(column, feature.name)
    known_codes = places(texts, feature)
    codes = pc.if_else(pc.equal(known_codes, UNKNOWN), None, known_codes)
    vector: Vector = codes.cast(pa.float64()).take(positions).to_numpy(zero_copy_only=False)
    return vector


def places(texts: pa.Array, feature: Column) -> pa.Array:
    """The place among the column's categories of each text (n, distinct): by spelling, else by value.

    Null where it is missing, which the categories have the first word on; UNKNOWN where no level or several could be
    meant, unless the last category stands for all others.
    """
    at = pc.index_in(texts, value_set=pa.array(feature.categories, texts.type))
    lost = pc.and_(texts.is_valid(), at.is_null())
    if not pc.any(lost).as_py():
        return at
    rest = texts.filter(lost)
    nulls = spellings_of(feature.nulls)
    is_null = pc.is_in(pc.utf8_trim_whitespace(rest), value_set=pa.array([null.strip() for null in nulls], rest.type))
    by_value = _by_value(feature.categories[: len(feature.categories) - feature.other])
    other = len(feature.categories) - 1 if feature.other else UNKNOWN
    by_text = pa.array([by_value.get(value_of(text), other) for text in rest.to_pylist()], pa.int32())
    return pc.replace_with_mask(at, lost, pc.if_else(is_null, pa.scalar(None, pa.int32()), by_text))


@lru_cache(maxsize=512)
def _by_value(categories: tuple[str, ...]) -> dict[str, int]:
    """The levels whose value no other level has."""
    values = [value_of(category) for category in categories]
    times = Counter(values)
    return {value: place for place, value in enumerate(values) if times[value] == 1}


@dataclass(frozen=True)
class Unknown:
    """How many rows of a column have levels that its model does not know."""

    column: str
    rows: int
    of: int
    first: str

    @property
    def share(self) -> float:
        return self.rows / self.of

    @property
    def in_words(self) -> str:
        return f"has levels that the model does not know in {self.share:.1%} of the rows, first {excerpt(self.first)}"


def unknown(table: Table, features: Sequence[Column]) -> tuple[Unknown, ...]:
    """The columns with levels that the model does not know. Raises: DataError, as in `matrix`."""
    unknowns = []
    for feature in features:
        if feature.kind is Kind.CATEGORICAL and not feature.other:
            texts, positions = distinct(column_of(table, feature.read_from), feature.name)
            lost = pc.fill_null(pc.equal(places(texts, feature), UNKNOWN), False)
            rows = pc.fill_null(lost.take(positions), False)
            if count := rows.true_count:
                first = texts.take(positions.filter(rows).slice(0, 1))[0].as_py()
                unknowns.append(Unknown(feature.read_from, count, table.num_rows, first))
    return tuple(unknowns)


def refuse_unknown(table: Table, features: Sequence[Column], most: float) -> tuple[Unknown, ...]:
    """What `unknown` says, to be shown. Raises: DataError where a column has more than the share `most` of them."""
    unknowns = unknown(table, features)
    if worst := max((one for one in unknowns if one.share > most), key=lambda one: one.share, default=None):
        known = next(feature.categories for feature in features if feature.read_from == worst.column)
        some = ", ".join(repr(level) for level in known[:3]) + (", ..." if len(known) > 3 else "")
        raise DataError(f"column {worst.column!r} {worst.in_words}; it knows {some}; unknown allows {most:.1%}")
    return unknowns


def levels(column: pa.Array, name: str) -> pa.Array:
    """A category as text, row by row: 2 and 2.0 are "2", blank is missing. Raises: DataError for what has no text."""
    values, positions = distinct(column, name)
    text = pc.replace_substring_regex(values, r"^(-?[0-9]+)\.0+$", r"\1")
    return pc.if_else(pc.equal(text, ""), None, text).take(positions)


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
    """Text as it stands; of numbers, whole ones without a point."""
    values = _without_decimals(values)
    text = values.cast(pa.string())
    if not pa.types.is_floating(values.type):
        return text
    whole = values.cast(pa.int64(), safe=False)
    is_whole = pc.equal(whole.cast(pa.float64(), safe=False), values.cast(pa.float64()))
    text = pc.if_else(is_whole, whole.cast(pa.string()), text)
    return pc.if_else(pc.is_nan(values), None, text)
