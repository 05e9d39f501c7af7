"""Reads the outcome of each loan, and refuses what is not one: a wrong outcome makes every later figure wrong.

Rows are counted from 1, the header not counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from riskmodel.config import Data
from riskmodel.core import Outcome, Vector
from riskmodel.datasets import encode
from riskmodel.errors import DataError
from riskmodel.tables import NUMBER, near


def bad_level(data: Data) -> tuple[str, ...]:
    """The value of a bad as text, where the run's TOML names one."""
    if data.bad is None:
        return ()
    return (str(data.bad).lower() if isinstance(data.bad, bool) else str(data.bad),)


@dataclass(frozen=True)
class OptionNames:
    """Where a person says which column is the outcome, and which of its values is a bad; for an error's line."""

    target: str
    bad: str
    leave_out: str  # how rows without an outcome can be


TOML = OptionNames("data.target", "data.bad", "a rule of [data.where] leaves rows out")
OPTIONS = OptionNames("target", "bad", "leave such rows out")


def outcome(table: pa.Table, target: str, bad: str | None = None, *, said: OptionNames = TOML) -> Outcome:
    """1 for a bad, 0 for a good: from 0 and 1 (integers, booleans, floats), or from two values of which `bad` is one.

    Raises: DataError where the target is absent, missing in a row, has other values, or the same in all rows.
    """
    if target not in table.column_names:
        raise DataError(f"{said.target}: no column {target!r}; {near(target, table.column_names)}")
    column = encode.column_of(table, target)
    values = _zero_or_one(column, target, said) if bad is None else _is_level(column, target, bad, said)
    if len(classes := np.unique(values)) < 2:
        present = f"only {classes[0]:g}" if len(classes) else "no rows"
        raise DataError(f"{said.target}: {target!r} must have both 0 and 1, however: {present}")
    return values.astype(np.int8)


def _zero_or_one(column: pa.Array, target: str, said: OptionNames) -> Vector:
    if not encode.is_number(column.type):
        raise DataError(
            f"{said.target}: {target!r} must be 0 or 1, however: {column.type}{first_text(column)}; "
            f"{said.bad} can name the value of a bad"
        )
    values = encode.numbers(column, target)
    _refuse_missing(np.isnan(values), target, said)
    if (wrong := ~np.isin(values, (0, 1))).any():
        at = first(wrong)
        raise DataError(
            f"{said.target}: {target!r} must be 0 or 1, however: {values[at - 1]:g} in row {at}; "
            f"{said.bad} can name the value of a bad"
        )
    return values


def _is_level(column: pa.Array, target: str, bad: str, said: OptionNames) -> Vector:
    levels = encode.levels(column, target)
    _refuse_missing(levels.is_null().to_numpy(zero_copy_only=False), target, said)
    present = sorted(pc.unique(levels).to_pylist())
    if bad not in present:
        examples = ", ".join(repr(level) for level in present[:5])
        raise DataError(f"{said.bad}: must be among the values of {target!r}, {examples}, however: {bad!r}")
    if len(present) > 2:
        others = ", ".join(repr(level) for level in [level for level in present if level != bad][:3])
        raise DataError(
            f"{said.target}: {target!r} must have two values, however: {len(present)}, {bad!r} beside {others}"
        )
    return pc.equal(levels, bad).to_numpy(zero_copy_only=False).astype(np.float64)


def _refuse_missing(missing: NDArray[np.bool_], target: str, said: OptionNames) -> None:
    if missing.any():
        where = f"{missing.sum()} rows, first in row {first(missing)}"
        raise DataError(f"{said.target}: {target!r} is missing in {where}; {said.leave_out}")


def first_text(column: pa.Array) -> str:
    """The first value that does not even look like a number, or else the first there is; for an error's line."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return ""
    present = column.is_valid().to_numpy(zero_copy_only=False)
    odd = pc.fill_null(pc.invert(pc.match_substring_regex(column, NUMBER)), False).to_numpy(zero_copy_only=False)
    at = first(odd if odd.any() else present)
    return f", first {column[at - 1].as_py()!r} in row {at}" if present.any() else ""


def first(mask: NDArray[np.bool_]) -> int:
    """The number of the first row that is marked."""
    return int(np.argmax(mask)) + 1
