"""What can be judged at all: PDs that are probabilities, and enough bads and goods; anything else is refused."""

from __future__ import annotations

from math import inf, isfinite
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskmodel.core import Outcome, Sample, Vector
from riskmodel.errors import DataError
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats.sample_size import FOR_VARIANCE


def require_events(sample: Sample) -> None:
    """Raises: DataError unless the sample has two bads and two goods."""
    bads = int(sample.default.sum())
    goods = len(sample) - bads
    if min(bads, goods) < FOR_VARIANCE:
        raise DataError(
            f"sample {sample.name} must have at least {FOR_VARIANCE} bads and {FOR_VARIANCE} goods to judge a scorer, "
            f"however: {bads} and {goods}"
        )


def require_pd(variant: str, sample: Sample, pd: Vector) -> None:
    """Raises: DataError unless `pd` has one probability for each row of the sample."""
    if pd.shape != (len(sample),):
        raise DataError(f"{variant}: sample {sample.name} must have {len(sample)} PDs, however: shape {pd.shape}")
    wrong = ~((pd >= 0) & (pd <= 1))  # also true for NaN
    if wrong.any():
        row = int(np.argmax(wrong))
        raise DataError(f"{variant}: a PD must be in [0, 1], however: {pd[row]:g} in row {row} of sample {sample.name}")


def require_scored(
    default: ArrayLike, score: ArrayLike, name: str = "score", most: float = inf
) -> tuple[Outcome, Vector]:
    """Outcomes and scores (n) as arrays, whatever sequence they came as.

    Raises: DataError for no rows, lengths that differ, an outcome that is not 0 or 1, a score that is missing or, where
    it has a `most`, not in [0, most].
    """
    outcome, values = np.asarray(default), np.asarray(score, np.float64)
    if outcome.ndim != 1 or not len(outcome):
        raise DataError(f"default must be one row of outcomes or more, however: shape {outcome.shape}")
    require_rows(default=outcome, **{name: values})
    if isfinite(most) and not ((values >= 0) & (values <= most)).all():
        raise DataError(f"{name} must be in [0, {most:g}], however: {values[~((values >= 0) & (values <= most))][0]:g}")
    return outcome.astype(np.int8, copy=False), values


def require_rows(**columns: NDArray[Any]) -> int:
    """How many rows all columns share; `default` must be 0 or 1, and no number missing.

    Raises: DataError, naming the column that is wrong.
    """
    first, *_ = columns
    rows = len(columns[first])
    for name, values in columns.items():
        if values.shape != (rows,):
            raise DataError(f"{name} must have {rows} rows as {first} has, however: shape {values.shape}")
        if values.dtype.kind == "f" and np.isnan(values).any():
            raise DataError(f"{name} must have no missing value, however: row {int(np.isnan(values).argmax())}")
    default = columns.get("default")
    if default is not None and not np.isin(default, (0, 1)).all():
        raise DataError(f"default must be 0 or 1, however: {default[~np.isin(default, (0, 1))][0]}")
    return rows


def too_few(default: Outcome, limits: Thresholds) -> str:
    """Why these outcomes are too few to judge, or nothing."""
    least, bads = int(limits.setting("least_bads")), int(default.sum())
    goods = len(default) - bads
    if min(bads, goods) >= least:
        return ""
    return f"{bads} bads and {goods} goods; at least {least} of each are needed."


def too_small(rows: int, limits: Thresholds) -> str:
    """Why these rows are too few to judge, or nothing."""
    least = int(limits.setting("least_rows"))
    return "" if rows >= least else f"{rows} rows; at least {least} are needed."
