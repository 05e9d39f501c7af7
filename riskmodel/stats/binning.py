"""Bins of a PD or a feature: edges are found once, on the reference, and never move."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector


def edge_words(edge: float) -> str:
    """An edge for a person: four significant digits, from a thousand on whole and separated."""
    return f"{edge:,.0f}" if 1_000 <= abs(edge) < 1e15 else f"{edge:.4g}"


def edges(reference: Vector, parts: int) -> Vector:
    """The inner edges of `parts` bins of equal counts; equal values stay together, so there may be fewer."""
    known = reference[~np.isnan(reference)]
    if not len(known):
        return np.empty(0)
    result = np.unique(np.quantile(known, np.arange(1, parts) / parts, method="inverted_cdf"))
    return result[result < known.max()]


def binned(values: Vector, inner: Vector) -> NDArray[np.intp]:
    """The bin of each value: an edge belongs to the bin below it, and missing values have the last bin of all."""
    bins = np.searchsorted(inner, values, side="left")
    return np.where(np.isnan(values), len(inner) + 1, bins)


def counted(bins: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """How many rows each of `count` bins holds."""
    return np.bincount(bins, minlength=count)
