"""When each row is of: a month, or a quarter where there are more than a year's months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

MOST_PERIODS = 12  # months; with more, quarters


@dataclass(frozen=True, eq=False)
class Dated:
    """The first month of each row's period (n, since 1970), and how many months each period has."""

    month: NDArray[np.intp]
    months: int = 1

    @classmethod
    def of(cls, dates: NDArray[np.datetime64]) -> Self:
        """Of the date of each row (n)."""
        month = dates.astype("datetime64[M]").astype(np.intp)
        months = 1 if len(np.unique(month)) <= MOST_PERIODS else 3
        return cls(month // months * months, months)

    @property
    def names(self) -> NDArray[np.str_]:
        """2024-03 for a month, 2024-Q1 for a quarter (n)."""
        return np.array([self.name(month) for month in self.month.tolist()], dtype=np.str_)

    def name(self, month: int) -> str:
        """Of the period that begins with a month."""
        year, of_year = 1970 + month // 12, month % 12
        return f"{year}-{of_year + 1:02}" if self.months == 1 else f"{year}-Q{of_year // 3 + 1}"

    @property
    def first(self) -> int:
        """The month with which the earliest period begins."""
        return int(self.month.min())

    @property
    def last(self) -> int:
        """The month with which the latest period begins."""
        return int(self.month.max())

    @property
    def gaps(self) -> list[str]:
        """The periods between the first and the last that no row is of."""
        rows = set(self.month.tolist())
        return [self.name(m) for m in range(self.first, self.last, self.months) if m not in rows]

    def taken(self, rows: NDArray[np.intp]) -> Dated:
        """Of some of the rows."""
        return Dated(self.month[rows], self.months)
