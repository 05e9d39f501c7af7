"""Why the choice is what it is, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from riskmodel.core import Change, Evaluation, TradeOff, Verdict
from riskmodel.selection.verdicts import on_test, verdict
from riskmodel.stats.holm import ALPHA
from riskmodel.stats.sample_size import TO_DECIDE
from riskmodel.stats.words import p_value

_NAMES = {"auc": "AUC", "brier": "Brier score", "log_loss": "log-loss", "mean_pd": "mean PD"}
_NAMES |= {"decisions": "decisions that differ", "approved_bad_rate": "bad rate of the approved"}


def reason(trade_off: TradeOff) -> str:
    """One paragraph: who is chosen or stays, what the test sample said of each link, what is gained, who was out."""
    return " ".join(_sentences(trade_off))


def _sentences(trade_off: TradeOff) -> Iterator[str]:
    champion, chosen = trade_off.champion, trade_off.chosen
    if chosen != champion:
        yield f"{chosen} is chosen: {gain(trade_off)}."
        yield on_scores(trade_off.trials[chosen])
    elif not trade_off.changes:
        yield f"{champion} stays: there is no challenger."
    elif not trade_off.chain:
        yield f"{champion} stays: {_nobody(trade_off)}."
    else:
        yield f"{champion} stays: nothing smaller was confirmed."
    yield from _asked(trade_off)
    yield from _too_few(trade_off.evaluations[champion]) if trade_off.changes else ()


def gain(trade_off: TradeOff) -> str:
    """What the chosen one takes of the champion's cost."""
    before, after = trade_off.cost[trade_off.champion], trade_off.cost[trade_off.chosen]
    unit = trade_off.cost_unit.replace("_", " ")
    times = f"{before / after:.3g} times less {unit}" if after else f"no {unit}"
    return f"{times} than {trade_off.champion} ({_amount(after)} of {_amount(before)})"


def on_scores(change: Change) -> str:
    """The difference of AUC, and whether it decides."""
    auc = change.differences["auc"]
    says = f"differs by {auc.delta:+.4f} (lower bound {auc.lower:+.4f}, margin {auc.margin:.3g})"
    if not change.informative:
        return f"On {change.sample} its AUC {says}."
    figures = " and ".join(_NAMES[name] for name in change.deciding)
    return f"It is judged by {figures}; on {change.sample} its AUC, which does not decide, {says}."


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _nobody(trade_off: TradeOff) -> str:
    if len(trade_off.out) == len(trade_off.changes):
        cheapest = min(trade_off.out, key=lambda name: (trade_off.cost.get(name, inf), name))
        return f"no challenger can be chosen. The cheapest, {cheapest}, is out ({trade_off.out[cheapest]})"
    standing = {name: change for name, change in trade_off.changes.items() if name not in trade_off.out}
    nearest = min(standing.values(), key=lambda change: (change.p_value, change.challenger))
    weakness = f"{nearest.challenger} {_said(nearest, verdict(nearest))}"
    if len(standing) == 1:
        return f"on selection its one challenger is not likely to be shown to be no worse: {weakness}"
    none = f"on selection none of {len(standing)} challengers is likely to be shown to be no worse"
    return f"{none}. The nearest is {weakness}"


def _asked(trade_off: TradeOff) -> Iterator[str]:
    if not trade_off.trials:
        return
    outcomes = on_test(trade_off)
    says = {name: f"{name} {_said(change, outcomes[name])}" for name, change in trade_off.trials.items()}
    families = [[says[name] for name in family if name in says] for family in trade_off.families]
    order = ", ".join(
        " and ".join(family) + (" together, by Holm" if len(family) > 1 else "") for family in families if family
    )
    yield f"The test sample was asked, in this order, of {order}."


def _said(change: Change, outcome: Verdict) -> str:
    if change.identical:
        return "(identical)"
    if outcome is Verdict.NON_INFERIOR:
        return f"({outcome})"
    weakest = change.differences[change.decided_by]
    name = _NAMES.get(change.decided_by, change.decided_by)
    if weakest.p_value < ALPHA:
        return f"({outcome} beside the others: p {p_value(weakest.p_value)} in {name})"
    return f"({outcome} in {name}: bound {weakest.lower:+.4f}, margin {weakest.margin:.3g})"


def _too_few(evaluation: Evaluation) -> Iterator[str]:
    """That nothing could be shown, where the sample has too few bads or goods."""
    goods = evaluation.rows - evaluation.bads
    if min(evaluation.bads, goods) < TO_DECIDE:
        yield (
            f"The {evaluation.sample} sample has {evaluation.bads} bads and {goods} goods: with fewer than "
            f"{TO_DECIDE} of each every challenger is inconclusive."
        )
