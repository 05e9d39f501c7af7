"""A pandas frame as Arrow, column by column, so that what Arrow does not have is told with its column."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from riskmodel.errors import DataError

_LOOKED_AT = 10_000  # values, of which the kinds are named


def from_pandas(frame: pd.DataFrame, where: str) -> pa.Table:
    """The columns under their names as text, which differ; types kept, without the index.

    Sparse columns are filled, and categories of several kinds (1, 2.5, "a") become text: neither is Arrow's.

    Raises: DataError for a column that has values of several kinds, or of one that tables do not have.
    """
    names = [str(name) for name in frame.columns]
    return pa.table(
        {name: _array(frame.iloc[:, place], f"{where}: column {name[:60]!r}") for place, name in enumerate(names)}
    )


def _array(column: pd.Series[Any], what: str) -> pa.Array | pa.ChunkedArray:
    try:
        return pa.array(_plain(column), from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        some = column.dropna().iloc[:_LOOKED_AT]
        values = some.cat.categories if isinstance(some.dtype, pd.CategoricalDtype) else some
        kinds = sorted({type(value).__name__ for value in values.tolist()})
        raise DataError(f"{what} must have one kind of value that tables have, however: {', '.join(kinds)}") from error


def _plain(column: pd.Series[Any]) -> pd.Series[Any]:
    if isinstance(column.dtype, pd.SparseDtype):
        return pd.Series(np.asarray(column), column.index)
    if isinstance(column.dtype, pd.CategoricalDtype) and _is_mixed(column.dtype.categories):
        return column.cat.rename_categories([_spelt(level) for level in column.dtype.categories])
    return column


def _is_mixed(levels: pd.Index[Any]) -> bool:
    kinds = {type(level) for level in levels}
    return len(kinds) > 1 and kinds <= {str, bool, int, float, np.bool_, np.int64, np.float64}


def _spelt(level: Any) -> str:
    return str(level).lower() if isinstance(level, (bool, np.bool_)) else str(level)
