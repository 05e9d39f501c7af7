"""What a score is told with: points on a scale, and what the development sample was like, to compare a book with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log

from riskmodel.core.sample import Number


@dataclass(frozen=True)
class Scale:
    """`base_points` stand for `base_odds` goods to a bad; `pdo` more points double the odds (Siddiqi 2017, ch. 10)."""

    pdo: float = 20.0
    base_points: float = 600.0
    base_odds: float = 50.0

    def start(self, margin: float) -> float:
        """The points that an application starts with, from the log-odds of default that it starts with."""
        return self.base_points + self.change(margin + log(self.base_odds))

    def change(self, margin: float) -> float:
        """The points that log-odds of default add."""
        return -self.pdo / log(2) * margin

    def points(self, margin: Number) -> Number:
        """The points of one application, or of each, from its log-odds of default."""
        return self.start(0.0) - self.pdo / log(2) * margin


@dataclass(frozen=True)
class Reference:
    """What development was like: what is usual of each feature, how often it is missing, how the PDs lie.

    `typical` is the median of a number and the code of the most frequent level, None where missing is; `edges` part the
    PDs into bins with `shares` of so many `rows`; `quantiles` are the distinct deciles of
    each feature, each with the share of values up to it.
    """

    typical: Mapping[str, float | None] = field(default_factory=dict)
    missing: Mapping[str, float] = field(default_factory=dict)
    edges: tuple[float, ...] = ()
    shares: tuple[float, ...] = ()
    rows: int = 0
    quantiles: Mapping[str, tuple[tuple[float, float], ...]] = field(default_factory=dict)
