"""Reads a column as dates where it is one: Arrow dates and times, text in the usual spellings, 201812 and 20181231."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from riskmodel.datasets import encode

Days = NDArray[np.datetime64]

FORMS = (
    "%Y-%m-%d",
    "%Y-%m",
    "%Y/%m/%d",
    "%Y/%m",
    "%d.%m.%Y",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d-%b-%Y",
    "%b-%Y",
    "%b-%y",
    "%b %Y",
)
_MANY = 20_000  # different texts: more days than that no portfolio has
_EARLIEST, _LATEST = 1950, 2100  # years that a number like 201812 may begin with


def as_days(column: pa.Array) -> Days | None:
    """The day of each row (a month is its first day), NaT where it is missing; None where the column is no dates."""
    kind = column.type
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return column.cast(pa.timestamp("us"), safe=False).to_numpy(zero_copy_only=False).astype("M8[D]")
    if encode.is_number(kind):
        return _of_numbers(encode.numbers(column, ""))
    coded = column if pa.types.is_dictionary(kind) else None
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        coded = column.dictionary_encode()
    return None if coded is None else _of_text(coded)


def _of_numbers(values: NDArray[np.float64]) -> Days | None:
    present = values[~np.isnan(values)]
    if not len(present) or present.min() < _EARLIEST * 100 or present.max() > _LATEST * 10_000:
        return None
    if (present != np.floor(present)).any():
        return None
    by_day = present.min() >= _EARLIEST * 10_000
    whole = np.where(np.isnan(values), _EARLIEST * 10_000 + 101 if by_day else _EARLIEST * 100 + 1, values).astype(int)
    months, day = (whole // 100, whole % 100) if by_day else (whole, np.ones_like(whole))
    year, month = months // 100, months % 100
    if month.min() < 1 or month.max() > 12 or day.min() < 1 or day.max() > 31 or year.max() > _LATEST:
        return None
    if len(np.unique(present)) < 3:
        return None  # two numbers that look like months are more often codes
    days: Days = ((year - 1970) * 12 + month - 1).astype("M8[M]").astype("M8[D]") + (day - 1)
    return np.where(np.isnan(values), np.datetime64("NaT"), days)


def _of_text(coded: pa.DictionaryArray) -> Days | None:
    texts = coded.dictionary.cast(pa.string()).to_pylist()
    if not texts or len(texts) > _MANY:
        return None
    for form in FORMS:
        if (days := _read(texts, form)) is not None:
            at = coded.indices.to_numpy(zero_copy_only=False).astype(np.float64)
            return np.append(days, np.datetime64("NaT"))[np.where(np.isnan(at), len(days), at).astype(np.intp)]
    return None


def _read(texts: Sequence[str | None], form: str) -> Days | None:
    """All texts by one form, blank as NaT; None at the first that it does not fit, or where none is a date."""
    days = []
    for text in texts:
        clock = text is not None and len(text) > 10 and text[10] in "T "
        day = text[:10] if clock and text else (text or "").strip()
        try:
            days.append(np.datetime64(datetime.strptime(day, form).date()) if day else np.datetime64("NaT"))
        except ValueError:
            return None
    parsed = np.array(days, "M8[D]")
    return None if np.isnat(parsed).all() else parsed
