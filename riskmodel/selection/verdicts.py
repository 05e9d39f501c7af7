"""Whether a challenger is no worse: alone at the full level, or beside many by Holm."""

from __future__ import annotations

from collections.abc import Mapping

from riskmodel.core import Change, TradeOff, Verdict
from riskmodel.stats.holm import corrected_verdicts, holm


def verdict(change: Change) -> Verdict:
    """Of one challenger in all figures that decide, at the full level.

    Non-inferior where every one is (intersection-union, Berger 1982), inferior where one is.
    """
    return corrected_verdicts({change.challenger: tuple(change.deciding.values())})[change.challenger]


def adjusted(changes: Mapping[str, Change]) -> dict[str, float]:
    """The p-value of each challenger as it stands against 0.05 when all are tested on one sample (Holm 1979)."""
    return holm({name: change.p_value for name, change in changes.items()})


def verdicts(changes: Mapping[str, Change]) -> dict[str, Verdict]:
    """The verdict on each challenger when all are tested on one sample."""
    return corrected_verdicts({name: tuple(change.deciding.values()) for name, change in changes.items()})


def on_test(trade_off: TradeOff) -> dict[str, Verdict]:
    """The verdict on each that the test sample was asked about; those that were tested together are corrected."""
    trials = trade_off.trials
    families = [{name: trials[name] for name in family if name in trials} for family in trade_off.families]
    return {name: outcome for family in families for name, outcome in verdicts(family).items()}
