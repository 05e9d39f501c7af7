"""Leaves out rows by the plain rules of [data.where], each with its reason, and counts them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from riskmodel.config import Where
from riskmodel.core import Mask
from riskmodel.datasets import encode
from riskmodel.datasets.split.keys import dates
from riskmodel.errors import DataError
from riskmodel.tables import near, value_of


def filtered(table: pa.Table, rules: Mapping[str, Where]) -> tuple[pa.Table, dict[str, int]]:
    """The rows that every rule lets in, and how many each has left out, by its reason; the first rule counts.

    A row without a value in the column of a rule is left out by it.

    Raises: DataError for a rule that cannot be read, or where no row is left.
    """
    stays = np.ones(table.num_rows, bool)
    left_out: dict[str, int] = {}
    for name, rule in rules.items():
        if name not in table.column_names:
            raise DataError(f"data.where: no column {name!r}; {near(name, table.column_names)}")
        lets_in = _of_levels(table, name, rule) & _of_range(table, name, rule)
        left_out[rule.why] = left_out.get(rule.why, 0) + int((stays & ~lets_in).sum())
        stays &= lets_in
    if not stays.any():
        raise DataError(f"data.where: must let in some rows, however: none of {table.num_rows:,}")
    return (table if stays.all() else table.filter(pa.array(stays))), left_out


def _of_levels(table: pa.Table, name: str, rule: Where) -> Mask:
    if rule.keep is None and rule.drop is None:
        return np.ones(table.num_rows, bool)
    texts, positions = encode.distinct(encode.column_of(table, name), name)
    values = [None if text in (None, "") else value_of(text) for text in texts.to_pylist()]
    kept, dropped = ({_value(level) for level in levels or ()} for levels in (rule.keep, rule.drop))
    stays = [value is not None and (value in kept if rule.keep else value not in dropped) for value in values]
    mask: Mask = pc.fill_null(pa.array(stays, pa.bool_()).take(positions), False).to_numpy(zero_copy_only=False)
    return mask


def _value(level: str | int | float | bool) -> str:
    return value_of(f"{level:g}" if isinstance(level, float) else str(level))


def _of_range(table: pa.Table, name: str, rule: Where) -> Mask:
    """From the first bound on, before the second: of numbers, or of dates where a bound is text."""
    if rule.from_ is None and rule.before is None:
        return np.ones(table.num_rows, bool)
    if isinstance(rule.from_ if rule.from_ is not None else rule.before, str):
        days = dates(table.select([name]), name)
        return (days >= _day(rule.from_, days.min())) & (days < _day(rule.before, days.max() + 1))
    values = encode.numbers(encode.column_of(table, name), name)
    start = -np.inf if rule.from_ is None else float(rule.from_)
    stop = np.inf if rule.before is None else float(rule.before)
    lets_in: Mask = (values >= start) & (values < stop)
    return lets_in


def _day(bound: str | float | None, open_end: np.datetime64) -> np.datetime64:
    if bound is None:
        return open_end
    try:
        return np.datetime64(str(bound), "D")
    except ValueError as error:
        raise DataError(f"data.where: a date must be like 2018-05-31 or 2018-05, however: {bound!r}") from error
