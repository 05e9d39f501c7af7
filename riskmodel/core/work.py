"""The unit of work: operations a row, of every kind of scorer, in tree nodes that a row visits.

What an operation costs was measured once (`python -m tests.benchmarks work`, Intel Xeon, one thread) and is held here:
a cost that decides must be the same on every machine. A new measurement is a new version.
"""

from __future__ import annotations

from dataclasses import dataclass

VERSION = 1


@dataclass(frozen=True)
class Prices:
    """Of one operation, in tree nodes."""

    multiply_add: float  # of a dense network
    scorecard_step: float  # one comparison of the search among a feature's bins, or the addition of its points


PRICES = Prices(multiply_add=0.6, scorecard_step=30.0)
