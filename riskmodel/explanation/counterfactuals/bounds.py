"""Which values of each column an applicant may come to: within the range of train, and as the modeller says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Column, Kind, Role, Vector

Directions = Mapping[str, str]  # up, down or any, by column; empty: every column either way


@dataclass(frozen=True, eq=False)
class Bounds:
    """Of each feature: the numbers it may have, whether they may fall and rise, and whether any value will do.

    A protected column stays as it is, and so does one that `directions` leave out where they name any. A column with a
    direction (`monotone`) is changed that way alone which does not raise the PD.
    """

    low: Vector
    high: Vector
    falls: NDArray[np.bool_]
    rises: NDArray[np.bool_]
    free: NDArray[np.bool_]  # also special codes and other levels, which lie in no direction

    @classmethod
    def of(cls, features: Sequence[Column], directions: Directions) -> Bounds:
        """The bounds of these features."""
        low = [-np.inf if column.low is None else column.low for column in features]
        high = [np.inf if column.high is None else column.high for column in features]
        allowed = [_direction(column, directions) for column in features]
        falls = [way in ("down", "any") and column.monotone >= 0 for way, column in zip(allowed, features, strict=True)]
        rises = [way in ("up", "any") and column.monotone <= 0 for way, column in zip(allowed, features, strict=True)]
        free = [way == "any" for way in allowed]
        return cls(np.array(low), np.array(high), *(np.array(flags, np.bool_) for flags in (falls, rises, free)))

    @property
    def arrays(self) -> tuple[Vector, Vector, NDArray[np.bool_], NDArray[np.bool_]]:
        """What holds for numbers."""
        return self.low, self.high, self.falls, self.rises

    def allowed(self, place: int, now: float, values: Vector) -> NDArray[np.bool_]:
        """Which numbers a feature may have that is `now`."""
        inside = (values >= self.low[place]) & (values <= self.high[place])
        onward: NDArray[np.bool_] = np.where(values < now, self.falls[place], self.rises[place])
        return inside & onward

    def within(self, place: int, values: Vector) -> Vector:
        """Numbers of a feature, each at the range's end where it lies outside."""
        return np.clip(values, self.low[place], self.high[place])

    def changes(self, place: int) -> bool:
        """Whether a feature may change at all."""
        return bool(self.falls[place] or self.rises[place] or self.free[place])


def _direction(column: Column, directions: Directions) -> str:
    if column.source or column.role is Role.PROTECTED:
        return "none"
    way = directions.get(column.name, "none") if directions else "any"
    return "any" if way != "none" and column.kind is Kind.CATEGORICAL else way
