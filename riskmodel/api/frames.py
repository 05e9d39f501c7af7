"""Tables as callers have them: read as Arrow, and answered in the library that they came from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from riskmodel import tables
from riskmodel.errors import DataError


def is_path(data: Any) -> bool:
    """Whether a table is named and not given."""
    return isinstance(data, str | Path)


def arrow(data: Any, as_spelt: Collection[str] = ()) -> pa.Table:
    """The table of a path, a frame of pandas or polars (lazy ones too), Arrow, or what narwhals reads.

    Of a CSV, the columns `as_spelt` are text as it stands. Raises: DataError.
    """
    if is_path(data):
        plain = tables.CellRule(tables.Reading.TEXT, ())
        return tables.read(Path(data), rules=lambda name: plain if name in as_spelt else tables.CellRule())
    if isinstance(data, pd.DataFrame | pa.Table) or hasattr(data, "__arrow_c_stream__"):
        return tables.of(data)
    try:
        frame = nw.from_native(data)
    except TypeError as error:
        raise DataError(f"data must be a table or its path, however: {type(data).__name__}") from error
    return tables.of((frame.collect("pyarrow") if isinstance(frame, nw.LazyFrame) else frame).to_arrow())


def written(data: Any, folder: Path, name: str) -> Path:
    """A path as it is; a table as a Parquet file in a folder that somebody else clears away."""
    if is_path(data):
        return Path(data)
    place = folder / f"{name}.parquet"
    pq.write_table(arrow(data), place)
    return place


def like(answer: pa.Table, given: Any) -> Any:
    """The answer in the library that the given table is of; of a path and of Arrow, Arrow."""
    if isinstance(given, pd.DataFrame):
        return answer.to_pandas().set_index(given.index)
    if is_path(given) or isinstance(given, pa.Table):
        return answer
    try:
        backend = nw.from_native(given).implementation
        return nw.from_arrow(answer, backend=backend).to_native()
    except (TypeError, ValueError):  # what speaks Arrow alone
        return answer


def table_html(
    rows: Sequence[Mapping[str, Any]], *, bold: Callable[[Mapping[str, Any]], bool] = lambda _: False
) -> str:
    """Rows of plain values as an HTML table."""
    if not rows:
        return ""
    head = "".join(f"<th>{escape(str(name))}</th>" for name in rows[0])
    lines = []
    for row in rows:
        tag = "th" if bold(row) else "td"
        lines.append("<tr>" + "".join(f"<{tag}>{escape(cell(value))}</{tag}>" for value in row.values()) + "</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def cell(value: Any) -> str:
    """A value in a few letters."""
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
