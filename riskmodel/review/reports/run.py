"""The review as data: everything that the HTML says, so that a reader's own program can check it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from riskmodel.config import Margins, Run
from riskmodel.core import Change, Complexity, PruningPlan, Study, canonical
from riskmodel.core.evidence import Mark
from riskmodel.errors import RiskModelError
from riskmodel.review.balance import SIZES, Pan, less_is_better
from riskmodel.review.cautions.models import IDENTICAL
from riskmodel.review.claims import budget_claim, joint_verdict
from riskmodel.review.dossier import Dossier
from riskmodel.review.findings import Finding, Severity, Topic, ranked
from riskmodel.review.findings.of_run import run_findings
from riskmodel.review.narrative import narrative
from riskmodel.review.tables import (
    Row,
    confirmation_rows,
    difference_rows,
    plain,
    plan_rows,
    timing_rows,
    trade_off_rows,
)
from riskmodel.review.wording import NOT_EVALUATED, count, listed, micros, size, sizes, units
from riskmodel.selection import MACHINE

SCHEMA_VERSION = 4


@dataclass(frozen=True)
class Review:
    """A run as its reviewer needs it; plain values only, and the same study gives the same bytes."""

    schema_version: int
    name: str
    champion: str
    chosen: str
    reason: str
    changed: str
    verdict: str  # non-inferior, inferior, inconclusive, champion stays, NOT EVALUATED
    selection_verdict: str
    cost_unit: str  # what decides
    chain: tuple[str, ...]  # whom the test sample was to confirm, the dearest first
    out: Mapping[str, str]  # why a challenger could not be chosen, whatever its worth
    latency: Mapping[str, Any]  # budget_us, and the claim by variant
    findings: tuple[Finding, ...]
    margins: Mapping[str, Any]
    samples: tuple[Row, ...]
    rows: tuple[Row, ...]
    differences: tuple[Row, ...]  # every challenger on selection, then the chain on test
    confirmation: tuple[Row, ...]
    timings: tuple[Row, ...]
    plans: tuple[Row, ...]
    attributions: Mapping[str, list[list[Any]]]
    settings: Mapping[str, Any]
    run: Mapping[str, Any]
    model: Mapping[str, Any]  # what its owner wrote of it, and what is to be filled
    balance: tuple[Row, ...]  # what is gained and lost, time included
    dossier: Mapping[str, Any] | None = None  # what `review.dossier` found on the test sample

    def to_json(self) -> bytes:
        return canonical(asdict(self))

    @classmethod
    def from_json(cls, text: bytes) -> Review:
        """Raises: RiskModelError for another schema version."""
        data = json.loads(text)
        if data.get("schema_version") != SCHEMA_VERSION:
            raise RiskModelError(
                f"review: schema_version must be {SCHEMA_VERSION}, however: {data.get('schema_version')}"
            )
        findings = tuple(_finding(item) for item in data["findings"])
        tables = ("balance", "samples", "rows", "differences", "confirmation", "timings", "plans", "chain")
        return cls(**{**data, "findings": findings, **{key: tuple(data[key]) for key in tables}})


def _finding(item: Mapping[str, Any]) -> Finding:
    mark = item.get("mark")
    known = {"severity": Severity(item["severity"]), "topic": Topic(item["topic"]), "mark": mark and Mark(mark)}
    return Finding(**{**item, **known})


def review(settings: Run, study: Study, dossier: Dossier | None = None) -> Review:
    """The report of a finished run: what changed, the verdict, the findings, and all tables.

    `dossier` is the evidence on its chosen variant; without it the report says that this was not evaluated.
    """
    trade_off = study.trade_off
    stars = tuple(dict.fromkeys((trade_off.champion, trade_off.chosen)))
    return Review(
        schema_version=SCHEMA_VERSION,
        name=settings.name,
        champion=trade_off.champion,
        chosen=trade_off.chosen,
        reason=trade_off.reason,
        changed=_changed(study),
        verdict=_verdict(study),
        selection_verdict=str(trade_off.verdicts.get(trade_off.chosen, "champion")),
        cost_unit=trade_off.cost_unit,
        chain=trade_off.chain,
        out=dict(trade_off.out),
        latency=_latency(settings, study, stars),
        findings=_findings(settings, study, dossier),
        margins=dict(trade_off.margins) or Margins().model_dump(),
        samples=_samples(study),
        rows=trade_off_rows(study),
        differences=tuple(row for change in _changes(study) for row in difference_rows(change)),
        confirmation=confirmation_rows(study),
        timings=timing_rows(study, (*stars, MACHINE)),
        plans=plan_rows(study.variants.values()),
        attributions=plain(study.attributions),
        settings=plain(settings.model_dump(mode="json")),
        run=plain(study.run),
        model=narrative(settings.model.model_dump(mode="json")),
        balance=_balance(study, dossier),
        dossier=dossier.plain() if dossier else None,
    )


def _findings(settings: Run, study: Study, dossier: Dossier | None) -> tuple[Finding, ...]:
    """Of run and dossier together; the run tells the verdict, which is that on its test sample."""
    own = run_findings(settings, study)
    stays = study.trade_off.chosen == study.trade_off.champion
    covered = {f"caution.{IDENTICAL.id}"} if stays else set()
    more = [f for f in dossier.findings if f.topic is not Topic.VERDICT and f.test not in covered] if dossier else []
    return ranked([*own, *more])


def _balance(study: Study, dossier: Dossier | None) -> tuple[Row, ...]:
    """The cost that decided, the dossier's, and median times of one application where their intervals lie apart."""
    pair = study.trade_off.champion, study.trade_off.chosen
    costs = [study.trade_off.cost.get(name) for name in pair]
    before, after = (study.trade_off.timings.get(name, {}).get(1) for name in pair)
    items = list(dossier.balance) if dossier else []
    if costs[0] is not None and costs[1] is not None and study.trade_off.cost_unit not in SIZES:
        items = [*less_is_better(study.trade_off.cost_unit, "cost", costs[0], costs[1]), *items]
    if before and after and pair[0] != pair[1]:
        apart = before.p50.low > after.p50.high or after.p50.low > before.p50.high
        timed = less_is_better("one_application", "microseconds", before.p50.value, after.p50.value)
        items += [item if apart else replace(item, pan=Pan.OPEN) for item in timed]
    return tuple(plain(asdict(item)) for item in items)


def _changed(study: Study) -> str:
    champion, chosen = (study.variants[name] for name in (study.trade_off.champion, study.trade_off.chosen))
    if champion.name == chosen.name:
        return f"Nothing changes: {champion.name} stays."
    steps = listed([_cut(plan) for plan in chosen.plans])
    how = f" Made by: {steps}." if steps else " It is not pruned: another scorer of the same run."
    before, after = champion.scorer.complexity(), chosen.scorer.complexity()
    return f"{chosen.name} in place of {champion.name}.{how} {_from_to(study, before, after)}"


def _cut(plan: PruningPlan) -> str:
    if plan.unit == "scorer":  # made afresh: of units that stay there is nothing to say
        return f"{plan.pruner} at keep {plan.keep:g}"
    stay = f"{count(len(plan.kept))} of {count(len(plan.units))} {units(plan.unit)} stay"
    return f"{plan.pruner} at keep {plan.keep:g} ({stay})"


def _from_to(study: Study, before: Complexity, after: Complexity) -> str:
    parts = sizes(asdict(before), asdict(after))
    parts.append(f"size {size(before.bytes)} to {size(after.bytes)}")
    single = [
        study.trade_off.timings.get(name, {}).get(1) for name in (study.trade_off.champion, study.trade_off.chosen)
    ]
    if single[0] and single[1]:
        parts.append(f"one application {micros(single[0].p50.value)} to {micros(single[1].p50.value)} (median)")
    return f"From champion to chosen: {', '.join(parts)}."


def _verdict(study: Study) -> str:
    if study.trade_off.chosen == study.trade_off.champion:
        return "champion stays"
    return str(joint_verdict(study.confirmation)) if study.confirmation else NOT_EVALUATED


def _latency(settings: Run, study: Study, names: tuple[str, ...]) -> dict[str, Any]:
    budget = settings.latency.budget_us
    timings = study.trade_off.timings
    claims = {name: budget_claim(timings.get(name, {}), budget, timings.get(MACHINE)) for name in names}
    return {"budget_us": budget, "claims": claims}


def _samples(study: Study) -> tuple[Row, ...]:
    judged = (study.trade_off.evaluations[study.trade_off.champion], *study.tested.values())
    by_name = {evaluation.sample: evaluation for evaluation in judged}
    return tuple(
        {"sample": name, "rows": e.rows, "bads": e.bads, "bad_rate": plain(e.bad_rate and vars(e.bad_rate))}
        for name, e in by_name.items()
    )


def _changes(study: Study) -> tuple[Change, ...]:
    return (*study.trade_off.changes.values(), *study.trade_off.trials.values())
