"""Holds what we read of a foreign model against its library's own answer, before anything is built on it.

On made-up rows at the model's own thresholds, and on the rows at hand. Apart by more than a millionth of a PD anywhere,
the model is refused, with the column that explains it where one does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from riskmodel.core import Matrix, Vector
from riskmodel.errors import RiskModelError
from riskmodel.scorers._base.boosting import BoosterScorer
from riskmodel.scorers._foreign.model import ForeignModel

ROWS = 1000  # of the rows at hand, and as many made-up ones
TOLERANCE = 1e-6  # of a PD
Pick = NDArray[np.intp]


def spread(rows: int) -> Pick:
    """At most ROWS places, evenly over so many rows."""
    return np.unique(np.linspace(0, rows - 1, min(rows, ROWS)).astype(np.intp))


def hold_made_up(model: ForeignModel) -> None:
    """On rows made up around the model's thresholds, categories and missing values.

    Raises: RiskModelError where the library says otherwise.
    """
    hold(model, model.scorer.probes(ROWS), "rows made up around its splits")


def hold(model: ForeignModel, matrix: Matrix, where: str, missing: float = float("nan")) -> None:
    """On a matrix (n x features), categories as codes; `missing` is a number in it that stands for missing.

    Raises: RiskModelError where the library says otherwise.
    """
    matrix = without_unknown(model, matrix)
    _hold(model, matrix, lambda rows: library_rows(model, matrix[rows]), where, missing)


def hold_native(
    model: ForeignModel, matrix: Matrix, native: Callable[[Pick], Any], missing: float = float("nan")
) -> None:
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

    _hold(model, matrix, handed, "X", missing)


def _hold(model: ForeignModel, matrix: Matrix, handed: Callable[[Pick], Any], where: str, missing: float) -> None:
    rows = spread(len(matrix))
    theirs = _answered(model, handed(rows), matrix[rows])
    ours = our_pd(model.scorer, _without(matrix[rows], missing), theirs)
    apart = np.abs(ours - theirs)
    if not (worst := float(np.nan_to_num(apart, nan=1.0).max())) <= TOLERANCE:
        row = int(np.nanargmax(apart))
        column = explaining(model, matrix[rows][row], missing)
        because = "" if column is None else f"; column {column!r} explains it"
        raise RiskModelError(
            f"a PD must be {model.scorer.kind}'s own to within {TOLERANCE:g}, however: on {where} it is off by "
            f"up to {worst:.3g} in {int((apart > TOLERANCE).sum())} of {len(rows)} rows{because}"
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


def our_pd(scorer: BoosterScorer, matrix: Matrix, theirs: Vector) -> Vector:
    """Our PDs (n); where one is off, of an XGBoost model as it adds up, in single precision, tree after tree."""
    ours = scorer.pd(matrix)
    off = ~(np.abs(ours - theirs) <= TOLERANCE)
    if scorer.ensemble.rules == "xgboost" and off.any():
        ours = ours.copy()
        total = np.full(int(off.sum()), scorer.ensemble.intercept, np.float32)
        for values in scorer.ensemble.tree_margins(matrix[off]).T:
            total += values.astype(np.float32)
        ours[off] = expit(total.astype(np.float64))
    return ours


def explaining(model: ForeignModel, row: Vector, missing: float) -> str | None:
    """The one column that, missing, brings our PD and the library's together; None if no single one does."""
    names = [column.name for column in model.scorer.features]
    used = list(model.scorer.ensemble.used_features)
    rows = np.repeat(without_unknown(model, row[None]), len(used), axis=0)
    rows[np.arange(len(used)), used] = np.nan
    theirs = _answered(model, library_rows(model, rows), rows)
    agree = np.abs(scored(model.scorer, rows, missing) - theirs) <= TOLERANCE
    return names[used[int(np.argmax(agree))]] if agree.sum() == 1 else None


def scored(scorer: BoosterScorer, matrix: Matrix, missing: float) -> Vector:
    """Our PDs (n) of rows in which a number stands for missing."""
    return scorer.pd(_without(matrix, missing))


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
