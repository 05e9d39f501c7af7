"""The PDs that a user of LightGBM or XGBoost gets from his model: what our own reading is held against."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from riskmodel.core import Vector

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Answer = Callable[[Any], Vector]


def lightgbm_text(content: bytes) -> Answer:
    """Of a text in format v4; loaded when it is first asked, and once."""
    import lightgbm

    loaded: list[Any] = []

    def answer(rows: Any) -> Vector:
        if not loaded:
            loaded.append(lightgbm.Booster(model_str=content.decode()))
        return lightgbm_booster(loaded[0])(rows)

    return answer


def lightgbm_booster(booster: Any) -> Answer:
    """Of a Booster in memory, up to its own best iteration."""

    def answer(rows: Any) -> Vector:
        with quiet():
            return np.asarray(booster.predict(rows), np.float64)

    return answer


def xgboost_document(contents: Sequence[bytes], used: int | None, missing: float | None) -> Answer:
    """Of a file: `used` trees, None for all; loaded when it is first asked, and once.

    `contents` is the file, then what our writer makes of it, for where this XGBoost no longer loads the file: some of
    1.0 are so.
    """
    loaded: list[Any] = []

    def answer(rows: Any) -> Vector:
        if not loaded:
            loaded.append(_first_that_loads(contents))
        return xgboost_booster(loaded[0], used, missing)(rows)

    return answer


def _first_that_loads(contents: Sequence[bytes]) -> Any:
    import xgboost

    for content in contents[:-1]:
        try:
            with quiet():
                return xgboost.Booster(model_file=bytearray(content))
        except xgboost.core.XGBoostError:
            continue
    return xgboost.Booster(model_file=bytearray(contents[-1]))


def xgboost_booster(booster: Any, used: int | None = None, missing: float | None = None) -> Answer:
    """Of a Booster in memory: all trees unless `used` says how many."""
    import xgboost

    def answer(rows: Any) -> Vector:
        types = booster.feature_types if isinstance(rows, np.ndarray) else None
        with quiet():
            data = xgboost.DMatrix(
                rows, missing=np.nan if missing is None else missing, feature_types=types, enable_categorical=True
            )
            pd = booster.predict(data, iteration_range=(0, used or 0), validate_features=False)
        return np.asarray(pd, np.float64)

    return answer


def wrapper(model: Any) -> Answer:
    """Of a scikit-learn wrapper: predict_proba of a classifier, predict of what has none."""

    def answer(rows: Any) -> Vector:
        with quiet():
            if hasattr(model, "predict_proba"):
                return np.asarray(model.predict_proba(rows), np.float64)[:, 1]
            return np.asarray(model.predict(rows), np.float64)

    return answer


@contextmanager
def quiet() -> Iterator[None]:
    """Without the libraries' warnings, which speak of other uses."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
