"""From a table that nobody has seen to a TOML to start from: every guess stands in it, with its reason beside it.

What is written parses as it is. An existing file is never replaced unless that is asked for.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from riskmodel import config, tables
from riskmodel.core import Role, canonical
from riskmodel.datasets import encode
from riskmodel.datasets.profiling import Profile, profile
from riskmodel.errors import DataError, RiskModelError
from riskmodel.files import atomic, beside, places
from riskmodel.workflows.init import toml

_EXACT = 2**53  # whole numbers beyond are not told apart as floats


def init(source: Path, target: str, output: Path, given: Mapping[str, Role], *, force: bool = False) -> Profile:
    """Writes the TOML for a file or folder to `output`, and returns what was seen. `given` are roles by column.

    Raises: RiskModelError where `output` exists and `force` is not set, or the table cannot be used.
    """
    if output.exists() and not force:
        raise RiskModelError(f"{output}: exists; --force would replace it")
    places.refuse_inside(output, source)
    sha256 = tables.sha256_of(source)
    table_profile = _profiled(_read(source, sha256), target, given)
    place = toml.Place(_name(output.stem), _relative(source, output), sha256)
    _write(output, _checked(toml.text(table_profile, place)))
    return table_profile


def propose(
    table: Any, target: str, *, path: str = "table.parquet", name: str = "run", given: Mapping[str, Role] | None = None
) -> str:
    """The TOML for a table in memory, pandas or Arrow; `path` is where the run will find it.

    Raises: DataError.
    """
    table_profile = _profiled(tables.of(table), target, given or {})
    return _checked(toml.text(table_profile, toml.Place(_name(name), path)))


def _profiled(table: pa.Table, target: str, given: Mapping[str, Role]) -> Profile:
    table_profile = profile(table, target, given)
    if not [*table_profile.named(Role.FEATURE), *table_profile.named(Role.PROTECTED)]:
        others = [column for column in table_profile.columns if column.role is not Role.TARGET]
        first = f", such as {others[0].name!r} ({others[0].reason})" if others else ""
        raise DataError(f"the table must have a feature, however: all {len(others)} other columns are none{first}")
    return table_profile


def _read(source: Path, sha256: str) -> pa.Table:
    """The table; of a CSV, whole numbers too long for a float and codes such as 00007 stay text."""
    table = tables.read(source, sha256)
    if not any(tables.format_of(part).startswith("csv") for part in tables.parts(source)):
        return table
    floats = [field.name for field in table.schema if pa.types.is_float64(field.type)]
    too_long = [name for name in floats if _is_too_long(encode.numbers(encode.column_of(table, name), name))]
    whole = [field.name for field in table.schema if pa.types.is_integer(field.type)]
    as_text = tables.read(source, sha256, [*whole, *too_long])
    text = [*too_long, *(name for name in whole if _is_padded(encode.column_of(as_text, name)))]
    return tables.read(source, sha256, text) if text else table


def _is_padded(text: pa.Array) -> bool:
    return bool(pa.types.is_string(text.type) and pc.any(pc.match_substring_regex(text, r"^-?0\d")).as_py())


def _is_too_long(numbers: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bool:
    present = numbers[np.isfinite(numbers)]
    return bool(len(present) and np.abs(present).max() > _EXACT and (np.mod(present, 1) == 0).all())


def _name(stem: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", stem).strip("_.-")[:60] or "run"


def _relative(source: Path, output: Path) -> str:
    return Path(os.path.relpath(os.path.realpath(source), os.path.realpath(output.parent))).as_posix()


def _checked(text: str) -> str:
    config.parse(text.encode(), "the proposed TOML")
    return text


def _write(output: Path, text: str) -> None:
    """Whole, so that no half of it can be taken for a run; beside it the schema of its keys, where there is none."""
    try:
        with beside.way_to(output):
            atomic.write(output, text.encode())
            if not (schema := output.with_name(toml.SCHEMA)).exists():
                atomic.write(schema, canonical(config.schema()))
    except OSError as error:
        raise RiskModelError(f"{output}: cannot be written: {error.strerror}") from error
