"""What a row is drawn and judged by: its outcome, its day, whose it is; what is no date is refused, never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from riskmodel.config import Data
from riskmodel.core import Outcome, Vector
from riskmodel.datasets import encode
from riskmodel.datasets.outcome import bad_level, outcome
from riskmodel.datasets.split.rows import Positions
from riskmodel.errors import DataError
from riskmodel.privacy import excerpt
from riskmodel.stats import weighted

Days = NDArray[np.datetime64]

FIRST, AFTER = np.datetime64("1900-01-01"), np.datetime64("2200-01-01")

_ISO = re.compile(r"(\d{4}-\d\d(-\d\d)?)([T ]\d\d:.*)?")
_DIGITS = re.compile(r"(\d{4})(\d\d)?(\d\d)?(\.0+)?")


@dataclass(frozen=True, eq=False)
class RowKeys:
    """Outcome, day, borrower, weight and id of each row of a table (n), read once."""

    default: Outcome
    days: Days | None = None
    borrower: Positions | None = None
    weight: Vector | None = None
    ids: NDArray[Any] | None = None


def row_keys(table: pa.Table, data: Data) -> RowKeys:
    """Reads what the run's TOML names in data.target, time, borrower, weight and id. Raises: DataError."""
    default = outcome(table, data.target, *bad_level(data))
    days = dates(table, data.time) if data.time else None
    borrower = borrowers(table, data.borrower) if data.borrower else None
    weight = weights(table, data.weight) if data.weight else None
    ids = encode.column_of(table, data.id).to_numpy(zero_copy_only=False) if data.id else None
    return RowKeys(default, days, borrower, weight, ids)


def weights(table: pa.Table, name: str) -> Vector:
    """For how many rows of the population each row of a table was drawn (n).

    Raises: DataError for one that is missing, infinite, or not above 0.
    """
    return weighted.checked(encode.numbers(encode.column_of(table, name), name), f"the weight {name!r}")


def dates(table: pa.Table, name: str, said: str = "data.time") -> Days:
    """The day of each row (n), from dates, times, ISO text (2018-05, 2018-05-31, with or without a time), and numbers
    or digits (2018, 201805, 20180531); a month is its first day. `said` is where the column was named.

    Raises: DataError where a row has none, or one that is not between 1900 and 2199.
    """
    column = encode.column_of(table, name)
    missing = column.is_null().to_numpy(zero_copy_only=False)
    if missing.any():
        raise DataError(f"{said}: {name!r} is missing in {missing.sum()} rows, first in row {np.argmax(missing) + 1}")
    days = _days(column) if pa.types.is_temporal(column.type) else _read(column, name)
    if (wrong := ~((days >= FIRST) & (days < AFTER))).any():  # also true for what is no date
        row = int(np.argmax(wrong))
        raise DataError(
            f"{said}: {name!r} must be a date between 1900 and 2199 such as 2018-05-31, 2018-05 or 201805, "
            f"however: {excerpt(encode.cell(column, row))} in row {row + 1}"
        )
    return days


def _days(column: pa.Array) -> Days:
    if pa.types.is_time(column.type) or pa.types.is_duration(column.type):
        return np.full(len(column), "NaT", dtype="M8[D]")
    since_1970: NDArray[np.int32] = column.cast(pa.date32()).cast(pa.int32()).to_numpy(zero_copy_only=False)
    return since_1970.astype("M8[D]")


def _read(column: pa.Array, name: str) -> Days:
    """Each distinct value is read once."""
    encoded = encode.levels(column, name).dictionary_encode()
    read = np.array([_day(text) for text in encoded.dictionary.to_pylist()], dtype="M8[D]")
    return np.append(read, np.datetime64("NaT"))[encoded.indices.fill_null(len(read)).to_numpy(zero_copy_only=False)]


def _day(text: str) -> np.datetime64:
    """Not a time (NaT) where the text is no date."""
    if match := _ISO.fullmatch(text.strip()):
        spelt = match[1]
    elif match := _DIGITS.fullmatch(text.strip()):
        spelt = "-".join(part for part in match.groups()[:3] if part)
    else:
        return np.datetime64("NaT")
    try:
        return np.datetime64(spelt, "D")
    except ValueError:
        return np.datetime64("NaT")


def borrowers(table: pa.Table, name: str) -> Positions:
    """A number for each borrower (n), from 0 in the order of the table; a row without one is its own.

    Raises: DataError for a column that has no text.
    """
    encoded = encode.levels(encode.column_of(table, name), name).dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    alone = codes < 0
    codes[alone] = len(encoded.dictionary) + np.arange(alone.sum())
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]
