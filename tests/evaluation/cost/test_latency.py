"""Timing on a clock that the test moves by hand: no test here depends on the machine's speed."""

from __future__ import annotations

import gc
import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from threadpoolctl import threadpool_info

from riskmodel.evaluation import Calls, Effort, measure
from riskmodel.evaluation.cost.latency import FEWEST_ROUNDS, percentile


class Clock:
    """Stands still but for the work that a job does; keeps who worked."""

    def __init__(self) -> None:
        self.now = 0
        self.worked: list[str] = []

    def __call__(self) -> int:
        return self.now

    def job(self, name: str, nanoseconds):
        def work() -> None:
            self.worked.append(name)
            self.now += next(nanoseconds) if hasattr(nanoseconds, "__next__") else nanoseconds

        return work

    def calls(self, name: str, end_to_end, model_alone) -> Calls:
        return Calls(self.job(f"{name} whole", end_to_end), self.job(f"{name} model", model_alone))


BRIEF = Effort(seconds=0.0, rounds=8, rounds_single=11)
UNTIMED = 1 + 1  # rounds: one before the threads are limited, then the warm-up


def test_each_call_gets_its_own_time_in_microseconds():
    clock = Clock()
    calls = {
        "slow": {1: clock.calls("slow", 9_000, 7_000), 100: clock.calls("slow", 50_000, 40_000)},
        "fast": {1: clock.calls("fast", 3_000, 1_000), 100: clock.calls("fast", 20_000, 10_000)},
    }
    result = measure(calls, BRIEF, clock=clock)
    medians = {
        name: {n: (t.p50.value, t.model_p50.value) for n, t in by_batch.items()} for name, by_batch in result.items()
    }
    assert medians == {"slow": {1: (9, 7), 100: (50, 40)}, "fast": {1: (3, 1), 100: (20, 10)}}
    assert result["fast"][100].rows_per_second == pytest.approx(5_000_000)


def test_percentiles_are_those_of_the_timed_calls_and_not_of_the_warm_up():
    clock, rng = Clock(), random.Random(0)
    timed = [rng.randrange(1_000, 9_000) for _ in range(400)]
    durations = iter([10**9] * UNTIMED + timed)
    result = measure({"a": {1: clock.calls("a", durations, 5)}}, Effort(seconds=0.0), clock=clock)["a"][1]
    expected = np.quantile(np.array(timed) / 1e3, [0.5, 0.95, 0.99], method="inverted_cdf")
    assert [result.p50.value, result.p95.value, result.p99.value] == pytest.approx(expected)
    assert result.p99.low < result.p99.value < result.p99.high <= max(timed) / 1e3


def test_every_round_holds_every_job_once_in_an_order_that_changes():
    clock = Clock()
    measure({name: {1: clock.calls(name, 10, 10)} for name in "abcde"}, BRIEF, seed=3, clock=clock)
    rounds = np.array(clock.worked).reshape(-1, 10)[UNTIMED:]
    assert len(rounds) == 11
    assert all(len(set(row)) == 10 for row in rounds)
    assert len({tuple(row) for row in rounds}) > 5


def test_the_order_follows_the_seed():
    def order(seed: int) -> list[str]:
        clock = Clock()
        measure({name: {1: clock.calls(name, 10, 10)} for name in "abc"}, BRIEF, seed=seed, clock=clock)
        return clock.worked

    assert order(1) == order(1) != order(2)


@pytest.mark.parametrize(
    ("nanoseconds", "rounds"),
    [
        pytest.param(10**9, 8, id="slow calls get the least"),
        pytest.param(5 * 10**6, 200, id="others what their time allows"),
        pytest.param(1, 300, id="fast ones the most"),
    ],
)
def test_rounds_follow_the_seconds_within_bounds(nanoseconds, rounds):
    clock = Clock()
    calls = {name: {100: clock.calls(name, nanoseconds, nanoseconds)} for name in "ab"}
    measure(calls, Effort(seconds=2.0, rounds=8, most=300), clock=clock)
    assert len(clock.worked) == 4 * (rounds + UNTIMED)


@pytest.mark.parametrize("slow_at_first", [0, 60 * 10**9])
def test_a_cap_holds_for_first_calls_too_and_leaves_a_median_its_interval(slow_at_first):
    """Two calls of a second a round: no round but the fewest begins after the cap."""
    clock = Clock()
    first = iter([slow_at_first] + [10**9] * 400)
    calls = {"slow": {100: clock.calls("slow", first, 10**9)}}
    result = measure(calls, Effort(seconds=300.0, rounds=100, cap=30.0), clock=clock)["slow"][100]
    rounds = len(clock.worked) / 2 - UNTIMED
    assert rounds == (FEWEST_ROUNDS if slow_at_first else (30 - 3) // 2 + 1)
    assert 0 < result.p50.low <= result.p50.high < math.inf


def test_one_application_gets_enough_calls_to_bound_its_99th_percentile():
    clock = Clock()
    durations = iter(range(1_000, 2_000_000, 1_000))
    result = measure({"a": {1: clock.calls("a", durations, 10**9)}}, clock=clock)["a"][1]
    assert math.isfinite(result.p99.high)


def test_nothing_disturbs_while_timing_and_all_is_as_before_after_it():
    sizes = []

    def look() -> None:
        sizes.append((gc.isenabled(), {library["num_threads"] for library in threadpool_info()}))

    before = [library["num_threads"] for library in threadpool_info()]
    measure({"a": {1: Calls(look, look)}}, BRIEF)
    assert all(state == (False, {1}) for state in sizes[2:])
    assert gc.isenabled()
    assert [library["num_threads"] for library in threadpool_info()] == before


def test_a_call_that_fails_leaves_garbage_collection_on():
    def broken() -> None:
        if not gc.isenabled():
            raise RuntimeError("no such column")

    with pytest.raises(RuntimeError, match="no such column"):
        measure({"a": {1: Calls(broken, broken)}}, BRIEF)
    assert gc.isenabled()


def test_a_tick_comes_after_each_batch_size():
    clock, ticks = Clock(), []
    calls = {batch: clock.calls("a", 1, 1) for batch in (100, 1, 10_000)}
    result = measure({"a": calls}, BRIEF, clock=clock, tick=lambda: ticks.append(len(clock.worked)))
    assert len(ticks) == 3
    assert ticks[-1] == len(clock.worked)
    assert list(result["a"]) == [1, 100, 10_000]


def test_nothing_to_time_gives_nothing():
    assert measure({}) == {}


@settings(deadline=None)
@given(st.integers(1, 900), st.sampled_from([0.5, 0.95, 0.99]))
def test_the_interval_of_a_percentile_is_narrow_and_covers_95_percent(count, share):
    """Exactly: the number of values below the percentile is binomial."""
    result = percentile(np.arange(1.0, count + 1), share)
    assert result.low <= result.value <= result.high
    last = count if math.isinf(result.high) else result.high - 1
    covered = binom.cdf(last, count, share) - binom.cdf(result.low - 1, count, share)
    assert covered >= 0.95


@pytest.mark.parametrize(("share", "bounded_from"), [(0.95, 72), (0.99, 368)])
def test_a_percentile_of_too_few_values_has_no_upper_bound(share, bounded_from):
    assert math.isinf(percentile(np.arange(bounded_from - 1.0), share).high)
    assert math.isfinite(percentile(np.arange(float(bounded_from)), share).high)


def test_the_order_of_values_does_not_matter():
    values = np.random.default_rng(0).exponential(size=500)
    assert percentile(values, 0.95) == percentile(np.sort(values), 0.95)
