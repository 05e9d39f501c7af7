"""PDs of train's rows by models that were not fitted on them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Development, Sample, Scorer, Vector
from riskmodel.stats.folds import folds

Measure = Callable[[Scorer, Sample], Vector]
_HELD = 4  # measurements that are kept, so that pruners of one run share them


def measured(scorer: Scorer, development: Development, count: int, seed: int, measure: Measure) -> Vector:
    """What `measure` gives for each row of train (n), by a model that was not fitted on it; read-only.

    Raises: RiskModelError where a class has fewer rows than there are folds; UnsupportedScorer without a recipe.
    """
    key = (scorer.sha256, _digest(development), count, seed, measure)
    if key not in _measurements:
        values = np.empty(len(development.train))
        for held, fitted in _folds(scorer, development, count, seed):
            values[held] = measure(fitted, development.train.take(held))
        values.flags.writeable = False
        while len(_measurements) >= _HELD:
            del _measurements[next(iter(_measurements))]
        _measurements[key] = values
    return _measurements[key]


_measurements: dict[tuple[str, str, int, int, Measure], Vector] = {}


def error(scorer: Scorer, part: Sample) -> Vector:
    """|p - y| of each row (n)."""
    wrong: Vector = np.abs(scorer.score(part) - part.default)
    return wrong


def _folds(
    scorer: Scorer, development: Development, count: int, seed: int
) -> Iterator[tuple[NDArray[np.intp], Scorer]]:
    """The rows of each fold, borrowers whole, and the recipe fitted on all others, stopped on tune."""
    train = development.train
    parts = folds(train.default, count, seed, borrower=train.borrower)
    for fits, held in zip(parts.fits, parts.held, strict=True):
        taught = None if development.taught is None else development.taught.take(fits)
        part = replace(development, train=train.take(fits), taught=taught)
        yield held, scorer.refit(part, scorer.features)


def _digest(development: Development) -> str:
    """Of all that a fit learns from."""
    digest = hashlib.blake2b()
    for sample in (development.train, development.tune):
        for values in (sample.matrix, sample.default, sample.weight, sample.borrower):
            digest.update(b"none" if values is None else np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()
