"""Rows that count more than once: a weight is how often a row stands, so that every method can be told of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Development, Sample, Vector
from riskmodel.errors import DataError


def checked(weight: Vector, name: str) -> Vector:
    """Raises: DataError for a weight that is missing, infinite or negative, or if all are 0."""
    if len(wrong := weight[~(np.isfinite(weight) & (weight >= 0))]):
        raise DataError(f"{name} must be finite and not negative, however: {wrong[0]:g}")
    if not weight.any():
        raise DataError(f"{name} must be above 0 in some rows, however: all are 0")
    return weight


def weighted(development: Development, weight: Vector) -> Development:
    """What fits and tunes, each row as often as its weight says; `weight` is one a row of the source table.

    Raises: DataError where train or tune has no bads or no goods left.
    """
    return Development(
        _repeated(development.train, weight), _repeated(development.tune, weight), development.unlabelled
    )


def _repeated(sample: Sample, weight: Vector) -> Sample:
    rows = np.repeat(np.arange(len(sample)), repeats(weight[sample.rows]))
    repeated = sample.take(rows)
    if not 0 < repeated.default.sum() < len(repeated):
        raise DataError(f"{sample.name} must have bads and goods with a weight above 0")
    return repeated


def repeats(weight: Vector) -> NDArray[np.int64]:
    """How often a row stands for its weight: exactly where the weights are whole multiples of the least one.

    Else, or where that would be more than four times the rows, to within one of its share of four times the rows.
    """
    positive = weight[weight > 0]
    multiples = weight / positive.min() if len(positive) else weight
    if not np.allclose(multiples, np.rint(multiples), atol=1e-9) or multiples.sum() > 4 * len(weight):
        multiples = weight / max(weight.sum(), np.finfo(np.float64).tiny) * 4 * len(weight)
    return np.diff(np.rint(np.cumsum(multiples)), prepend=0).astype(np.int64)
