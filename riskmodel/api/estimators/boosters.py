"""A boosted classifier as a parameter: what it takes, and how it is fitted."""

from __future__ import annotations

from typing import Any

from sklearn.base import clone
from sklearn.utils import get_tags

from riskmodel.core import Outcome, Vector


def takes(estimator: Any) -> tuple[bool, bool]:
    """Whether it takes sparse matrices, and missing values."""
    tags = get_tags(estimator).input_tags
    return bool(tags.sparse), bool(tags.allow_nan)


def fitted(estimator: Any, X: Any, default: Outcome, weight: Vector | None, seed: int | None = None) -> Any:  # noqa: N803
    """A copy, fitted to outcomes 0 and 1; where it draws and has no seed of its own, by the given one."""
    copy = clone(estimator)
    if seed is not None and copy.get_params().get("random_state", seed) is None:
        copy.set_params(random_state=seed)
    return copy.fit(X, default) if weight is None else copy.fit(X, default, sample_weight=weight)
