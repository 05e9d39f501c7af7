"""The rule: who may be chosen at all, whom the test sample is asked about, and what its answers come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from riskmodel.core import Change, Evaluation, Timing, TradeOff
from riskmodel.selection.budget import MACHINE, Budget, budget_verdict
from riskmodel.selection.chain import chain, rivals, walk
from riskmodel.selection.front import pareto
from riskmodel.selection.reason import reason
from riskmodel.selection.verdicts import adjusted, verdicts

Timings = Mapping[str, Mapping[int, Timing]]


@dataclass(frozen=True)
class Worth:
    """What makes a change worth its while: so many times less of a cost, within a budget of time."""

    cost_unit: str = "work"
    least_gain: float = 1.5
    budget_us: float | None = None  # of one decision, 99th percentile


def propose(
    champion: str,
    *,
    evaluations: Mapping[str, Evaluation],
    changes: Mapping[str, Change],
    timings: Timings,
    cost: Mapping[str, float],
    worth: Worth = Worth(),
    margins: Mapping[str, Any] | None = None,
) -> TradeOff:
    """What selection says, with the chain that the test sample shall confirm; until then the champion stays.

    `changes` are by challenger, the others by variant; `timings` may have one of the machine's own. A variant without
    the cost that decides is left out of `cost`. Nothing but a clear miss of the budget rests on a clock.
    """
    out = _out(champion, changes, timings, cost, worth)
    standing = [name for name in changes if name not in out]
    prices, p_values = {name: cost[name] for name in standing}, {name: changes[name].p_value for name in standing}
    links = chain(prices, p_values)
    beside = rivals(links, prices, p_values)
    auc = {name: evaluation.figures["auc"].value for name, evaluation in evaluations.items()}
    return TradeOff(
        champion,
        evaluations,
        changes,
        verdicts(changes),
        timings,
        front=pareto(auc, cost),
        chosen=champion,
        reason="",
        adjusted=adjusted(changes),
        cost=cost,
        cost_unit=worth.cost_unit,
        chain=links + beside,
        together=1 + len(beside),
        out=out,
        margins=margins or {},
    )


def _out(
    champion: str, changes: Mapping[str, Change], timings: Timings, cost: Mapping[str, float], worth: Worth
) -> dict[str, str]:
    """Who could not be chosen whatever its worth, and why: in words that name the rule and the figures."""
    out = {}
    for name in changes:
        if champion not in cost or name not in cost:
            out[name] = f"it or the champion has no {worth.cost_unit} to be compared by"
        elif cost[champion] < worth.least_gain * cost[name]:
            out[name] = f"not worth changing: {_gain(cost[champion] / cost[name], worth)}"
        elif budget_verdict(timings.get(name, {}), worth.budget_us, timings.get(MACHINE)) is Budget.NOT_MET:
            out[name] = f"clearly misses the budget of {worth.budget_us:g} µs for one decision"
    return out


def _gain(times: float, worth: Worth) -> str:
    if times < 1:
        return f"{1 / times:.3g} times more {worth.cost_unit}"
    return f"{times:.3g} times less {worth.cost_unit}, where {worth.least_gain:g} is the least"


def conclude(trade_off: TradeOff, trials: Mapping[str, Change]) -> TradeOff:
    """The choice: the last of the chain before the first that the test sample did not confirm.

    `trials` are the changes on test of the whole chain; what lies beyond the first failure is not looked at.
    """
    p_values = {name: trials[name].p_value for name in trade_off.chain}
    asked, chosen = walk(trade_off.families, trade_off.cost, p_values)
    made = replace(trade_off, chosen=chosen or trade_off.champion, trials={name: trials[name] for name in asked})
    return replace(made, reason=reason(made))
