"""Reviews a change of model on rows that are new to both: two bundles, or two files that somebody else trained."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from riskmodel import tables
from riskmodel.batch.parity import compared, forms
from riskmodel.core import Outcome, provenance
from riskmodel.datasets import encode
from riskmodel.evaluation import thresholds
from riskmodel.evaluation.change.rare_faults import Beyond, most_fallen
from riskmodel.evaluation.change.worst_case import NOT_ASKED, looked_for
from riskmodel.files import places
from riskmodel.review.dossier import assess
from riskmodel.review.evidence.periods import Dated
from riskmodel.review.evidence.side import Side
from riskmodel.review.evidence.subject import Earlier, Subject
from riskmodel.review.pages.change import save
from riskmodel.review.reports import change
from riskmodel.scorers import AS_SAVED, ModelSettings
from riskmodel.trees.worst_case import WorstChange
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.prune import table as prune_table
from riskmodel.workflows.prune.table import AS_USUAL, Spelling
from riskmodel.workflows.review import model as review_model
from riskmodel.workflows.review import rows as review_rows
from riskmodel.workflows.review import terms
from riskmodel.workflows.review.model import ReviewedModel
from riskmodel.workflows.review.rows import Columns, Read, RowsPart


@dataclass(frozen=True)
class Request:
    """What is reviewed, on which rows, and by which policy."""

    champion: Path
    challenger: Path
    data: Path
    columns: Columns = Columns()  # noqa: RUF009 - frozen
    since: date | None = None
    cutoff: float | None = None
    thresholds: Path = thresholds.STANDARD
    reseeded: tuple[Path, ...] = ()
    policy: Path | None = None  # margins, cutoff and grades of the reviewer's own
    store: str | None = None  # of models that are addresses in MLflow
    spelling: Spelling = AS_USUAL
    settings: Mapping[str, ModelSettings] = field(default_factory=dict)  # what a foreign file lost, by role
    unlabelled: Path | None = None  # applications without outcome: how far do their scores move
    decisions: Path | None = None  # the log of a service, which dates the rows that it decided
    worst_case: bool = False  # whether the applicant whose margin moves most is looked for


def review(request: Request, output: Path, stages: Stages, *, pdf: bool = False) -> dict[str, Any]:
    """Writes `output` (HTML) and the JSON beside it, and a PDF on request: all of them, or none. Returns the JSON.

    Raises: RiskModelError.
    """
    change.check_places(output)
    places.refuse_inside(output, request.data)
    limits = thresholds.read(request.thresholds)
    with stages.stage("Read"):
        models = [
            review_model.opened(path, request.store, request.settings.get(role, AS_SAVED))
            for role, path in (("champion", request.champion), ("challenger", request.challenger))
        ]
        own = request.settings.get("champion", AS_SAVED)
        seeds = [review_model.opened(path, request.store, own) for path in request.reseeded]
        _say_notes(models, stages)
        rows = review_rows.read(
            request.data,
            [*models, *seeds],
            request.columns,
            request.since,
            request.spelling,
            decisions=request.decisions,
        )
    with stages.stage("Assess"):
        subject = _subject(request, models[0], models[1], seeds, rows)
        dossier = assess(subject, limits)
    with stages.stage("Write"):
        data = change.memo(dossier, _record(request, models, rows, subject), _facts(models[1]))
        save(data, output, pdf=pdf)
    return data


def _say_notes(models: list[ReviewedModel], stages: Stages) -> None:
    for model in models:
        for note in model.foreign.notes if model.foreign else ():
            stages.say(f"{model.name}: {note}")


def _subject(
    request: Request, champion: ReviewedModel, challenger: ReviewedModel, seeds: list[ReviewedModel], rows: Read
) -> Subject:
    now = rows.now
    before, after = _sides(champion, challenger, now)
    dated = None if now.dates is None else Dated.of(now.dates)
    earlier = None
    if rows.earlier is not None:
        sides = _sides(champion, challenger, rows.earlier)
        dates = rows.earlier.dates
        when = None if dates is None else Dated.of(dates)
        names = None if when is None else when.names
        name = f"rows before {request.since}"
        obligor = _obligor(rows.earlier, request.columns)
        earlier = Earlier(*sides, rows.earlier.default, name, names, rows.earlier.weight, obligor, when)
    scored, weight = (earlier.champion.pd, earlier.weight) if earlier else (before.pd, now.weight)
    rule = terms.rules(champion, challenger, scored, request.policy, request.cutoff, weight)
    worst = looked_for(before.scorer, after.scorer, before.matrix) if request.worst_case else NOT_ASKED
    same = now.table.take(pa.array(compared(after.pd, rule.cutoff)))
    return Subject(
        before,
        after,
        now.default,
        rule.cutoff,
        rule.grade_edges,
        rule.margins,
        protected=now.protected,
        amount=now.amount,
        period=None if dated is None else dated.names,
        dated=dated,
        earlier=earlier,
        reseeded=tuple(_side(model.name, model, now).pd for model in seeds),
        no_reseed="No champion of another seed is at hand; reseeded names one.",
        ids=now.ids,
        obligor=_obligor(now, request.columns),
        cluster=None if now.clusters is None else (request.columns.cluster or "", now.clusters),
        beyond=_beyond(request, before, after, now.default, worst),
        worst=worst,
        forms=forms(challenger.scorer, challenger.bundle, same),
        terms=rule.terms,
        rows_sha=_whole_rows(now, request.columns.id),
        weight=now.weight,
    )


def _obligor(part: RowsPart, columns: Columns) -> NDArray[Any] | None:
    """Whose each row is: by the cluster, unless that is a block of time, or else by its id."""
    if part.clusters is not None and columns.cluster != columns.time:
        return part.clusters
    return None if part.ids is None else np.array([str(one) for one in part.ids])


def _beyond(request: Request, before: Side, after: Side, default: Outcome | None, worst: WorstChange | str) -> Beyond:
    """What further applications, and the worst case, say of faults that the reviewed rows do not show."""
    fall = 1.0
    if default is not None and not isinstance(worst, str):
        margins = [side.scorer.raw_margin(side.matrix) for side in (before, after)]
        fall = most_fallen(default, margins[0], margins[1], worst.bound)
    if request.unlabelled is None:
        return Beyond.of(None, after.scorer, before.scorer, fall)
    champion, challenger = (
        side.scorer.pd(prune_table.unlabelled(request.unlabelled, side.scorer.features, request.spelling))
        for side in (before, after)
    )
    return Beyond(challenger, champion, fall)


def _facts(challenger: ReviewedModel) -> dict[str, Any] | None:
    """What the challenger's owner wrote of it, where its bundle has it."""
    return dict(challenger.bundle.lineage.get("model", {})) if challenger.bundle else None


def _whole_rows(part: RowsPart, id_column: str | None) -> NDArray[np.uint64]:
    """A hash of each row in all columns of the table but its id."""
    columns = [name for name in part.table.column_names if name != id_column]
    table = part.table.select(columns).to_pandas()
    return np.asarray(pd.util.hash_pandas_object(table, index=False), np.uint64)


def _sides(champion: ReviewedModel, challenger: ReviewedModel, part: RowsPart) -> tuple[Side, Side]:
    """Both under their names, with their roles where the names are one."""
    names = [champion.name, challenger.name]
    if names[0] == names[1]:
        names = [f"{name} ({role})" for name, role in zip(names, ("champion", "challenger"), strict=True)]
    return _side(names[0], champion, part), _side(names[1], challenger, part)


def _side(name: str, model: ReviewedModel, part: RowsPart) -> Side:
    matrix = encode.matrix(part.table, model.scorer.features)
    return Side(name, model.scorer, matrix, model.reference, model.development_rows)


def _policy(subject: Subject, file: Path | None) -> dict[str, Any]:
    """Where cutoff and margins come from; a policy file by its hash."""
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest() if file else None
    return {"cutoff": str(subject.terms.cutoff), "margins": str(subject.terms.margins), "policy_sha256": sha256}


def _record(request: Request, models: list[ReviewedModel], rows: Read, subject: Subject) -> dict[str, Any]:
    """What went in, by hash; no time of day, so that the same input gives the same bytes."""
    columns = request.columns
    return {
        "data": {"file": rows.file, "sha256": rows.sha256, "since": str(request.since) if request.since else None},
        "columns": {**vars(columns), "protected": list(columns.protected)},
        **_further("unlabelled", request.unlabelled),
        **_further("decisions", request.decisions),
        "policy": _policy(subject, request.policy),
        "code_sha256": provenance.code_sha256(),
        "versions": provenance.versions(),
        "lineage": {
            role: dict(model.bundle.lineage) if model.bundle else _file(model)
            for role, model in zip(("champion", "challenger"), models, strict=True)
        },
    }


def _further(role: str, path: Path | None) -> dict[str, Any]:
    return {} if path is None else {role: {"file": path.name, "sha256": tables.sha256_of(path)}}


def _file(model: ReviewedModel) -> dict[str, Any]:
    """A foreign file, what was told of it, and what its user must know."""
    notes = {"notes": list(model.foreign.notes)} if model.foreign and model.foreign.notes else {}
    settings = {} if model.settings == AS_SAVED else {"settings": asdict(model.settings)}
    return {"file": model.name, **notes, **settings}
