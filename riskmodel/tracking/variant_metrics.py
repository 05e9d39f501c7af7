"""The figures of one variant for MLflow, each from the study alone; what is no number is left out.

Metric names have a section before the slash: MLflow's charts are grouped by it. The few figures of the page that opens
have none, and are rounded, in units that read well with two decimals.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from riskmodel.core import Change, Evaluation, Interval, Study, Timing, Verdict
from riskmodel.explanation.cost import priced
from riskmodel.tracking.roles import ranked

Metrics = dict[str, float]
SIZES = ("bytes", "trees", "leaves", "weights", "features")
VERDICTS = {Verdict.NON_INFERIOR: 1.0, Verdict.INCONCLUSIVE: 0.0, Verdict.INFERIOR: -1.0}
# Of the page that opens: its titles and heads. MLflow allows no sign for percent.
RANK, AUC, BOUND, KEEP, COST = "rank", "AUC", "worst AUC change in 0.01", "keep", "cost"
LOG_COST, FLIPS, P95 = "log10 of cost", "flips pct", "p95 ms"
_CALIBRATION = {"calibration_slope": "slope", "calibration_intercept": "intercept"}
_REFUSED = re.compile(r"[^\w\-. :]", re.ASCII)  # in the name of a metric


def metrics(study: Study, name: str) -> Metrics:
    """Everything about one variant on the selection sample, and on test where that was asked about it."""
    complexity = study.variants[name].scorer.complexity()
    return finite(
        {
            **glance(study, name),
            **worth(study.trade_off.evaluations[name]),
            **change(study, name),
            **cost(study, name),
            **price(study, name),
            **latency(study.trade_off.timings.get(name, {})),
            **fairness(study, name),
            **{f"size/{key}": float(getattr(complexity, key)) for key in SIZES},
            **confirmed(study, name),
        }
    )


def glance(study: Study, name: str) -> Metrics:
    """What the page shows first: a rank, and figures that are told apart with two decimals."""
    trade_off, side = study.trade_off, study.side_figures.get(name)
    against = trade_off.changes.get(name)
    single = trade_off.timings.get(name, {}).get(1)
    figures = {
        RANK: float(ranked(study).index(name) + 1),
        AUC: round(trade_off.evaluations[name].figures["auc"].value, 4),
        BOUND: round(100 * against.differences["auc"].lower, 3) if against else 0.0,
        KEEP: round(study.variants[name].keep, 4),
    }
    if (own := trade_off.cost.get(name, 0.0)) > 0:
        figures |= {COST: float(f"{own:.4g}"), LOG_COST: round(math.log10(own), 3)}
    if side is not None:
        figures[FLIPS] = round(100 * side.flips, 2)
    if single is not None and math.isfinite(single.p95.value):
        figures[P95] = round(single.p95.value / 1000, 2)
    return figures


def worth(evaluation: Evaluation, section: str = "quality") -> Metrics:
    """Every figure with its 95 % interval; slope and intercept stand under calibration."""
    by_key: Metrics = {}
    for key, figure in evaluation.figures.items():
        place = (
            f"calibration/{_CALIBRATION[key]}" if key in _CALIBRATION and section == "quality" else f"{section}/{key}"
        )
        by_key |= _interval(place, figure)
    return by_key


def _interval(place: str, figure: Interval) -> Metrics:
    return {place: figure.value, f"{place}_low": figure.low, f"{place}_high": figure.high}


def change(study: Study, name: str) -> Metrics:
    """The paired differences to the champion with one-sided bounds, and what follows; the champion's own are 0."""
    trade_off, side = study.trade_off, study.side_figures.get(name)
    by_key = {"change/flips": side.flips} if side is not None else {}
    against = trade_off.changes.get(name)
    if against is None:
        return by_key | {"change/auc_delta": 0.0, "change/auc_lower": 0.0, "change/auc_upper": 0.0}
    by_key |= differences(against, "change")
    if name in trade_off.adjusted:
        by_key["change/p_adjusted"] = trade_off.adjusted[name]
    if name in trade_off.verdicts:
        by_key["change/verdict"] = VERDICTS[trade_off.verdicts[name]]
    return by_key


def differences(against: Change, section: str) -> Metrics:
    """Difference, bounds and p-value of every figure; more is better."""
    by_key: Metrics = {}
    for key, difference in against.differences.items():
        figures = {
            "delta": difference.delta,
            "lower": difference.lower,
            "upper": difference.upper,
            "p": difference.p_value,
        }
        by_key |= {f"{section}/{key}_{what}": value for what, value in figures.items()}
    return by_key


def cost(study: Study, name: str) -> Metrics:
    """The exact cost in its unit, and how many times less than the champion's it is."""
    trade_off = study.trade_off
    if name not in trade_off.cost:
        return {}
    own = trade_off.cost[name]
    by_key = {f"cost/{trade_off.cost_unit}": own}
    if trade_off.champion in trade_off.cost and own > 0:
        by_key["cost/times_less"] = trade_off.cost[trade_off.champion] / own
    return by_key


def price(study: Study, name: str) -> Metrics:
    """What its features are charged an application, and a year, where features have prices."""
    own = priced(study, name)
    if own is None:
        return {}
    by_key = {
        "price/an_application": own.an_application,
        **({} if own.a_year is None else {"price/a_year": own.a_year}),
    }
    if own.range is not None:
        by_key |= _interval("price/an_application", own.range)
    if own.saving is not None:
        by_key |= _interval("price/saving", own.saving)
    if own.saving_a_year is not None:
        by_key |= _interval("price/saving_a_year", own.saving_a_year)
    return by_key


def latency(timings: Mapping[int, Timing]) -> Metrics:
    """One application in microseconds, and rows a second in batches of 10,000."""
    by_key: Metrics = {}
    if single := timings.get(1):
        by_key |= {f"latency/{key}_us": getattr(single, key).value for key in ("p50", "p95", "p99", "model_p50")}
    if batch := timings.get(10_000):
        by_key["latency/rows_per_s"] = batch.rows_per_second
        if batch.speedup is not None:
            by_key |= _interval("latency/speedup", batch.speedup)
    return by_key


def fairness(study: Study, name: str) -> Metrics:
    """The lowest approval rate of a group over the highest, by attribute; the report has the evidence."""
    side = study.side_figures.get(name)
    ratios = side.approval_ratios if side is not None else {}
    return {f"fairness/approval_ratio {_REFUSED.sub('_', key)}": value for key, value in ratios.items()}


def confirmed(study: Study, name: str) -> Metrics:
    """What the test sample says, of the champion and of those that it was asked about."""
    by_key = worth(study.tested[name], "test") if name in study.tested else {}
    if name in study.trade_off.trials:
        by_key |= differences(study.trade_off.trials[name], "test")
    return by_key


def finite(values: Mapping[str, float]) -> Metrics:
    """Without what is no number: MLflow's databases store none."""
    return {key: float(value) for key, value in values.items() if math.isfinite(value)}
