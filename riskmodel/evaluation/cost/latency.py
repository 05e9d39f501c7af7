"""How long a call takes, as a claim that can be checked: interleaved variants, one thread, percentiles with intervals.

It only times: the caller prepares the calls. Two runs of it never agree to the digit.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import inf

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom
from threadpoolctl import threadpool_limits

from riskmodel.core import Interval, Tick, Timing, Vector

Call = Callable[[], object]
Clock = Callable[[], int]  # nanoseconds

_WARM_UP = 1
FEWEST_ROUNDS = 6  # with fewer no two calls bound a median with 95 %


@dataclass(frozen=True)
class Calls:
    """What is timed of one variant at one batch size."""

    end_to_end: Call  # from a table to what the caller calls an answer: PDs, or decisions with their reasons
    model_alone: Call  # from a matrix to PDs


@dataclass(frozen=True)
class Effort:
    """How many rounds are timed: `seconds` for each variant and batch size, within the bounds."""

    seconds: float = 0.5
    rounds: int = 30  # at least, for a batch
    rounds_single: int = 400  # at least, for one application: fewer than 368 calls cannot bound a 99th percentile
    most: int = 5_000
    cap: float = inf  # seconds for all batch sizes together, first calls and warm-up too: then six rounds must do

    def at_least(self, batch: int) -> int:
        return self.rounds_single if batch == 1 else self.rounds

    def shared(self, sizes: int) -> Effort:
        """What each of so many batch sizes may take."""
        return replace(self, cap=self.cap / sizes)


def measure(
    calls: Mapping[str, Mapping[int, Calls]],
    effort: Effort = Effort(),
    seed: int = 0,
    clock: Clock = time.perf_counter_ns,
    tick: Tick = lambda: None,
    *,
    baseline: str | None = None,
) -> Mapping[str, Mapping[int, Timing]]:
    """Times every variant at every batch size; one round calls each once, in a new order, so that drift hits all alike.

    Garbage collection is off, and numpy, torch, LightGBM and XGBoost use one thread. A call that asks its library for
    more threads by itself (LightGBM's `predict(num_threads=2)`) is not held back. `tick` is called once a batch size.
    Each variant's speedup is that over the `baseline`, paired by round.
    """
    sizes = sorted({batch for by_batch in calls.values() for batch in by_batch})
    timed: dict[int, Mapping[str, Timing]] = {}
    for batch in sizes:
        at_size = {variant: by_batch[batch] for variant, by_batch in calls.items() if batch in by_batch}
        rng, share = np.random.default_rng([seed, batch]), effort.shared(len(sizes))
        timed[batch] = _time_batch(at_size, batch, share, rng, clock, baseline)
        tick()
    return {variant: {batch: timed[batch][variant] for batch in sorted(calls[variant])} for variant in calls}


def _time_batch(  # noqa: PLR0917
    calls: Mapping[str, Calls],
    batch: int,
    effort: Effort,
    rng: np.random.Generator,
    clock: Clock,
    baseline: str | None,
) -> Mapping[str, Timing]:
    jobs = [job for call in calls.values() for job in (call.end_to_end, call.model_alone)]
    start = clock()
    for job in jobs:
        job()  # a library that loads at its first call would escape the limit on threads
    with _undisturbed():
        for _ in range(_WARM_UP):
            for job in jobs:
                job()
        left = replace(effort, cap=effort.cap - (clock() - start) / 1e9)
        took = _interleaved(jobs, batch, left, rng, clock) / 1e3
    end_to_end = {variant: took[:, 2 * i] for i, variant in enumerate(calls)}
    against = end_to_end.get(baseline) if baseline else None
    return {
        variant: _timing(batch, end_to_end[variant], took[:, 2 * i + 1], against) for i, variant in enumerate(calls)
    }


@contextmanager
def _undisturbed() -> Iterator[None]:
    was_enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        with threadpool_limits(limits=1):
            yield
    finally:
        if was_enabled:
            gc.enable()


def _interleaved(
    jobs: Sequence[Call], batch: int, effort: Effort, rng: np.random.Generator, clock: Clock
) -> NDArray[np.int64]:
    """Nanoseconds, rounds x jobs; all share one allowance, so that every round holds every job."""
    least, allowed, cap = effort.at_least(batch), effort.seconds * 1e9 * len(jobs) / 2, effort.cap * 1e9
    rounds: list[NDArray[np.int64]] = []
    start = clock()
    while len(rounds) < FEWEST_ROUNDS or (
        len(rounds) < effort.most and (spent := clock() - start) < cap and (len(rounds) < least or spent < allowed)
    ):
        took = np.empty(len(jobs), dtype=np.int64)
        for i in rng.permutation(len(jobs)):
            before = clock()
            jobs[i]()
            took[i] = clock() - before
        rounds.append(took)
    return np.array(rounds)


def _timing(batch: int, end_to_end: Vector, model_alone: Vector, baseline: Vector | None) -> Timing:
    p50, p95, p99 = (percentile(end_to_end, share) for share in (0.50, 0.95, 0.99))
    speedup = None if baseline is None else percentile(baseline / np.maximum(end_to_end, 1e-3), 0.50)
    return Timing(batch, p50, p95, p99, percentile(model_alone, 0.50), speedup)


def percentile(values: Vector, share: float) -> Interval:
    """A percentile between two order statistics, whatever the distribution (Hahn and Meeker 1991, 5.2).

    Where there are too few values to bound it, `low` is 0 or `high` is infinite: an interval of 95 % or none.
    """
    ordered = np.sort(values)
    count = len(ordered)
    below, above = (int(binom.ppf(tail, count, share)) for tail in (0.025, 0.975))
    low = float(ordered[below - 1]) if below > 0 else 0.0
    high = float(ordered[above]) if above < count else float("inf")
    return Interval(float(np.quantile(ordered, share, method="inverted_cdf")), low, high)
