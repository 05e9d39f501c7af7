"""What `riskmodel cascade` prints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from riskmodel.core import Interval
from riskmodel.review.wording import label
from riskmodel.workflows.cascade import Cascade, CascadePrice, CascadeTrial


def summary(report: Cascade, output: Path | None, console: Console) -> None:
    """The band, what it saves and what it changes."""
    for line in _lines(report, output):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _lines(report: Cascade, output: Path | None) -> Iterator[str]:
    confidence = f"{1 - report.alpha:.0%}"
    if report.aside:
        yield f"{report.aside:,} rows are not counted: score sets them aside."
    if report.band is None or report.trial is None:
        yield (
            f"No band is shown to change at most {report.target:.2%} of the decisions with {confidence} confidence on "
            "these rows; nothing is written."
        )
        return
    yield (
        f"Ask the full model where the cheap PD is in [{report.low:.4g}, {report.high:.4g}): at most "
        f"{report.target:.2%} of the decisions differ with {confidence} confidence "
        f"({report.band.differing} of {report.band.rows:,} here, bound {report.band.upper:.2%})."
    )
    yield f"Bought there alone: {', '.join(report.bought)}."
    yield from _trial(report.trial, confidence)
    if report.written:
        yield f"{output}: the bundle of the cascade"
    elif output is not None:
        yield "Nothing is written: the cascade is not shown to be no worse than the full model."


def _trial(trial: CascadeTrial, confidence: str) -> Iterator[str]:
    yield f"On {trial.rows:,} other rows, {trial.bads:,} bads:"
    yield f"  bought for {_percent(trial.bought_share)} of the applications"
    yield f"  {trial.differing:,} decisions differ, at most {trial.differing_upper:.2%} with {confidence} confidence"
    yield "  AUC: " + ", ".join(
        f"{name} {one.value:.4f} ({one.low:.4f} to {one.high:.4f})" for name, one in trial.auc.items()
    )
    change = trial.change
    judged_by = " and ".join(label(name).lower() for name in change.deciding)
    yield f"  {trial.verdict} to the full model, judged by {judged_by}"
    for name, one in change.differences.items():
        beside = " (does not decide)" if name in change.informative else ""
        bounds = f"lower bound {one.lower:+.4f}, margin {one.margin:.4g}"
        yield f"    {label(name)}: {one.delta:+.4f}, {bounds}: {one.verdict}{beside}"
    if trial.price is not None:
        yield from _price(trial.price)


def _price(price: CascadePrice) -> Iterator[str]:
    yield (
        f"  features of an application: {_money(price.cascade)}; of the full model {price.full:,.4g}, of the cheap one "
        f"{price.cheap:,.4g}"
    )
    year = "" if price.saving_a_year is None else f", {_money(price.saving_a_year)} a year"
    yield f"  saving: {_money(price.saving)} an application{year}"


def _percent(share: Interval) -> str:
    return f"{share.value:.1%} ({share.low:.1%} to {share.high:.1%})"


def _money(amount: Interval) -> str:
    return f"{amount.value:,.4g} ({amount.low:,.4g} to {amount.high:,.4g})"
