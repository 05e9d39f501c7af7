"""Holds what we read of a foreign model against its library's own answer, before anything is built on it.

On made-up rows at the model's own thresholds, and on the rows at hand. Apart by more than a millionth of a PD anywhere,
the model is refused, with the column that explains it where one does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.datasets import encode
from riskmodel.errors import RiskModelError
from riskmodel.scorers import AS_SAVED, ForeignModel, ModelSettings, open_model
from riskmodel.trees import TreeEnsemble, single_precision

ROWS = 1000  # of the rows at hand, and as many made-up ones
TOLERANCE = 1e-6  # of a PD
LARGEST = float(np.finfo(np.float32).max)
NONE = float("nan")  # no number stands for missing
Pick = NDArray[np.intp]


def spread(rows: int) -> Pick:
    """At most ROWS places, evenly over so many rows."""
    return np.unique(np.linspace(0, rows - 1, min(rows, ROWS)).astype(np.intp))


def hold_made_up(model: ForeignModel, missing: float = NONE) -> None:
    """On rows made up around the model's thresholds, categories and missing values.

    Raises: RiskModelError where the library says otherwise.
    """
    rows = model.scorer.probes(ROWS)
    if model.scorer.ensemble.rules == "xgboost":  # which takes no number that single precision does not hold
        rows = np.clip(rows, -LARGEST, LARGEST)
    hold(model, rows, "rows made up around its splits", missing)


def opened(path: Path, settings: ModelSettings = AS_SAVED) -> ForeignModel:
    """A file of LightGBM, XGBoost or CatBoost, held against its library on made-up rows. Raises: RiskModelError."""
    model = open_model(path, settings)
    try:
        hold_made_up(model, _missing(settings))
    except RiskModelError as error:
        raise RiskModelError(f"{path}: {error}") from error
    return model


def hold_table(model: ForeignModel, table: pa.Table, where: str) -> None:
    """On rows of a table that has the model's features by name. Raises: RiskModelError where the library differs."""
    some = table.take(pa.array(spread(table.num_rows)))
    plain = encode.matrix(some, [replace(column, codes=()) for column in model.scorer.features])
    given = without_unknown(model, plain)
    ours = encode.matrix(some, model.scorer.features)
    _hold(model, _Rows(given, ours, lambda rows: library_rows(model, given[rows])), where)


def _missing(settings: ModelSettings) -> float:
    return NONE if settings.missing is None else settings.missing


def hold(model: ForeignModel, matrix: Matrix, where: str, missing: float = NONE) -> None:
    """On a matrix (n x features), categories as codes; `missing` is a number in it that stands for missing.

    Raises: RiskModelError where the library says otherwise.
    """
    given = without_unknown(model, matrix)
    rows = _Rows(given, _without(given, missing), lambda rows: library_rows(model, given[rows]))
    _hold(model, rows, where)


def hold_native(model: ForeignModel, matrix: Matrix, native: Callable[[Pick], Any], missing: float = NONE) -> None:
    """On rows as their user hands them to the library; `matrix` (n x features) is how we read them.

    Where the library does not take them so, they are handed over as a frame of its own kind.

    Raises: RiskModelError where the library says otherwise.
    """

    def handed(rows: Pick) -> Any:
        given = native(rows)
        try:
            model.answer(given)
        except Exception:
            return library_rows(model, without_unknown(model, matrix[rows]))
        return given

    ours = _without(matrix, missing)
    try:
        _hold(model, _Rows(matrix, ours, handed), "X")
    except RiskModelError as error:
        _hold(model, _Rows(matrix, ours, lambda rows: library_rows(model, without_unknown(model, matrix[rows]))), "X")
        raise RiskModelError(
            f"{error}; in a pandas frame with the model's own levels {model.scorer.kind} scores them as we do: "
            "give it that"
        ) from error


@dataclass(frozen=True, eq=False)
class _Rows:
    """The same rows: with the number for missing (n x features), as we score them, and as the library takes them."""

    given: Matrix
    ours: Matrix
    handed: Callable[[Pick], Any]


def _hold(model: ForeignModel, rows: _Rows, where: str) -> None:
    if not len(rows.given):
        return
    some = spread(len(rows.given))
    theirs = _answered(model, rows.handed(some), rows.given[some])
    apart = np.abs(our_pd(model, rows.ours[some], theirs) - theirs)
    if not (worst := float(np.nan_to_num(apart, nan=1.0).max())) <= TOLERANCE:
        row = some[int(np.nan_to_num(apart, nan=1.0).argmax())]
        column = explaining(model, rows.given[row], rows.ours[row])
        because = "" if column is None else f"; column {column!r} explains it"
        raise RiskModelError(
            f"a PD must be {model.scorer.kind}'s own to within {TOLERANCE:g}, however: on {where} it is off by "
            f"up to {worst:.3g} in {int((~(apart <= TOLERANCE)).sum())} of {len(some)} rows{because}"
        )


def _answered(model: ForeignModel, handed: Any, matrix: Matrix) -> Vector:
    """The library's PDs (n); of codes where it does not take its own levels in a frame of ours."""
    try:
        return model.answer(handed)
    except Exception as error:
        if isinstance(handed, np.ndarray):
            first = (str(error).splitlines() or [repr(error)])[0]
            raise RiskModelError(f"{model.scorer.kind} does not score rows of its own: {first[:200]}") from error
        return _answered(model, matrix, matrix)


def our_pd(model: ForeignModel, matrix: Matrix, theirs: Vector) -> Vector:
    """Our PDs (n), as the library rounds them where one is off."""
    return as_rounded(model.scorer.pd(matrix), model.scorer.ensemble, matrix, theirs)


def as_rounded(pd: Vector, ensemble: TreeEnsemble, matrix: Matrix, theirs: Vector) -> Vector:
    """The PDs of trees (n) for rows (n x features); where one is off, as XGBoost adds it up, in single precision."""
    off = ~(np.abs(pd - theirs) <= TOLERANCE)
    if ensemble.rules != "xgboost" or not off.any():
        return pd
    rounded = pd.copy()
    rounded[off] = single_precision.pds(ensemble, matrix[off])
    return rounded


def explaining(model: ForeignModel, given: Vector, ours: Vector) -> str | None:
    """The one column of a row that, missing, brings our PD and the library's together; None if no single one does."""
    used = list(model.scorer.ensemble.used_features)
    rows, read = (np.repeat(row[None], len(used), axis=0) for row in (given, ours))
    rows[np.arange(len(used)), used] = read[np.arange(len(used)), used] = np.nan
    rows = without_unknown(model, rows)
    theirs = _answered(model, library_rows(model, rows), rows)
    agree = np.abs(our_pd(model, read, theirs) - theirs) <= TOLERANCE
    return model.scorer.features[used[int(np.argmax(agree))]].name if agree.sum() == 1 else None


def _without(matrix: Matrix, missing: float) -> Matrix:
    with np.errstate(over="ignore"):
        return np.where(matrix.astype(np.float32) == np.float32(missing), np.nan, matrix)


def without_unknown(model: ForeignModel, matrix: Matrix) -> Matrix:
    """Codes beyond a column's levels as missing: no frame can hold them."""
    matrix = matrix.copy()
    for place, levels in model.levels.items():
        codes = matrix[:, place]
        codes[~np.isin(codes, np.arange(len(levels)))] = np.nan
    return matrix


def library_rows(model: ForeignModel, matrix: Matrix) -> Any:
    """A matrix (n x features) as the library's own kind of rows: a frame where it keeps levels, else the codes."""
    if not model.levels:
        return matrix
    return pd.DataFrame({column.name: _cells(model, matrix[:, i], i) for i, column in enumerate(model.scorer.features)})


def _cells(model: ForeignModel, values: Vector, place: int) -> Any:
    levels = model.levels.get(place)
    if levels is None:
        return values
    codes = np.where(np.isnan(values), -1, np.nan_to_num(values)).astype(np.int64)
    return pd.Categorical.from_codes(codes.tolist(), _index(levels))


def _index(levels: Sequence[Any]) -> pd.Index[Any]:
    return pd.Index(list(levels), dtype=object if all(isinstance(level, str) for level in levels) else None)
