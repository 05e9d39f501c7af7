"""Writes applications with the months of a long table beside them, as training saw them: what `score` then takes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from riskmodel import config, tables
from riskmodel.config import Run
from riskmodel.datasets import encode, history, schema
from riskmodel.errors import ConfigError, DataError
from riskmodel.files import beside, places


@dataclass(frozen=True)
class Widened:
    """How many applications there are, how many of them without any month, and the columns that were made."""

    rows: int
    without: int
    columns: tuple[str, ...]


def widen(toml: Path, applications: Path, output: Path, months: Path | None = None) -> Widened:
    """Writes the Parquet file `output` by the `[data.history]` of a run; `months` in place of its own table.

    Raises: ConfigError for a run without one, DataError.
    """
    run, _ = config.read(toml)
    asked = run.data.history
    if asked is None or run.data.id is None or asked.path is None:
        raise ConfigError(f"{toml}: must have [{history.WHERE}], however: it has none")
    long = months or toml.parent / asked.path
    places.refuse_inside(output, applications, long)
    if output.suffix in (".csv", ".gz"):
        raise DataError(f"{output}: must be a Parquet file, however: {output.suffix}")
    places.check_files(output)
    made = _widened(run, applications, history.read(long, asked, run.data.id))
    try:
        with beside.made_of(output) as folder:
            pq.write_table(made, folder / output.name)
    except OSError as error:  # Arrow's names no file
        raise DataError(f"{output}: cannot be written: {os.strerror(error.errno) if error.errno else error}") from error
    values = np.column_stack([encode.numbers(encode.column_of(made, name), name) for name in asked.made])
    return Widened(made.num_rows, int(np.isnan(values).all(axis=1).sum()), tuple(asked.made))


def _widened(run: Run, applications: Path, long: pa.Table) -> pa.Table:
    data = run.data
    if data.history is None or data.id is None:
        raise DataError("a run without [data.history] widens nothing")
    names = tables.names(applications)
    for key, name in (("id", data.id), ("time", data.time)):
        if name is not None and name not in names:
            raise DataError(f"{applications}: no column {name!r}, which is data.{key}; {tables.near(name, names)}")
    rows = tables.read(applications, rules=schema.rules(data))
    return history.widened(rows, long, data.history, data.id, data.time)


def in_words(widened: Widened, output: Path) -> str:
    """One line for a person."""
    return (
        f"{output}: {widened.rows:,} applications with {len(widened.columns)} columns of months, "
        f"{widened.columns[0]} to {widened.columns[-1]}; {widened.without:,} have none"
    )
