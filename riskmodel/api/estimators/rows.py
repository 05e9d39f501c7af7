"""Rows and outcomes as scikit-learn hands them over, checked by its own rules, and parted by outcome."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import (
    _check_sample_weight,
    check_consistent_length,
    column_or_1d,
    validate_data,
)

from riskmodel.core import Outcome, Vector
from riskmodel.errors import RiskModelError

Places = NDArray[np.intp]


@contextmanager
def as_value_errors() -> Iterator[None]:
    """What riskmodel refuses, as the ValueError that scikit-learn's tools catch."""
    try:
        yield
    except RiskModelError as error:
        raise ValueError(str(error)) from error


def is_frame(X: Any) -> bool:  # noqa: N803 - as scikit-learn spells it
    """Whether columns have types of their own."""
    return hasattr(X, "columns")


def checked(estimator: Any, X: Any, *, reset: bool, sparse: bool = False, missing: bool = True) -> Any:  # noqa: N803
    """The rows: a frame as it is, once its names fit, anything else as a matrix of numbers (n x features).

    Raises: ValueError for rows of another shape or other names than in `fit`.
    """
    if is_frame(X):
        validate_data(estimator, X, reset=reset, skip_check_array=True)
        if not len(X):
            raise ValueError("X must have rows, however: 0 sample(s)")
        return X
    finite = "allow-nan" if missing else True
    return validate_data(
        estimator, X, reset=reset, accept_sparse="csr" if sparse else False, ensure_all_finite=finite, dtype="numeric"
    )


def outcome(y: ArrayLike | None, rows: Any) -> tuple[NDArray[Any], Outcome]:
    """The two classes in sorted order, and 1 for each row of the later one. Raises: ValueError for other targets."""
    if y is None:
        raise ValueError("requires y to be passed, but the target y is None")
    values = column_or_1d(y, warn=True)
    check_consistent_length(rows, values)
    check_classification_targets(values)
    if (kind := type_of_target(values, input_name="y")) != "binary":
        raise ValueError(f"Only binary classification is supported. The type of the target is {kind}.")
    classes = np.unique(values)
    if len(classes) != 2:
        raise ValueError(f"y must have two classes, however: {len(classes)} class")
    return classes, (values == classes[1]).astype(np.int8)


def weights(sample_weight: ArrayLike | None, rows: Any) -> Vector | None:
    """Checked weights (n), where there are any. Raises: ValueError."""
    if sample_weight is None:
        return None
    checked: Vector = _check_sample_weight(sample_weight, rows, dtype=np.float64, ensure_non_negative=True)
    return checked


def require_both(default: Outcome, weight: Vector | None) -> None:
    """Raises: ValueError where rows with a weight have one class alone."""
    if weight is not None and len(np.unique(default[weight > 0])) != 2:
        raise ValueError("y must have two classes with a weight, however: rows of one class alone have one")


def parted(default: Outcome, share: float, seed: int) -> tuple[Places, Places]:
    """Places of the rows that fit and of the share that decides, with the same part of the bads in both.

    Raises: ValueError for a share outside (0, 1), or a class without a row for each part.
    """
    if not 0 < share < 1:
        raise ValueError(f"holdout must be in (0, 1), however: {share:g}")
    fits, decides = train_test_split(np.arange(len(default)), test_size=share, random_state=seed, stratify=default)
    return np.sort(fits), np.sort(decides)


def seed_of(random_state: Any) -> int:
    """One number for all that is drawn."""
    if isinstance(random_state, (int, np.integer)):
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31 - 1))
