"""Measures one column: how it is stored, what is missing, which values it has and how often."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from riskmodel.datasets import encode, split
from riskmodel.datasets.leakage.dates import as_days
from riskmodel.errors import DataError

Family = Literal["number", "text", "date", "other"]

_EXACT = 2**53  # whole numbers beyond are not told apart as floats


@dataclass(frozen=True)
class Facts:
    """One column; `values` are its distinct ones, for numbers in rising order, and `counts` the rows of each."""

    name: str
    type: str
    family: Family
    rows: int
    missing: int
    distinct: int
    values: Any  # float64 for numbers, Arrow text for text, empty for the rest
    counts: NDArray[np.int64]
    rising: bool  # each row above the one before
    dated: bool = field(default=False, kw_only=True)  # dates that a split by time can go by
    digest: bytes  # the same for columns with the same values in the same rows

    @property
    def is_unique(self) -> bool:
        return self.missing == 0 and self.distinct == self.rows

    @property
    def is_whole(self) -> bool:
        """Numbers without fractions, none of them infinite."""
        return self.family == "number" and not self.infinite and bool((np.mod(self.values, 1) == 0).all())

    @property
    def infinite(self) -> int:
        """Rows with an infinite number."""
        return int(self.counts[np.isinf(self.values)].sum()) if self.family == "number" else 0


def measure(table: pa.Table, name: str) -> Facts:
    """The facts of one column. Raises: DataError where its name stands twice."""
    column = encode.column_of(table, name)
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    if is_text or encode.is_number(kind):
        facts = _of_text(column, name) if is_text else _of_numbers(column, name)
        return replace(facts, family="date", dated=_is_dated(table, name)) if _says_dates(column, facts) else facts
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return replace(_of_dates(column, name), dated=_is_dated(table, name))
    return Facts(name, str(kind), "other", len(column), column.null_count, 0, (), _none(), False, b"")


def _is_dated(table: pa.Table, name: str) -> bool:
    try:
        split.dates(table, name)
    except DataError:
        return False
    return True


def _says_dates(column: pa.Array, facts: Facts) -> bool:
    """Text such as 2018-12-31 or Dec-2018, numbers such as 201812, throughout."""
    return facts.distinct > 0 and not pa.types.is_boolean(column.type) and as_days(column) is not None


def _of_numbers(column: pa.Array, name: str) -> Facts:
    numbers = encode.numbers(column, name)
    missing = np.isnan(numbers)
    numbers = np.where(missing, np.nan, numbers)  # one spelling of it
    values, counts = np.unique(numbers[~missing], return_counts=True)
    distinct = len(values)
    if pa.types.is_integer(column.type) and distinct and np.abs(values).max() > _EXACT:
        distinct = pc.count_distinct(column).as_py()
    return Facts(
        name,
        str(column.type),
        "number",
        len(column),
        int(missing.sum()),
        distinct,
        values,
        counts.astype(np.int64),
        bool(np.all(numbers[1:] > numbers[:-1])),
        _digest(b"number", numbers + 0.0),
    )


def _of_text(column: pa.Array, name: str) -> Facts:
    plain = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    plain = plain.cast(pa.large_string())
    encoded = pc.if_else(pc.equal(plain, ""), None, plain).dictionary_encode()
    codes = encoded.indices.cast(pa.int64()).fill_null(-1).to_numpy()
    values = encoded.dictionary
    return Facts(
        name,
        str(plain.type),
        "text",
        len(column),
        encoded.null_count,
        len(values),
        values,
        np.bincount(codes[codes >= 0], minlength=len(values)).astype(np.int64),
        False,
        _digest("\0".join(values.to_pylist()).encode(), codes),
    )


def _of_dates(column: pa.Array, name: str) -> Facts:
    plain = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    stored = pa.int32() if pa.types.is_date32(plain.type) else pa.int64()
    steps = plain.cast(stored).cast(pa.int64())
    order = steps.drop_null().to_numpy()
    return Facts(
        name,
        str(plain.type),
        "date",
        len(column),
        column.null_count,
        len(np.unique(order)),
        (),
        _none(),
        bool(np.all(np.diff(order) > 0)),
        _digest(str(plain.type).encode(), steps.fill_null(np.iinfo(np.int64).min).to_numpy()),
    )


def _none() -> NDArray[np.int64]:
    return np.empty(0, np.int64)


def _digest(prefix: bytes, values: NDArray[Any]) -> bytes:
    digest = hashlib.blake2b(prefix, digest_size=16)
    digest.update(np.ascontiguousarray(values).data)
    return digest.digest()
