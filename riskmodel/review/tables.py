"""The tables of a run as data: one row a variant, a timing, a test or a plan; values that JSON holds.

What was not measured, or is no number, is None, and an empty cell in the CSV.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from riskmodel.core import Change, Difference, Evaluation, Interval, PruningPlan, Study, Timing, Variant
from riskmodel.explanation.cost import priced

Row = dict[str, Any]

TRADE_OFF_COLUMNS = (
    "variant", "scorer", "steps", "keep", "auc", "auc_low", "auc_high", "delta_auc", "delta_low", "p_adjusted",
    "decided_by", "judged_by", "cost", "verdict", "accuracy", "gini", "ks", "brier", "log_loss", "calibration_slope",
    "p50_us", "p99_us", "rows_per_s", "bytes", "trees", "leaves", "weights", "features", "on_front", "in_chain", "out",
    "chosen", "price", "price_a_year", "price_low", "price_high", "saving", "saving_low", "saving_high",
    "saving_a_year", "saving_a_year_low", "saving_a_year_high",
)  # fmt: skip
_CHAMPION = {"judged_by": [], "verdict": "champion"}
NAMED_UNITS = 200  # more names than a person reads are only counted


def trade_off_rows(study: Study) -> tuple[Row, ...]:
    """One row a variant in the order of the run, in `TRADE_OFF_COLUMNS`.

    `p50_us` and `p99_us` are microseconds for one decision with its reasons, `rows_per_s` is of batches of 10,000.
    """
    return tuple(_trade_off_row(study, variant) for variant in study.variants.values())


def _trade_off_row(study: Study, variant: Variant) -> Row:
    trade_off, name = study.trade_off, variant.name
    figures = trade_off.evaluations[name].figures
    auc = _bounds(figures.get("auc"))
    worth = ("accuracy", "gini", "ks", "brier", "log_loss", "calibration_slope")
    return {
        "variant": name,
        "scorer": variant.family,
        "steps": list(variant.steps),
        "keep": number(variant.keep),
        **dict(zip(("auc", "auc_low", "auc_high"), auc or (None, None, None), strict=True)),
        **_delta(study, name),
        "cost": number(trade_off.cost.get(name)),
        **{key: number(figures[key].value) if key in figures else None for key in worth},
        **_speed(trade_off.timings.get(name, {})),
        **_made_of(variant),
        "on_front": name in trade_off.front,
        "in_chain": name in trade_off.chain,
        "out": trade_off.out.get(name, ""),
        "chosen": name == trade_off.chosen,
        **_price(study, name),
    }


def _price(study: Study, name: str) -> Row:
    """What its features are charged an application, and a year."""
    own = priced(study, name)
    return {
        "price": number(own.an_application) if own else None,
        "price_a_year": number(own.a_year) if own else None,
        **_range("price", own.range if own else None, "low", "high"),
        **_range("saving", own.saving if own else None, "value", "low", "high"),
        **_range("saving_a_year", own.saving_a_year if own else None, "value", "low", "high"),
    }


def _range(name: str, interval: Interval | None, *parts: str) -> Row:
    keys = (name if part == "value" else f"{name}_{part}" for part in parts)
    return {key: number(getattr(interval, part, None)) for key, part in zip(keys, parts, strict=True)}


def _delta(study: Study, name: str) -> Row:
    if name == study.trade_off.champion:
        return {"delta_auc": 0.0, "delta_low": 0.0, "p_adjusted": None, "decided_by": "", **_CHAMPION}
    change = study.trade_off.changes[name]
    auc = change.differences["auc"]
    return {
        "delta_auc": number(auc.delta),
        "delta_low": number(auc.lower),
        "p_adjusted": number(study.trade_off.adjusted.get(name)),
        "decided_by": change.decided_by,
        "judged_by": list(change.deciding),
        "verdict": str(study.trade_off.verdicts[name]),
    }


def _speed(timings: Mapping[int, Timing]) -> Row:
    single, batch = timings.get(1), timings.get(10_000)
    return {
        "p50_us": number(single.p50.value) if single else None,
        "p99_us": number(single.p99.value) if single else None,
        "rows_per_s": number(batch.rows_per_second) if batch else None,
    }


def _made_of(variant: Variant) -> Row:
    complexity = variant.scorer.complexity()
    return {key: int(getattr(complexity, key)) for key in ("bytes", "trees", "leaves", "weights", "features")}


def to_csv(rows: Iterable[Row]) -> str:
    """Rows as CSV: six significant digits, true and false, Unix line ends; the same rows give the same bytes."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, TRADE_OFF_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    return buffer.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return " + ".join(value)
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def timing_rows(study: Study, names: Sequence[str]) -> tuple[Row, ...]:
    """Percentiles of the named variants at every batch size, in microseconds a call, each as [value, low, high]."""
    parts = ("p50", "p95", "p99", "model_p50")
    return tuple(
        {
            "variant": name,
            "batch": batch,
            **{part: _bounds(getattr(timing, part)) for part in parts},
            "rows_per_s": number(timing.rows_per_second),
        }
        for name in names
        for batch, timing in sorted(study.trade_off.timings.get(name, {}).items())
    )


def difference_rows(change: Change) -> tuple[Row, ...]:
    """One row a figure: the paired difference, its bounds, the margin and the verdict."""
    return tuple(
        {"sample": change.sample, "challenger": change.challenger, "figure": name, **_difference(difference)}
        | {"decides": name in change.deciding}
        for name, difference in change.differences.items()
    )


def _difference(difference: Difference) -> Row:
    keys = ("delta", "lower", "upper", "margin", "p_value", "detectable")
    return {key: number(getattr(difference, key)) for key in keys} | {"verdict": str(difference.verdict)}


def confirmation_rows(study: Study) -> tuple[Row, ...]:
    """One row a figure: champion and chosen, on the selection and the test sample, each as [value, low, high]."""
    names = {"champion": study.trade_off.champion, "chosen": study.trade_off.chosen}
    by_variant: dict[str, Evaluation | None] = {}
    for part, name in names.items():
        by_variant[f"{part}_selection"] = study.trade_off.evaluations[name]
        by_variant[f"{part}_test"] = study.tested.get(name)
    figures = dict.fromkeys(key for evaluation in by_variant.values() if evaluation for key in evaluation.figures)
    return tuple(
        {"figure": key, **{part: _bounds(e.figures.get(key)) if e else None for part, e in by_variant.items()}}
        for key in figures
    )


def plan_rows(variants: Iterable[Variant]) -> tuple[Row, ...]:
    """One row a plan: what it cut, how much stays, what was dropped, and the hashes that bind it."""
    return tuple(
        {"variant": variant.name, "step": step, **_plan(plan)}
        for variant in variants
        for step, plan in enumerate(variant.plans, start=1)
    )


def _plan(plan: PruningPlan) -> Row:
    dropped = [plan.units[i] for i in plan.dropped]
    return {
        "pruner": plan.pruner,
        "unit": plan.unit,
        "keep": number(plan.keep),
        "units": len(plan.units),
        "kept": len(plan.kept),
        "dropped": dropped[:NAMED_UNITS],
        "dropped_count": len(dropped),
        "scorer_sha256": plan.scorer_sha256,
        "plan_sha256": hashlib.sha256(plan.to_json()).hexdigest(),
    }


def plain(value: Any) -> Any:
    """The same data as JSON knows it: lists, text, numbers, None for what is no number."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, int)):
        return value
    return number(value) if isinstance(value, float) else str(value)


def number(value: float | None) -> float | None:
    """A finite float, or None."""
    return float(value) if value is not None and math.isfinite(value) else None


def _bounds(interval: Interval | None) -> list[float | None] | None:
    if interval is None or number(interval.value) is None:
        return None
    return [number(interval.value), number(interval.low), number(interval.high)]
