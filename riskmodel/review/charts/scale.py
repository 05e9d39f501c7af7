"""From figures to pixels: in a straight line or by ratios, with round ticks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10


@dataclass(frozen=True)
class Linear:
    """Equal differences are equally far apart."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self, room: float = 90) -> list[float]:
        """Round figures within the scale, about so many pixels apart."""
        raw = (self.high - self.low) * room / abs(self.end - self.start)
        power = 10.0 ** floor(log10(raw))
        step = next(power * m for m in (1, 2, 5, 10) if power * m >= raw * 0.999)
        first, last = round(self.low / step + 0.499), round(self.high / step - 0.499)
        return [round(i * step, 12) for i in range(first, last + 1)]


@dataclass(frozen=True)
class Log:
    """Equal ratios are equally far apart; figures are above 0."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = log10(value / self.low) / log10(self.high / self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self, room: float = 90) -> list[float]:
        """Round multiples of the powers of ten: the finest set whose ticks are so many pixels apart."""
        for steps in ((1, 1.5, 2, 3, 4, 5, 7), (1, 2, 5), (1, 3), (1,)):
            powers = range(floor(log10(self.low)), ceil(log10(self.high)) + 1)
            ticks = [10.0**power * step for power in powers for step in steps]
            inside = [tick for tick in ticks if self.low <= tick <= self.high]
            if all(abs(self(b) - self(a)) >= room for a, b in pairwise(inside)):
                return inside
        return inside


def spanned(values: Iterable[float | None], start: float, end: float) -> Linear:
    """A scale that holds all values, with a little room."""
    known = [value for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    room = 0.06 * (high - low) or max(abs(high), 1e-6) * 0.1
    return Linear(low - room, high + room, start, end)


def spanned_log(values: Iterable[float], start: float, end: float) -> Log:
    """The same by ratios."""
    known = [value for value in values if value > 0] or [1.0, 10.0]
    room = max((max(known) / min(known)) ** 0.08, 1.2)
    return Log(min(known) / room, max(known) * room, start, end)
