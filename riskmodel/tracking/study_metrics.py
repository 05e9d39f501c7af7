"""The figures of a whole run for MLflow: champion and choice on both samples, what is lost and gained, the path."""

from __future__ import annotations

import math
from collections.abc import Mapping

from riskmodel.core import Study
from riskmodel.tracking.roles import path
from riskmodel.tracking.variant_metrics import Metrics, differences, finite, worth

Path = Mapping[str, tuple[float, ...]]  # a metric's values, one a step


def metrics(study: Study) -> Metrics:
    """On the run that holds all variants; what was not measured is left out."""
    trade_off = study.trade_off
    by_key: Metrics = {"study/variants": float(len(study.variants)), "study/confirmed": float(len(trade_off.trials))}
    for name, part in ((trade_off.champion, "champion"), (trade_off.chosen, "chosen")):
        by_key |= worth(trade_off.evaluations[name], f"selection {part}")
        if name in study.tested:
            by_key |= worth(study.tested[name], f"test {part}")
    if trade_off.chosen in trade_off.changes:
        by_key |= differences(trade_off.changes[trade_off.chosen], "selection change")
    if study.confirmation is not None:
        by_key |= differences(study.confirmation, "test change")
    return finite(by_key | gains(study))


def gains(study: Study) -> Metrics:
    """How many times less the choice takes than the champion; 1 where the champion stays."""
    champion, chosen = study.trade_off.champion, study.trade_off.chosen
    before, after = (study.variants[name].scorer.complexity() for name in (champion, chosen))
    by_key: Metrics = {}
    for key in ("bytes", "features", "leaves"):
        if getattr(after, key):
            by_key[f"gain/{key}_times_less"] = getattr(before, key) / getattr(after, key)
    cost = study.trade_off.cost
    if champion in cost and cost.get(chosen, 0.0) > 0:
        by_key["gain/cost_times_less"] = cost[champion] / cost[chosen]
    timings = study.trade_off.timings
    for batch, key in ((1, "one"), (10_000, "batch")):
        pair = [timings.get(name, {}).get(batch) for name in (champion, chosen)]
        if pair[0] is not None and pair[1] is not None and pair[1].p50.value > 0:
            by_key[f"gain/{key}_times_faster"] = pair[0].p50.value / pair[1].p50.value
    return by_key


def pruning_path(study: Study) -> Path:
    """AUC, cost and flips from the champion down the front, one step a variant.

    Where a step has no such figure, that line is left out whole: MLflow stores no gaps.
    """
    steps = path(study)
    side, trade_off = study.side_figures, study.trade_off
    lines = {
        "path/auc": [trade_off.evaluations[name].figures["auc"].value for name in steps],
        "path/cost": [trade_off.cost.get(name, math.nan) for name in steps],
        "path/flips": [side[name].flips if name in side else math.nan for name in steps],
    }
    return {key: tuple(values) for key, values in lines.items() if all(map(math.isfinite, values))}
