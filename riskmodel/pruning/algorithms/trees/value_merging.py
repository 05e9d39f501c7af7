"""Runs of neighbouring numbers that become one: what each merger costs, and the cheapest mergers first."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from heapq import heapify, heappop, heappush

import numpy as np

from riskmodel.core import Matrix, Vector


class Runs(ABC):
    """Numbers of one group in rising order, of which neighbours may share one."""

    def __init__(self, size: int) -> None:
        self.size = size

    @abstractmethod
    def cost(self, start: int, stop: int) -> float:
        """The mean square by which margins move if the numbers start : stop become one."""

    @abstractmethod
    def number(self, start: int, stop: int) -> float:
        """The one that moves them least."""


class LeafRuns(Runs):
    """Leaf values, and the share of the rows that get each."""

    def __init__(self, value: Vector, share: Vector) -> None:
        super().__init__(len(value))
        self._sums = np.cumsum(np.vstack([np.zeros(3), np.column_stack([share, share * value, share * value**2])]), 0)

    def cost(self, start: int, stop: int) -> float:
        share, first, second = self._sums[stop] - self._sums[start]
        return max(0.0, float(second - first**2 / share))

    def number(self, start: int, stop: int) -> float:
        share, first, _ = self._sums[stop] - self._sums[start]
        return float(first / share)


class ThresholdRuns(Runs):
    """Thresholds of one feature; cost[i, j] is the mean square by which margins move if i becomes j."""

    def __init__(self, threshold: Vector, cost: Matrix) -> None:
        super().__init__(len(threshold))
        self.threshold = threshold
        self._sums = np.vstack([np.zeros(len(threshold)), np.cumsum(cost, axis=0)])

    def cost(self, start: int, stop: int) -> float:
        return float(self._costs(start, stop).min())

    def number(self, start: int, stop: int) -> float:
        return float(self.threshold[start + int(np.argmin(self._costs(start, stop)))])

    def _costs(self, start: int, stop: int) -> Vector:
        costs: Vector = (self._sums[stop] - self._sums[start])[start:stop]
        return costs


class Merger:
    """All groups on their way from every number to one a group, the cheapest merger first; it owns what it changes.

    Numbers are counted through all groups, and a run goes by its first number.
    """

    def __init__(self, groups: Sequence[Runs]) -> None:
        self.groups = groups
        sizes = [group.size for group in groups]
        self.starts = np.cumsum([0, *sizes])
        self.group = np.repeat(np.arange(len(groups)), sizes)
        self.left = len(self.group)
        self.stop = np.arange(self.left) + 1  # of each run
        self.before = np.arange(self.left) - 1  # the run on its left, maybe of another group
        self.gone_at = np.full(self.left, np.inf)
        self._heap = [entry for run in range(self.left) for entry in self._entries(run)]
        heapify(self._heap)

    def down_to(self, count: int) -> tuple[tuple[int, ...], tuple[float, ...]]:
        """The runs by their first numbers, and what each becomes, when at most so many are left, or one a group."""
        while self.left > count and self._heap:
            _, run, middle, stop = heappop(self._heap)
            if np.isinf(self.gone_at[run]) and self.stop[run] == middle and self.stop[middle] == stop:
                self._merge(run, middle, stop)
        runs = np.flatnonzero(np.isinf(self.gone_at))
        return tuple(runs.tolist()), tuple(self._asked("number", int(run), int(self.stop[run])) for run in runs)

    @property
    def importance(self) -> Vector:
        """How many mergers a number outlives; the most for those that never go."""
        importance: Vector = np.minimum(self.gone_at, len(self.gone_at) - self.left)
        return importance

    def _merge(self, run: int, middle: int, stop: int) -> None:
        self.gone_at[middle] = len(self.gone_at) - self.left
        self.left -= 1
        self.stop[run] = stop
        if stop < len(self.stop):
            self.before[stop] = run
        for neighbour in (self.before[run], run):
            for entry in self._entries(int(neighbour)):
                heappush(self._heap, entry)

    def _entries(self, run: int) -> list[tuple[float, int, int, int]]:
        """The merger of a run with the one on its right, if that is of the same group."""
        middle = int(self.stop[run])
        if run < 0 or middle >= len(self.stop) or self.group[middle] != self.group[run]:
            return []
        stop = int(self.stop[middle])
        rise = self._asked("cost", run, stop) - self._asked("cost", run, middle) - self._asked("cost", middle, stop)
        return [(rise, run, middle, stop)]

    def _asked(self, what: str, start: int, stop: int) -> float:
        group = int(self.group[start])
        answer: float = getattr(self.groups[group], what)(start - self.starts[group], stop - self.starts[group])
        return answer
