"""Orders of rows of which every beginning is a fair part: at random within strata, by rank in a class, by a chance."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Outcome, Vector


def shuffled(strata: NDArray[Any], seed: int) -> Vector:
    """An importance in (0, 1] of each row (n): any share of the largest has the same share of each stratum."""
    codes = np.unique(strata, return_inverse=True)[1]
    return within(codes, np.random.default_rng(seed).random(len(codes)), seed)


def within(codes: NDArray[np.intp], score: Vector, seed: int) -> Vector:
    """The same by a score: in each stratum the rows with the largest scores come first."""
    order = np.lexsort((-score, codes))
    sizes = np.bincount(codes)
    starts = np.cumsum(sizes) - sizes
    place = np.empty(len(codes))
    place[order] = np.arange(len(codes)) - np.repeat(starts, sizes)
    offset = np.random.default_rng(seed).random(len(sizes))  # so that small strata do not all lose their row at once
    importance: Vector = 1 - (place + offset[codes]) / sizes[codes]
    return importance


def by_chance(size: Vector, seed: int) -> Vector:
    """An importance of each row (n) whose largest k are drawn with a chance in proportion to `size`.

    Sequential Poisson sampling (Ohlsson 1998, Journal of Official Statistics 14, 149-162): size over a number at random
    that stays with the row, so that smaller draws are parts of larger ones.
    """
    importance: Vector = size / np.random.default_rng(seed).uniform(1e-12, 1, len(size))
    return importance


def inclusion(size: Vector, count: int) -> Vector:
    """The chance of each row (n) to be among `count`: in proportion to its size, and 1 where that would be more."""
    sure = np.zeros(len(size), np.bool_)
    while not sure.all():
        chance = np.where(sure, 1.0, size * (count - sure.sum()) / size[~sure].sum())
        if (chance <= 1).all():
            return np.asarray(chance, np.float64)
        sure |= chance > 1
    return np.ones(len(size))


def by_class(default: Outcome, score: Vector, seed: int) -> Vector:
    """Within bads and within goods those with the largest scores come first."""
    return within(default.astype(np.intp), score, seed)
