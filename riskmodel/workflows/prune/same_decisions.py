"""The smallest native model that decides as the given one does, with its page; no outcome is needed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from riskmodel import tables
from riskmodel.config import Margins
from riskmodel.core import Change, Pruner, Sample, Scorer, canonical
from riskmodel.evaluation import compare
from riskmodel.files import places
from riskmodel.review.pages import same_decisions as page
from riskmodel.review.reports.frontier import GIVEN
from riskmodel.review.reports.same_decisions import SameDecisions
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.prune import alike, as_library, decision_rows, monotone_proof, record, trial_run, write
from riskmodel.workflows.prune import path as prune_path
from riskmodel.workflows.prune.alike import Alike, DecisionRule
from riskmodel.workflows.prune.as_library import OpenedFile
from riskmodel.workflows.prune.decision_rows import DecisionSource
from riskmodel.workflows.prune.path import METHOD, Cut
from riskmodel.workflows.prune.reopened import reopened


def decide_alike(  # noqa: PLR0917
    source: DecisionSource,
    output: Path,
    asked: tuple[float, float | None],
    stages: Stages,
    method: str | None = None,
    options: Mapping[str, Any] | None = None,
    anyway: bool = False,
    worst_case: bool = False,
) -> SameDecisions:
    """Writes `output`, its plan and its page where a smaller model is confirmed or proved to decide alike.

    Where none is, the page alone is written; with `anyway` the model and its plan too. All of it, or nothing. `asked`
    are the share of decisions and the cutoff, None where the given model approves 80 %. Raises: RiskModelError.
    """
    rule = DecisionRule(*asked)
    rule.check()
    pruner = alike.pd_pruner(method or METHOD, options)
    places.refuse_inside(output, source.data, source.unlabelled)
    write.check_places(output, [path for path in (source.model, source.data, source.unlabelled) if path])
    opened = as_library.opened(source.model, source.settings, source.data, source.library)
    for note in opened.model.notes:
        stages.say(f"{source.model.name}: {note}")
    binary = write.is_binary(output, opened.given)
    with write.beside(output) as folder:
        answer = _answered(source, opened, rule, folder / output.name, stages, pruner, binary, worst_case)
        if not (anyway or answer.confirmed):
            write.withhold_model(folder, output)
    return answer


def _answered(  # noqa: PLR0917
    source: DecisionSource,
    opened: OpenedFile,
    rule: DecisionRule,
    place: Path,
    stages: Stages,
    pruner: Pruner,
    binary: bool,
    worst_case: bool,
) -> SameDecisions:
    model = opened.model
    given = Cut(GIVEN, GIVEN, 1.0, model.scorer, None)
    with stages.stage("Read and split"):
        split = decision_rows.drawn(source, model.scorer.features, opened.hold)
    placed = rule.placed(model.scorer, split.development.tune)
    stages.say(placed.reach(split.test.rows))
    stages.say(prune_path.work_of(model.scorer, pruner, split.development, len(alike.KEEPS)))
    with stages.stage("Prune, choose and confirm", len(alike.KEEPS)) as tick:
        result = alike.smallest(given, pruner, split, placed, worst_case, tick)
    with stages.stage("Write"):
        monotone_proof.prove(model.scorer, result.cut.scorer)
        written = reopened(place, opened, result.cut, result.test, binary=binary)
        samples = (split.development.train, split.development.tune, split.selection, result.test)
        answer = SameDecisions(
            title=f"{source.model.name}, pruned to the same decisions",
            method=pruner.name,
            share=placed.share,
            cutoff=placed.cutoff,
            chosen=result.cut.name,
            confirmed=result.confirmed,
            points=result.points,
            tested=result.tested,
            asked=result.asked,
            everyone=result.everyone,
            change=_change(model.scorer, written, result),
            record=_record(source, place, samples, pruner),
            small_changes=trial_run.small_changes(model.scorer, written, result.test, placed.cutoff, stages),
        )
        _write(place, answer, result)
    return answer


def _change(given: Scorer, written: Scorer, result: Alike) -> Change | None:
    rows = decision_rows.with_outcome(result.test)
    if rows is None:
        return None
    return compare(result.cut.name, GIVEN, rows, written.score(rows), given.score(rows), Margins())


def _record(source: DecisionSource, place: Path, samples: tuple[Sample, ...], pruner: Pruner) -> dict[str, Any]:
    """What went in and what came out, by hash."""
    given = {"file": source.model.name, "sha256": tables.sha256_of(source.model)}
    rows = {sample.name: {"rows": len(sample)} for sample in samples}
    return {"model": given, **record.facts(source, place, samples, pruner), "samples": rows}


def _write(place: Path, answer: SameDecisions, result: Alike) -> None:
    plan, html, _ = write.places(place)
    plan.write_bytes(canonical({"plan": write.plan_of(result.cut.plan), **page.facts(answer)}))
    html.write_text(page.page(answer), "utf-8")
