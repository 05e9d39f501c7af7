"""What a cascade saves on Taiwan at stated prices: the form is free, what a bureau knows is bought for the undecided.

LightGBM of default settings at rate .1 (no search); the cutoff approves four of five on tune. The cheap model is the
same recipe without what is bought. Tune sets the band, as in a run: at most `differ` of all decisions are unlike the
full model's. Test judges: the share that is bought for (Wilson), what is saved of the price, decisions that differ, the
bad rate of the approved against the full model's, and the paired difference of AUC (DeLong), each of one split. The
verdict by decisions allows twice `differ` and a bad rate of 1.05 times, as a run does where its TOML names no margins.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from rich.console import Console
from scipy.special import expit

from riskmodel import scorers
from riskmodel.config import DecisionMargins, Margins, PolicyRule
from riskmodel.core import Column, Development, Policy, Sample, Scorer, Variant
from riskmodel.evaluation import compare, recalibrated
from riskmodel.evaluation.change.decision_margins import PairedDecisions, judged_by_decisions
from riskmodel.evaluation.contest import policy
from riskmodel.explanation.cost import price_of, used_columns
from riskmodel.selection.verdicts import verdict
from riskmodel.stats import interval, risk_control
from riskmodel.workflows.cascade_band import always_bought, banded
from tests.benchmarks._tables import cut

SEEDS, DIFFER, ALPHA = (0, 1, 2), (0.01, 0.02, 0.05), 0.05
CALLS = {  # vendor: what its features begin with, and the price of a call
    "status": ("PAY_", 1.2),
    "bills": ("BILL_AMT", 0.4),
    "payments": ("PAY_AMT", 0.4),
}
BOUGHT = {"all three calls": ("status", "bills", "payments"), "bills and payments": ("bills", "payments")}


def table(console: Console) -> str:
    prices = ", ".join(f"{name} {price:g}" for name, (_, price) in CALLS.items())
    lines = [
        f"## Cascades (Taiwan, prices of a call: {prices}; splits {', '.join(map(str, SEEDS))})",
        "",
        (
            "| bought for the undecided | differ at most | split | bought for | saved of the price "
            "| decisions that differ, 95 % bound | bad rate of the approved, times the full model's "
            "| verdict by decisions | AUC less the full model's | verdict by scores |"
        ),
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for seed in SEEDS:
        for line in _rows(seed):
            console.print(line)
            lines.append(line)
    return "\n".join([*lines[:4], *sorted(lines[4:])])


def _rows(seed: int) -> Iterator[str]:
    development, test = cut("Taiwan", seed)
    columns = tuple(_charged(c) for c in test.features)
    development = Development(*(replace(s, features=columns) for s in (development.train, development.tune)))
    recipe = scorers.recipe("lgbm", {"search": 0, "rate": 0.1})
    full = recalibrated(recipe.fit(development, columns, seed), development.tune)
    rule = policy(PolicyRule(approval_rate=0.8, grade_edges=[0.1]), Variant("full", "full", full), development.tune)
    for name, vendors in BOUGHT.items():
        cheap = full.refit(development, [c for c in columns if c.vendor not in vendors])
        cheap = recalibrated(cheap, development.tune)
        for differ in DIFFER:
            yield f"| {name} | {differ:g} | {seed} | {_judged(cheap, full, rule, development.tune, test, differ)} |"


def _charged(column: Column) -> Column:
    for vendor in ("payments", "bills", "status"):  # PAY_AMT before PAY_
        start, price = CALLS[vendor]
        if column.name.startswith(start):
            return replace(column, vendor=vendor, cost=price)
    return column


def _judged(cheap: Scorer, full: Scorer, rule: Policy, tune: Sample, test: Sample, differ: float) -> str:  # noqa: PLR0917
    asked = always_bought(cheap, full)
    on_tune = banded(asked, tune.columns(asked.features), rule, differ, ALPHA)
    if on_tune is None:
        return "no band is shown | | | | | | "
    rows, made = test.columns(asked.features), on_tune[0]
    band, pds = made.in_band(rows), (made.pd(rows), expit(asked.margin(rows)))
    share = interval.of_share(int(band.sum()), len(band))
    first, both = (price_of(c) for c in (used_columns(cheap), (*used_columns(cheap), *used_columns(full))))
    saved = [1 - (first + part * (both - first)) / price_of(used_columns(full)) for part in _values(share)]
    pair = PairedDecisions.of(*pds, rule)
    other = int((pair.challenger != pair.champion).sum())
    change = compare("cascade", "full", test, *pds, Margins())
    decided = judged_by_decisions(change, test.default, pair, DecisionMargins().fixed(differ))
    auc, rate = change.differences["auc"], decided.differences["approved_bad_rate"]
    times = [float(np.exp(-value)) for value in (rate.delta, rate.upper, rate.lower)]
    bound = risk_control.upper(other, len(band), ALPHA)
    return (
        f"{share.value:.3f} ({share.low:.3f} to {share.high:.3f}) | {saved[0]:.3f} ({saved[2]:.3f} to {saved[1]:.3f}) "
        f"| {other / len(band):.4f}, {bound:.4f} | {times[0]:.3f} ({times[1]:.3f} to {times[2]:.3f}) "
        f"| {verdict(decided)} | {auc.delta:+.4f} ({auc.lower:+.4f} to {auc.upper:+.4f}) "
        f"| {verdict(change)}"
    )


def _values(share: interval.Interval) -> Sequence[float]:
    return share.value, share.low, share.high
