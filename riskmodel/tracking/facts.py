"""What MLflow is told beside figures: params and tags of a variant and of its run, and the data that a run rests on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any

from riskmodel.config import Run
from riskmodel.core import Kind, Study, Variant
from riskmodel.selection.verdicts import verdict
from riskmodel.tracking.roles import COLOURS, role

_LONGEST_VALUE = 6_000  # MLflow refuses a longer param
_DIGEST = 32  # MLflow refuses digests of more than 36 characters; the whole hash stands in the source
JUDGED_BY, BY_DECISIONS = "judged_by", "decisions"
COLOUR = "mlflow.runColor"  # MLflow's own tag: the page draws a run's marks in it


@dataclass(frozen=True)
class DatasetFacts:
    """One sample as a dataset input; `source` and `profile` are JSON, `columns` MLflow types by name."""

    name: str
    digest: str
    context: str
    source: str
    profile: str
    columns: Mapping[str, str]


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
    return _as_text(values)


def _flat(path: str, data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{path}.{key}", value)
        else:
            yield f"{path}.{key}", value


def _as_text(values: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(value)[:_LONGEST_VALUE] for key, value in values.items()}


def run_params(settings: Run, study: Study) -> dict[str, str]:
    """What was fixed before anything was scored, and who won."""
    trade_off = study.trade_off
    values: dict[str, Any] = {
        "seed": settings.seed,
        "champion": trade_off.champion,
        "chosen": trade_off.chosen,
        "cost": trade_off.cost_unit,
        "least_gain": f"{settings.choice.least_gain:g}",
    }
    values |= dict(_flat("margin", trade_off.margins))
    values |= {f"policy.{key}": value for key, value in study.run.get("policy", {}).items()}
    return _as_text(values)


def tags(study: Study, name: str) -> dict[str, str]:
    """The part that a variant plays: role and its colour, verdict and by what, on_front, chosen, champion."""
    trade_off, part = study.trade_off, role(study, name)
    return {
        "variant": name,
        "role": str(part),
        COLOUR: COLOURS[part],
        "verdict": str(trade_off.verdicts.get(name, "champion")),
        JUDGED_BY: _judged_by(study, name),
        "on_front": _yes(name in trade_off.front),
        "chosen": _yes(name == trade_off.chosen),
        "champion": _yes(name == trade_off.champion),
    }


def _judged_by(study: Study, name: str) -> str:
    """In the words of the TOML; nothing judges the champion."""
    change = study.trade_off.changes.get(name)
    return "" if change is None else BY_DECISIONS if change.informative else "scores"


def _yes(value: bool) -> str:
    return "true" if value else "false"


def run_tags(study: Study) -> dict[str, str]:
    """What a run is: the hashes of data, TOML, code and environment, the champion, the choice and its verdict."""
    hashes = {f"{name}_sha256": str(value) for name, value in study.run.get("hashes", {}).items()}
    trade_off = study.trade_off
    answer = "champion stays" if study.confirmation is None else str(verdict(study.confirmation))
    said = {"champion_variant": trade_off.champion, "chosen_variant": trade_off.chosen, "verdict": answer}
    return {**hashes, **said, **_opened(study), "role": "study"}


def datasets(settings: Run, study: Study) -> tuple[DatasetFacts, ...]:
    """The four samples, each by the hash of its rows, with what they were cut from."""
    columns = {
        column.read_from: "string" if column.kind is Kind.CATEGORICAL else "double"
        for variant in study.variants.values()
        for column in variant.scorer.features
    }
    whole = str(study.run.get("hashes", {}).get("data", ""))
    return tuple(
        DatasetFacts(
            name=Path(settings.data.path).name,
            digest=str(facts.get("sha256", whole))[:_DIGEST],
            context=sample,
            source=json.dumps({"uri": str(settings.data.path), "sha256": whole, "rows_sha256": facts.get("sha256")}),
            profile=json.dumps({"num_rows": facts["rows"], "num_bads": facts["bads"]}),
            columns=columns,
        )
        for sample, facts in study.run.get("samples", {}).items()
    )


def _opened(study: Study) -> dict[str, str]:
    """The test sample by its hash, and how often it had been opened by then: a search for the hash finds all runs."""
    openings = study.run.get("openings") or []
    if not openings:
        return {}
    return {"test_sha256": str(openings[-1]["test_sha256"]), "test_openings": str(len(openings))}
