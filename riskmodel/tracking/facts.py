"""What MLflow is told of a variant: params, metrics and tags as plain mappings, drawn from the study alone.

Metric names have a section before the slash: MLflow's charts are grouped by it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

from riskmodel.config import Run
from riskmodel.core import Change, Study, Timing, Variant

_LONGEST_VALUE = 6_000  # MLflow refuses a longer param
_SIZES = ("bytes", "trees", "leaves", "weights", "features")


def params(settings: Run, variant: Variant) -> dict[str, str]:
    """How a variant was made: scorer, steps, keep, seeds, the options of the scorer and of every pruner."""
    recipe = getattr(variant.scorer, "recipe", None)
    values: dict[str, Any] = {
        "scorer": variant.family,
        "steps": " + ".join(variant.steps) or "none",
        "keep": f"{variant.keep:g}",
        "seed": settings.seed,
    }
    values |= dict(_flat("scorer", asdict(recipe))) if is_dataclass(recipe) and not isinstance(recipe, type) else {}
    for step, plan in enumerate(variant.plans, start=1):
        values |= {f"step_{step}.pruner": plan.pruner, f"step_{step}.keep": f"{plan.keep:g}"}
        values |= dict(_flat(f"step_{step}", plan.options))
    return {key: str(value)[:_LONGEST_VALUE] for key, value in values.items()}


def _flat(path: str, data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{path}.{key}", value)
        else:
            yield f"{path}.{key}", value


def metrics(study: Study, name: str) -> dict[str, float]:
    """Worth, change, latency and size of a variant on the selection sample; what is no number is left out."""
    complexity = study.variants[name].scorer.complexity()
    figures = study.trade_off.evaluations[name].figures
    figures_by_key = {f"quality/{key}": figure.value for key, figure in figures.items()}
    if name in study.trade_off.changes:
        figures_by_key |= _change("change", study.trade_off.changes[name])
    else:
        figures_by_key |= {"change/delta_auc": 0.0, "change/delta_low": 0.0}
    figures_by_key |= _latency(study.trade_off.timings.get(name, {}))
    figures_by_key |= {f"size/{key}": float(getattr(complexity, key)) for key in _SIZES}
    return _finite(figures_by_key)


def _change(section: str, change: Change) -> dict[str, float]:
    auc = change.differences["auc"]
    return {f"{section}/delta_auc": auc.delta, f"{section}/delta_low": auc.lower}


def _latency(timings: Mapping[int, Timing]) -> dict[str, float]:
    single, batch = timings.get(1), timings.get(10_000)
    latencies = {"latency/p50_us": single.p50.value, "latency/p99_us": single.p99.value} if single else {}
    return latencies | ({"latency/rows_per_s": batch.rows_per_second} if batch else {})


def _finite(values: Mapping[str, float]) -> dict[str, float]:
    return {key: float(value) for key, value in values.items() if math.isfinite(value)}


def confirmation(study: Study) -> dict[str, float]:
    """The chosen variant on the test sample."""
    tested = study.tested.get(study.trade_off.chosen)
    by_key = {f"confirm/{key}": figure.value for key, figure in tested.figures.items()} if tested else {}
    return _finite(by_key | (_change("confirm", study.confirmation) if study.confirmation else {}))


def tags(study: Study, name: str) -> dict[str, str]:
    """The part that a variant plays: verdict, on_front, chosen, champion."""
    trade_off = study.trade_off
    return {
        "verdict": str(trade_off.verdicts.get(name, "champion")),
        "on_front": _yes(name in trade_off.front),
        "chosen": _yes(name == trade_off.chosen),
        "champion": _yes(name == trade_off.champion),
    }


def _yes(value: bool) -> str:
    return "true" if value else "false"


def run_tags(study: Study) -> dict[str, str]:
    """What a run is: the hashes of data, TOML, code and environment, the choice and its reason."""
    hashes = {f"{name}_sha256": str(value) for name, value in study.run.get("hashes", {}).items()}
    trade_off = study.trade_off
    said = {"champion_variant": trade_off.champion, "chosen_variant": trade_off.chosen}
    return hashes | said | {"mlflow.note.content": trade_off.reason}
