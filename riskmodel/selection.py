"""Which variant to use: the fastest of those that are shown to be no worse than the champion, and why.

It weighs no figure against another: worth is a condition, time decides, and size settles what clocks cannot.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from riskmodel.core import Change, Evaluation, Timing, TradeOff, Verdict
from riskmodel.stats.holm import corrected_verdicts
from riskmodel.stats.small_sample import TO_DECIDE

DecideOn = Literal["batch", "single"]
Timings = Mapping[str, Mapping[int, Timing]]

_SAME_SPEED = 1.10  # clocks differ by less than this between two runs; without it a run would not repeat its choice


class Budget(StrEnum):
    """Whether one application is scored in time."""

    MET = "met"
    NOT_MET = "not met"
    INCONCLUSIVE = "inconclusive"


def choose(
    champion: str,
    *,
    evaluations: Mapping[str, Evaluation],
    changes: Mapping[str, Change],
    timings: Timings,
    decide_on: DecideOn,
    budget_us: float | None,
    cost: Mapping[str, float],
) -> TradeOff:
    """The fastest among the champion and the non-inferior; within 10 % of the fastest the smallest `cost` (bytes) wins.

    `decide_on` is the median time of the largest batch, or of one application. A variant that clearly misses the budget
    is out, unless all do. `changes` are by challenger, the others by variant.
    """
    found = verdicts(changes)
    able = [champion, *(name for name in changes if found[name] is Verdict.NON_INFERIOR)]
    in_time = [name for name in able if budget_verdict(timings[name], budget_us) is not Budget.NOT_MET]
    time = {name: _time(by_batch, decide_on) for name, by_batch in timings.items()}
    chosen = _fastest(in_time or able, time, cost)
    front = pareto({name: evaluation.figures["auc"].value for name, evaluation in evaluations.items()}, time)
    reason = _reason(chosen, champion, able, changes, _gain(chosen, champion, time, cost))
    if changes:
        reason += _too_few(evaluations[champion])
    if not in_time:
        reason += f" None of these meets the budget of {budget_us:g} µs for one application."
    elif champion not in in_time:
        reason += f" {champion} misses the budget of {budget_us:g} µs for one application."
    return TradeOff(champion, evaluations, changes, found, timings, front, chosen, reason)


def verdicts(changes: Mapping[str, Change]) -> Mapping[str, Verdict]:
    """The verdict on each challenger when all are tested on one sample: non-inferior only after Holm (1979)."""
    return corrected_verdicts({name: tuple(change.differences.values()) for name, change in changes.items()})


def budget_verdict(timings: Mapping[int, Timing], budget_us: float | None) -> Budget:
    """Whether the 99th percentile of one application, end to end, is under the budget; no budget is always met."""
    if budget_us is None:
        return Budget.MET
    if 1 not in timings:
        return Budget.INCONCLUSIVE
    p99 = timings[1].p99
    if p99.high <= budget_us:
        return Budget.MET
    return Budget.NOT_MET if p99.low > budget_us else Budget.INCONCLUSIVE


def _time(timings: Mapping[int, Timing], decide_on: DecideOn) -> float:
    return timings[max(timings) if decide_on == "batch" else min(timings)].p50.value


def _fastest(able: list[str], time: Mapping[str, float], cost: Mapping[str, float]) -> str:
    least = min(time[name] for name in able)
    as_fast = [name for name in able if time[name] <= least * _SAME_SPEED]
    return min(as_fast, key=lambda name: (cost[name], name))


def pareto(auc: Mapping[str, float], time: Mapping[str, float]) -> tuple[str, ...]:
    """The variants, fastest first, that no other beats in AUC or time without losing in the other."""

    def is_beaten(name: str) -> bool:
        return any(
            auc[other] >= auc[name]
            and time[other] <= time[name]
            and (auc[other], time[other]) != (auc[name], time[name])
            for other in auc
        )

    return tuple(sorted((name for name in auc if not is_beaten(name)), key=lambda name: (time[name], name)))


def _reason(chosen: str, champion: str, able: list[str], changes: Mapping[str, Change], gain: str) -> str:
    no_worse = f"Shown to be no worse within the margins: {len(able) - 1} of {len(changes)} challengers"
    if len(able) == 1:
        return f"{champion} stays. {no_worse}."
    if chosen == champion:
        return f"{champion} stays. {no_worse}, none of them a better choice by time or size."
    auc = changes[chosen].differences["auc"]
    return (
        f"{chosen} is chosen. {no_worse}; this one is {gain}. "
        f"Its AUC differs by {auc.delta:+.4f} (lower bound {auc.lower:+.4f}, margin {auc.margin:g})."
    )


def _too_few(evaluation: Evaluation) -> str:
    """That nothing could be shown, where the sample has too few bads or goods."""
    goods = evaluation.rows - evaluation.bads
    if min(evaluation.bads, goods) >= TO_DECIDE:
        return ""
    return (
        f" The {evaluation.sample} sample has {evaluation.bads} bads and {goods} goods: with fewer than "
        f"{TO_DECIDE} of each every challenger is inconclusive."
    )


def _gain(chosen: str, champion: str, time: Mapping[str, float], cost: Mapping[str, float]) -> str:
    faster, smaller = time[champion] / time[chosen], cost[chosen] / cost[champion]
    if faster > _SAME_SPEED:
        return f"{faster:.2g} times as fast as {champion}, at {smaller:.2g} of its size"
    if faster < 1 / _SAME_SPEED:
        return f"the fastest that does not clearly miss the budget, at {smaller:.2g} of {champion}'s size"
    return f"as fast as {champion} within 10 %, at {smaller:.2g} of its size"
