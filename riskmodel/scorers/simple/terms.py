"""What a simple scorecard is made of: a feature, or the average or difference of two, in the features' own units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Self

import numpy as np

from riskmodel.core import Column, Kind, Matrix, Vector

SINGLE, AVERAGE, DIFFERENCE = (1.0, 0.0), (0.5, 0.5), (1.0, -1.0)


@dataclass(frozen=True)
class ScorecardTerm:
    """One column of a matrix, or two and their weights; missing where one of them is."""

    features: tuple[int, ...]
    weights: tuple[float, float] = SINGLE

    def __call__(self, matrix: Matrix) -> Vector:
        """The term's value in each row."""
        first, second = matrix[:, self.features[0]], matrix[:, self.features[-1]]
        return np.asarray(first * self.weights[0] + second * self.weights[1], np.float64)

    def column(self, features: Sequence[Column]) -> Column:
        """The term as a column of its own."""
        first, second = (features[place] for place in (self.features[0], self.features[-1]))
        if self.weights == SINGLE:
            return first
        name = f"({first.name} + {second.name}) / 2" if self.weights == AVERAGE else f"{first.name} - {second.name}"
        return Column(name, monotone=_direction(first, second, self.weights) or 0)

    @classmethod
    def from_data(cls, data: Any, columns: int) -> Self:
        """A term from plain JSON data. Raises: ValueError, TypeError, KeyError for anything else."""
        term = cls(tuple(data["features"]), tuple(data["weights"]))
        fits = all(isinstance(place, int) and 0 <= place < columns for place in term.features)
        if not fits or (len(term.features), term.weights) not in {(1, SINGLE), (2, AVERAGE), (2, DIFFERENCE)}:
            raise ValueError(f"a term is a feature, an average or a difference, however: {data}")
        return term


def _direction(first: Column, second: Column, weights: tuple[float, float]) -> int | None:
    """The direction that both features agree to; None where they would fight."""
    ways = {first.monotone, second.monotone if weights[1] > 0 else -second.monotone} - {0}
    return None if len(ways) > 1 else next(iter(ways), 0)


def singles(features: Sequence[Column]) -> list[ScorecardTerm]:
    """Every feature by itself."""
    return [ScorecardTerm((place,)) for place in range(len(features))]


def pairs(features: Sequence[Column], among: Sequence[int]) -> Iterator[ScorecardTerm]:
    """Averages and differences of these columns, where both are numbers and no direction is broken."""
    numbers = [place for place in sorted(among) if features[place].kind is Kind.NUMERIC]
    for places in combinations(numbers, 2):
        for weights in (AVERAGE, DIFFERENCE):
            if _direction(features[places[0]], features[places[1]], weights) is not None:
                yield ScorecardTerm(places, weights)
