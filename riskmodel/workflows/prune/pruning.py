"""Prunes a file of LightGBM, XGBoost or CatBoost that somebody else trained: a smaller one, and the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from riskmodel import tables
from riskmodel.core import Development, Pruner, Sample, Scorer, Split
from riskmodel.evaluation.change.certificate import certify
from riskmodel.files import places
from riskmodel.review.reports.frontier import GIVEN, Frontier
from riskmodel.scorers import AS_SAVED, ForeignModel, ModelSettings
from riskmodel.trees.upper_parts import cut_bound
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.prune import (
    as_library,
    compacted,
    monotone_proof,
    record,
    row_source,
    search,
    trial_run,
    write,
)
from riskmodel.workflows.prune import path as prune_path
from riskmodel.workflows.prune import size as prune_size
from riskmodel.workflows.prune.as_library import OpenedFile
from riskmodel.workflows.prune.judge import Rule
from riskmodel.workflows.prune.path import METHOD, Cut
from riskmodel.workflows.prune.reopened import reopened
from riskmodel.workflows.prune.size import Size
from riskmodel.workflows.prune.table import AS_USUAL, Spelling
from riskmodel.workflows.prune.trial_run import TrialResult


@dataclass(frozen=True)
class Source:
    """What is pruned, and on which rows; all rows of an id column must differ."""

    model: Path
    data: Path
    target: str
    id_column: str | None = None
    seed: int = 0  # of the split
    unlabelled: Path | None = None  # applications without outcome: from them the given model's PD is learnt
    weight: str | None = None  # column: for how many rows of the population each was drawn
    spelling: Spelling = AS_USUAL
    settings: ModelSettings = AS_SAVED  # what the file of the model lost
    bad: str | None = None  # the value of a bad, where the outcome is not 0 and 1
    inputs: tuple[str, ...] = ()  # of a network: the columns that its inputs take, in their order; none: as they lie
    library: str | None = None  # lightgbm or xgboost, where the smaller model shall be another library's


def prune(  # noqa: PLR0917
    source: Source,
    output: Path,
    size: Size,
    stages: Stages,
    method: str = METHOD,
    anyway: bool = False,
    worst_case: bool = False,
    options: Mapping[str, Any] | None = None,
    compact: bool = False,
) -> Frontier:
    """Writes `output`, `output`.plan.json and `output`.html where the test sample confirms a smaller model.

    Where it confirms none, the page alone is written; `anyway` writes the model and its plan too, marked as not
    confirmed. With `worst_case` the certificate names the applicant whose margin moves most; `options` are the
    method's; a `compact` model has the columns alone that it reads. All of what is written, or nothing.

    Raises: RiskModelError.
    """
    size.check()
    pruner = prune_path.tree_pruner(method, options)
    places.refuse_inside(output, source.data, source.unlabelled)
    write.check_places(output, [path for path in (source.model, source.data, source.unlabelled) if path])
    opened = as_library.opened(source.model, source.settings, source.data, source.library)
    for note in opened.model.notes:
        stages.say(f"{source.model.name}: {note}")
    size = size.of_features(pruner.unit == "feature", len(opened.model.scorer.features))
    binary = write.is_binary(output, opened.given)
    with write.beside(output) as folder:
        job = PruneJob(source, opened, pruner, size, folder / output.name, binary, worst_case, compact)
        frontier = _pruned(job, stages)
        if not (anyway or frontier.confirmed):
            write.withhold_model(folder, output)
    return frontier


@dataclass(frozen=True)
class PruneJob:
    """What is made of what, at a place that only this run sees."""

    source: Source
    opened: OpenedFile
    pruner: Pruner
    size: Size
    place: Path
    binary: bool
    worst_case: bool
    compact: bool

    @property
    def model(self) -> ForeignModel:
        return self.opened.model


def _pruned(job: PruneJob, stages: Stages) -> Frontier:
    """Makes the model, its plan and its page."""
    given = Cut(GIVEN, GIVEN, 1.0, job.model.scorer, None)
    split, further = _split(job, stages)
    keep = _keep(job, given, split.development, stages)
    rule = trial_run.rule_of(given.scorer, split.development.tune, job.size.margin, further)
    result = _confirmed(job, given, split, rule, keep, stages)
    with stages.stage("Write"):
        return _written(job, given, split, rule, result, stages)


def _split(job: PruneJob, stages: Stages) -> tuple[Split, Sample | None]:
    """The samples, and the applications without outcome that no fit sees; what they can show is said."""
    source, model, features = job.source, job.model, job.model.scorer.features
    with stages.stage("Read and split"):
        drawn = row_source.drawn(source, features, job.opened.hold)
        split, further = row_source.with_applications(drawn, source, features)
    trial_run.hold(model.scorer, split.development.train, source.model.name, stages)
    stages.say(trial_run.reach(split.selection, job.size.margin).in_words)
    return split, further


def _keep(job: PruneJob, given: Cut, development: Development, stages: Stages) -> float | None:
    """The share that was asked for, as such or by a budget; None where the search shall find it."""
    if job.size.budget is None:
        return job.size.share(given.trees.n_leaves)
    with stages.stage("Find the size"):
        return _within(job.size.budget, given, job.pruner, development, binary=job.binary)


def _confirmed(  # noqa: PLR0917
    job: PruneJob, given: Cut, split: Split, rule: Rule, keep: float | None, stages: Stages
) -> TrialResult:
    most = search.most(prune_path.KEEPS) if keep is None else 1
    stages.say(prune_path.work_of(given.scorer, job.pruner, split.development, most))
    with stages.stage("Prune, and judge on selection", most) as tick:
        made = trial_run.sizes(given, job.pruner, split.development, split.selection, rule, keep, tick)
    chain = trial_run.chain_of(given, made, searched=keep is None)
    rivals = partial(prune_path.rivals, given.scorer, development=split.development)
    return trial_run.confirm(given, made, chain, split, rule, rivals, stages)


def _written(  # noqa: PLR0917
    job: PruneJob, given: Cut, split: Split, rule: Rule, result: TrialResult, stages: Stages
) -> Frontier:
    """Writes the model, as it is read back, with its plan and its page."""
    chosen, test, settings = result.trial.cut, result.test, job.opened.settings
    monotone_proof.prove(given.scorer, chosen.scorer)
    written = reopened(job.place, job.opened, chosen, test, binary=job.binary)
    rows, apart = test.columns(written.features), cut_bound(given.trees, chosen.trees)
    evidence = certify(given.scorer, written, rows, rule.cutoff, apart, worst_case=job.worst_case)
    if job.compact:
        compacted.write(job.place, written, settings, test, binary=job.binary)
    frontier = result.frontier(
        title=f"{job.source.model.name}, pruned",
        method=job.pruner.name,
        margin=job.size.margin,
        certificate=evidence,
        small_changes=trial_run.small_changes(given.scorer, written, test, rule.cutoff, stages),
        record=_record(job, (*_fitted(split.development), split.selection, test)),
    )
    write.write(job.place, frontier, chosen.plan)
    return frontier


def _fitted(development: Development) -> tuple[Sample, Sample]:
    return development.train, development.tune


def _within(budget: tuple[str, int], given: Cut, pruner: Pruner, development: Development, *, binary: bool) -> float:
    """The share that a budget of nodes, trees or bytes comes to."""

    def cuts(keeps: Sequence[float]) -> Iterator[Scorer]:
        return (cut.scorer for cut in prune_path.cuts(given.scorer, pruner, development, keeps))

    return prune_size.largest(
        budget, given.trees.n_leaves, cuts, lambda scorer, unit: write.count(scorer, unit, binary)
    )


def _record(job: PruneJob, samples: Sequence[Sample]) -> dict[str, Any]:
    """What went in and what came out, by hash."""
    source = job.source
    given = {"file": source.model.name, "sha256": tables.sha256_of(source.model), **_read_as(job)}
    return {"model": given, **record.facts(source, job.place, samples, job.pruner)}


def _read_as(job: PruneJob) -> dict[str, Any]:
    """What was told of the model beside its file, and what its user must know."""
    notes: dict[str, Any] = {"notes": list(job.model.notes)} if job.model.notes else {}
    notes |= {"written_as": job.source.library} if job.source.library else {}
    settings = job.opened.settings
    return notes if settings == AS_SAVED else {**notes, "settings": asdict(settings)}
