"""Tables that are in memory already: pandas, or whatever speaks Arrow (Polars, DuckDB, a reader of batches)."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa

from riskmodel.errors import DataError
from riskmodel.tables._lines import check_names, in_one_line
from riskmodel.tables._pandas import from_pandas
from riskmodel.tables._views import without_views


def of(table: Any) -> pa.Table:
    """The same table as Arrow, types kept: categories, decimals, nullable integers, zones, pandas 3 text.

    A pandas index becomes a column where it has a name, and else is dropped.

    Raises: DataError for what is no table, a column of several types, or columns that cannot be told apart.
    """
    with in_one_line("table"):
        if isinstance(table, pd.DataFrame):
            table = _from_pandas(table)
        elif not isinstance(table, pa.Table):
            if not hasattr(table, "__arrow_c_stream__") and not hasattr(table, "__arrow_c_array__"):
                raise DataError(f"the table must be pandas or Arrow, however: {type(table).__name__}")
            table = pa.table(table)
        table = without_views(table)
        check_names("table", table.column_names)
        table.validate(full=True)
    if not table.num_rows:
        raise DataError("table: the table has no rows")
    return table


def _from_pandas(frame: pd.DataFrame) -> pa.Table:
    if isinstance(frame.columns, pd.MultiIndex):
        raise DataError("table: columns must have one name each, however: several levels of names")
    check_names("table", [str(name) for name in frame.columns])
    if named := [name for name in frame.index.names if name is not None]:
        frame = frame.reset_index(level=named)
    return from_pandas(frame, "table")
