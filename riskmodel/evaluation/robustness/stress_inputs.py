"""Features made worse on purpose: noise, values lost at random or not, and a shift; the caller scores what comes out.

Each takes a matrix (n x features) and gives a new one; categories (`kind`) are never disturbed but may get lost.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from riskmodel.core import Column, Kind, Matrix


def noise(matrix: Matrix, features: Sequence[Column], sigma: float, seed: int) -> Matrix:
    """Normal noise of `sigma` standard deviations of each numeric feature."""
    drawn = np.random.default_rng(seed).standard_normal(matrix.shape)
    return matrix + sigma * _spread(matrix, features) * drawn


def shifted(matrix: Matrix, features: Sequence[Column], by: float) -> Matrix:
    """Every numeric feature moved by so many of its standard deviations, towards more risk where monotone says which.

    A feature of no declared direction moves up.
    """
    direction = np.array([column.monotone or 1 for column in features], np.float64)
    return matrix + by * direction * _spread(matrix, features)


def _spread(matrix: Matrix, features: Sequence[Column]) -> Matrix:
    """Standard deviations (features); 0 for a category, and for a feature that is always missing."""
    known = ~np.isnan(matrix)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, matrix, 0).sum(axis=0) / count
    variance = (np.where(known, matrix - mean, 0) ** 2).sum(axis=0) / count
    numeric = np.array([column.kind is Kind.NUMERIC for column in features])
    return np.where(numeric, np.sqrt(variance), 0.0)


def lost_at_random(matrix: Matrix, share: float, seed: int) -> Matrix:
    """That share of all values missing, each with the same chance."""
    return np.where(np.random.default_rng(seed).random(matrix.shape) < share, np.nan, matrix)


def lost_extremes(matrix: Matrix, features: Sequence[Column], share: float) -> Matrix:
    """That share of each numeric feature missing where its values are riskiest: not at random.

    Where no direction is declared, the highest values are lost.
    """
    lost = matrix.copy()
    for i, column in enumerate(features):
        known = matrix[~np.isnan(matrix[:, i]), i]
        if column.kind is Kind.NUMERIC and len(known):
            at = np.quantile(known, share if column.monotone < 0 else 1 - share)
            worst = matrix[:, i] < at if column.monotone < 0 else matrix[:, i] > at
            lost[worst, i] = np.nan
    return lost
