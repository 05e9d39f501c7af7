"""Whether one decision is made in time: three states, since a clock tells of the machine as much as of the model."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from riskmodel.core import Timing

MACHINE = "machine"  # the variant that is none: the same short sum each round, whose tail is the machine's alone


class Budget(StrEnum):
    """Whether one application is decided in time."""

    MET = "met"
    NOT_MET = "not met"
    INCONCLUSIVE = "inconclusive"


def budget_verdict(
    timings: Mapping[int, Timing], budget_us: float | None, machine: Mapping[int, Timing] | None = None
) -> Budget:
    """Of the 99th percentile of one application, end to end; no budget is always met.

    Clearly missed only where the lower bound, less what the machine's own 99th percentile lies above its median, is
    above the budget.
    """
    if budget_us is None:
        return Budget.MET
    if 1 not in timings:
        return Budget.INCONCLUSIVE
    p99 = timings[1].p99
    if p99.high <= budget_us:
        return Budget.MET
    return Budget.NOT_MET if p99.low - _noise(machine) > budget_us else Budget.INCONCLUSIVE


def _noise(machine: Mapping[int, Timing] | None) -> float:
    """Microseconds that this machine takes at times for nothing."""
    if not machine or 1 not in machine:
        return 0.0
    return machine[1].p99.high - machine[1].p50.value
