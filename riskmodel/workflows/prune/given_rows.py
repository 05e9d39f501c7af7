"""Rows in memory, in the order of a model's features: as we read them, and as its library takes them.

By name wherever the model and the rows have names, by place only for arrays and for models without names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import scipy.sparse
from numpy.typing import NDArray

from riskmodel.core import Column, Matrix
from riskmodel.datasets import encode
from riskmodel.errors import DataError
from riskmodel.scorers import Levels, ModelParts
from riskmodel.tables import from_pandas, near, without_views
from riskmodel.workflows.row_levels import levels_of

Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class GivenRows:
    """Rows of any kind.

    Parameters
    ----------
    content
        N rows, a table under the names of the features and in their order, or a matrix (n x features).
    native
        Some of the rows as the library takes them.
    """

    content: pa.Table | Matrix
    native: Callable[[Rows], Any]

    def __len__(self) -> int:
        return len(self.content)

    @property
    def is_array(self) -> bool:
        return isinstance(self.content, np.ndarray)

    @property
    def categories(self) -> dict[str, Sequence[Any] | None]:
        """The columns that are no numbers, with their levels where they are categories, and None where texts."""
        if isinstance(self.content, np.ndarray):
            return {}
        columns = {name: self.content.column(name) for name in self.content.column_names}
        return {name: _levels(values) for name, values in columns.items() if _has_levels(values.type)}

    @property
    def schema(self) -> pa.Schema | None:
        """The types of the columns; None of an array."""
        return None if isinstance(self.content, np.ndarray) else self.content.schema

    def levels(self, names: Sequence[str]) -> Levels:
        """The texts of these columns. Raises: DataError for rows without names, in which a category has no text."""
        if names and isinstance(self.content, np.ndarray):
            raise DataError(f"X must be a frame, since {names[0]!r} is a category, however: an array")
        return levels_of(self.content, names) if names else {}

    def matrix(self, features: Sequence[Column], missing: float) -> Matrix:
        """Rows x features, `missing` as NaN: XGBoost compares in single precision.

        Raises: DataError for a column of a wrong type.
        """
        matrix = self.content if isinstance(self.content, np.ndarray) else encode.matrix(self.content, features)
        with np.errstate(over="ignore"):
            return np.where(matrix.astype(np.float32) == np.float32(missing), np.nan, matrix)

    def numbers(self, features: Sequence[Column]) -> Matrix:
        """The same with the number for missing as it is: what a library is told to look for it in."""
        return self.matrix(features, float("nan"))

    def unknown(self, features: Sequence[Column]) -> tuple[encode.Unknown, ...]:
        """The columns with levels that the model does not know."""
        return () if isinstance(self.content, np.ndarray) else encode.unknown(self.content, features)


def given_rows(X: Any, parts: ModelParts) -> GivenRows:  # noqa: N803 - as scikit-learn spells it
    """Rows of a DataFrame, an Arrow table or what speaks Arrow, an array or a sparse matrix.

    What a sparse matrix does not store is 0 to LightGBM, missing to XGBoost.

    Raises: DataError for rows that are none of these, or lack a column of the model.
    """
    if isinstance(X, pd.DataFrame):
        return _of_frame(X, parts)
    if hasattr(X, "__arrow_c_stream__") or hasattr(X, "__arrow_c_array__") or isinstance(X, pa.RecordBatch):
        return _of_arrow(X, parts)
    if isinstance(X, np.ma.MaskedArray):
        raise DataError("X must not be masked, since the libraries do not look at a mask: X.filled(float('nan'))")
    if scipy.sparse.issparse(X):
        return _of_sparse(X, parts)
    try:
        matrix = np.array(X, np.float64)
    except (TypeError, ValueError) as error:
        lazy = "; collect it first" if hasattr(X, "collect") else f": {str(error)[:100]}"
        raise DataError(f"X must be a table or numbers, however: {type(X).__name__}{lazy}") from error
    return _of_array(matrix, parts, lambda rows: matrix[rows] if not isinstance(X, np.ndarray) else X[rows])


def _of_sparse(given: Any, parts: ModelParts) -> GivenRows:
    stored = given.tocsr()
    matrix = _dense(stored, np.nan if parts.is_xgboost else 0.0)
    return _of_array(matrix, parts, lambda rows: stored[rows])


def _of_array(matrix: Matrix, parts: ModelParts, native: Callable[[Rows], Any]) -> GivenRows:
    if matrix.ndim != 2 or matrix.shape[1] != len(parts.names):
        shape = " x ".join(map(str, matrix.shape)) or "a single value"
        raise DataError(f"X must be rows x {len(parts.names)}, however: {shape}")
    return GivenRows(matrix, native)


def _dense(stored: Any, unstored: float) -> Matrix:
    """Values that stand twice in one cell add up, as the libraries take them."""
    matrix = np.full(stored.shape, unstored)
    summed = stored.copy()
    summed.sum_duplicates()
    entries = summed.tocoo()
    matrix[entries.row, entries.col] = entries.data
    return matrix


def _of_frame(frame: pd.DataFrame, parts: ModelParts) -> GivenRows:
    if isinstance(frame.columns, pd.MultiIndex):
        raise DataError("X must have one name a column, however: several levels of names")
    places = _places([str(name) for name in frame.columns], parts)
    native = frame.iloc[:, places]
    table = from_pandas(native.set_axis(list(parts.names), axis=1), "X")
    return GivenRows(table, lambda rows: native.iloc[rows])


def _of_arrow(given: Any, parts: ModelParts) -> GivenRows:
    try:
        table = pa.table(given) if not isinstance(given, pa.RecordBatch) else pa.Table.from_batches([given])
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise DataError(f"X cannot be read: {' '.join(str(error).split())[:200]}") from error
    native = without_views(table).select(_places(table.column_names, parts))
    as_frame = not parts.is_xgboost and any(_has_levels(kind) for kind in native.schema.types)  # LightGBM has no others

    def handed(rows: Rows) -> Any:
        some = native.take(pa.array(rows))
        return some.to_pandas() if as_frame else some

    return GivenRows(native.rename_columns(list(parts.names)), handed)


def _places(own: Sequence[str], parts: ModelParts) -> list[int]:
    """Where each feature stands among the columns of a table.

    Raises: DataError for a feature that is not there, or stands there twice.
    """
    names = list(parts.names)
    if not parts.has_names and not set(names) & set(own):
        if len(own) != len(names):
            raise DataError(f"X must have {len(names)} columns, the model having no names, however: {len(own)}")
        return list(range(len(names)))
    if not parts.is_xgboost:  # LightGBM puts underscores for blanks
        wanted = set(names) - set(own)
        own = [blank if (blank := name.replace(" ", "_")) in wanted else name for name in own]
    for name in names:
        if own.count(name) != 1:
            raise DataError(
                f"X must have column {name!r} once, however: {own.count(name)} times"
                if name in own
                else f"X has no column {name!r}; {near(name, list(own))}"
            )
    return [own.index(name) for name in names]


def _has_levels(kind: pa.DataType) -> bool:
    return pa.types.is_dictionary(kind) or not encode.is_number(kind)


def _levels(values: pa.ChunkedArray) -> Sequence[Any] | None:
    if not pa.types.is_dictionary(values.type):
        return None
    return values.combine_chunks().dictionary.to_pylist() if values.num_chunks else []
