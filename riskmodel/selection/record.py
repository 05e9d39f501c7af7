"""choice.json: what was decided before the test sample was opened, and what came of it; no figure of a clock."""

from __future__ import annotations

from typing import Any

from riskmodel.core import Change, TradeOff, Verdict, canonical
from riskmodel.selection.verdicts import on_test, verdict


def record(trade_off: TradeOff) -> bytes:
    """As JSON, numbers to six digits; `confirmed` and `chosen` stand in it once the test sample was asked."""
    selection = {name: trade_off.changes[name] for name in trade_off.chain}
    return canonical(
        {
            "champion": trade_off.champion,
            "margins": {name: _plain(value) for name, value in trade_off.margins.items()},
            "cost_unit": trade_off.cost_unit,
            "cost": {name: _short(value) for name, value in trade_off.cost.items()},
            "chain": list(trade_off.chain),
            "together": list(trade_off.families[-1]) if trade_off.together > 1 else [],
            "selection": {name: _said(change, verdict(change)) for name, change in selection.items()},
            "out": dict(trade_off.out),
            **_outcome(trade_off),
        }
    )


def _outcome(trade_off: TradeOff) -> dict[str, Any]:
    if not trade_off.reason:
        return {}
    outcomes = on_test(trade_off)
    asked = {name: _said(change, outcomes[name]) for name, change in trade_off.trials.items()}
    return {"chosen": trade_off.chosen, "test": asked, "reason": trade_off.reason}


def _said(change: Change, outcome: Verdict) -> dict[str, Any]:
    weakest = change.differences[change.decided_by]
    return {
        "verdict": str(outcome),
        **({"judged_by": list(change.deciding)} if change.informative else {}),
        "decided_by": change.decided_by,
        "p_value": _short(change.p_value),
        "lower": _short(weakest.lower),
        "margin": _short(weakest.margin),
    }


def _plain(value: Any) -> Any:
    return _short(value) if isinstance(value, float) else value


def _short(value: float) -> float:
    return float(f"{value:.6g}")
