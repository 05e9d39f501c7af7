"""Learn PDs that a model of any kind gave, with the evidence, by the workflow of `riskmodel prune --teacher-pd`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import ArrayLike

from riskmodel.api import frames
from riskmodel.api.evidence import PrunedModel
from riskmodel.api.progress import stages
from riskmodel.api.scratch import scratch
from riskmodel.core import Matrix, check_by_column, check_seed
from riskmodel.errors import DataError
from riskmodel.scorers.foreign import other_library
from riskmodel.workflows.prune import from_pd, write
from riskmodel.workflows.prune.size import Size

TARGET, TEACHER = "riskmodel: outcome", "riskmodel: PD"
SUFFIXES = {"lightgbm": ".txt", "xgboost": ".json"}


def prune_pd(
    pd: ArrayLike,
    X: Any,  # noqa: N803 - as scikit-learn spells it
    y: ArrayLike,
    *,
    margin: float | None = None,
    leaves: int | None = None,
    as_: str = "lightgbm",
    anyway: bool = False,
    monotone: Mapping[str, int] | None = None,
    seed: int = 0,
    progress: bool | None = None,
) -> PrunedModel:
    """The smallest booster that has learnt given PDs and that a sealed part of the rows confirms to be no worse.

    Parameters
    ----------
    pd
        PDs (n) in [0, 1], of a vendor's score, a forest, a black box.
    X
        Rows (n x features) of numbers: pandas, polars, Arrow, or an array.
    y
        Outcomes (n): 1 is a bad.
    margin
        Loss of AUC against the given PDs that counts as none; 0.005 unless `leaves` is given.
    leaves
        At most so many, in place of the margin.
    as_
        "lightgbm" or "xgboost".
    anyway
        Give the model back where nothing was confirmed, too.
    monotone
        1 or -1 by column: more of it never lowers, or never raises, the PD.
    seed
        Of the split into samples, and of the booster.
    progress
        None shows it on a terminal and in a notebook.

    Returns
    -------
    A Booster with its evidence, table, chart and page; there is no plan, since nothing was cut.

    Raises
    ------
    RiskModelError
        In one line that says what is wrong.

    Examples
    --------
    >>> small = riskmodel.prune_pd(forest.predict_proba(X)[:, 1], X, y)  # doctest: +SKIP
    >>> small.model.predict(X)  # doctest: +SKIP
    """
    if margin is not None and leaves is not None:
        raise DataError("margin and leaves each set the size: give one of them")
    other_library.check(as_)
    check_seed(seed)
    check_by_column("monotone", monotone)
    with scratch({"rows": "X", "small": "the smaller model"}, {TEACHER: "pd", TARGET: "y"}) as folder:
        source = from_pd.LearntColumn(
            _written(X, pd, y, folder),
            TARGET,
            TEACHER,
            seed=seed,
            monotone=tuple((monotone or {}).items()),
        )
        output = folder / f"small{SUFFIXES[as_]}"
        size = Size(leaves=leaves) if margin is None else Size(margin=margin)
        evidence = from_pd.learn(source, output, size, stages(progress), anyway)
        _, page, file = write.places(output)
        made = booster_of(file.read_bytes(), as_) if file.exists() else None
        return PrunedModel(made, evidence, None, page.read_text("utf-8"))


def _written(X: Any, given: ArrayLike, y: ArrayLike, folder: Path) -> Path:  # noqa: N803
    """Rows, outcomes and PDs as a Parquet file. Raises: DataError where they are not of one length."""
    if not hasattr(X, "columns") and not hasattr(X, "__arrow_c_stream__"):
        matrix = _numbers("X", X)
        if matrix.ndim != 2:
            raise DataError(f"X must be rows x columns, however: of {matrix.ndim} dimensions")
        X = pd.DataFrame(matrix, columns=[f"Column_{i}" for i in range(matrix.shape[1])])  # noqa: N806
    rows = frames.arrow(X)
    columns = {TARGET: np.asarray(y).ravel(), TEACHER: _numbers("pd", given).ravel()}
    for name, values in columns.items():
        if len(values) != rows.num_rows:
            raise DataError(f"pd, X and y must be of one length, however: {rows.num_rows} and {len(values)}")
        rows = rows.append_column(name, pa.array(values, from_pandas=True))
    place = folder / "rows.parquet"
    pq.write_table(rows, place)
    return place


def _numbers(name: str, values: Any) -> Matrix:
    try:
        return np.asarray(values, np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name} must be numbers, however: {' '.join(str(error).split())[:100]}") from error


def booster_of(content: bytes, library: str) -> Any:
    """A Booster of lightgbm or xgboost from its own file."""
    if library == "lightgbm":
        import lightgbm  # noqa: PLC0415 - heavy

        return lightgbm.Booster(model_str=content.decode())
    import xgboost  # noqa: PLC0415 - heavy

    return xgboost.Booster(model_file=bytearray(content))
