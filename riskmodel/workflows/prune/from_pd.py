"""Learns a PD that stands in a column: a small native booster, and the evidence, without the model that made it.

Judged as every challenger: sizes on selection, the chain once on test, against the column's PDs of the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from riskmodel import scorers
from riskmodel.core import Calibration, Development, Sample, Scorer, Split
from riskmodel.errors import RiskModelError
from riskmodel.evaluation.change.certificate import PARITY, certify_taught
from riskmodel.evaluation.change.fidelity import aligned
from riskmodel.files import places
from riskmodel.pruning.algorithms.students import teacher as students
from riskmodel.pruning.distil import SIZES, DistilPruner
from riskmodel.review.reports.frontier import GIVEN, Frontier
from riskmodel.scorers.base import boosting
from riskmodel.scorers.base.boosting import BoosterRecipe, BoosterScorer
from riskmodel.workflows import library_parity
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.prune import judge, record, row_source, search, teacher_column, trial_run, write
from riskmodel.workflows.prune import table as prune_table
from riskmodel.workflows.prune.judge import Rule
from riskmodel.workflows.prune.path import Cut
from riskmodel.workflows.prune.search import Judged
from riskmodel.workflows.prune.size import Size
from riskmodel.workflows.prune.table import AS_USUAL, Spelling
from riskmodel.workflows.prune.teacher_column import TeacherColumn

LEAVES = (512.0, 256.0, 128.0, 64.0, 32.0, 16.0)
METHOD = "distil"
UNKNOWN_MODEL = "Nobody knows how the PDs of a column move with the inputs: there is nothing to compare with."


@dataclass(frozen=True)
class LearntColumn:
    """What is learnt, and from which rows.

    Parameters
    ----------
    data
        A table of numbers with outcomes and PDs.
    target, teacher
        Its columns of the outcome and of the PD to learn.
    ignore
        Columns that nothing is learnt from.
    id_column, weight, bad, seed, unlabelled, spelling
        As of a model that is pruned; applications without outcome have the PD too.
    monotone
        1 or -1 by column.
    """

    data: Path
    target: str
    teacher: str
    ignore: tuple[str, ...] = ()
    id_column: str | None = None
    seed: int = 0
    unlabelled: Path | None = None
    weight: str | None = None
    spelling: Spelling = AS_USUAL
    monotone: tuple[tuple[str, int], ...] = ()
    bad: str | None = None


@dataclass(frozen=True)
class _Job:
    """A column, the scorer that stands for it, and where the student goes."""

    source: LearntColumn
    given: Cut
    teacher: TeacherColumn
    size: Size
    place: Path
    binary: bool


def learn(source: LearntColumn, output: Path, size: Size, stages: Stages, anyway: bool = False) -> Frontier:
    """Writes `output` (XGBoost where it ends in .json or .ubj, else LightGBM), its plan and its page, as `prune` does.

    Where the test sample confirms no student, the page alone is written, or with `anyway` all. Raises: RiskModelError.
    """
    size.check()
    if size.keep is not None or size.budget is not None:
        raise RiskModelError("of a column leaves or the margin must set the size, however: its own size is not known")
    places.refuse_inside(output, source.data, source.unlabelled)
    write.check_places(output, [path for path in (source.data, source.unlabelled) if path])
    others = [name for name in (source.target, source.id_column, source.weight, *source.ignore) if name]
    features = teacher_column.features(source.data, source.teacher, others, dict(source.monotone))
    is_xgboost = output.suffix.lower() in (".json", ".ubj")
    recipe = scorers.recipe("xgb" if is_xgboost else "lgbm", {"search": 0})
    if not isinstance(recipe, BoosterRecipe):
        raise TypeError("boosters have recipes of boosters")
    teacher = TeacherColumn(features, Calibration(), recipe, source.seed)
    with write.beside(output) as folder:
        given = Cut(GIVEN, GIVEN, 1.0, teacher, None)
        binary = output.suffix.lower() == ".ubj"
        frontier = _learnt(_Job(source, given, teacher, size, folder / output.name, binary), stages)
        if not (anyway or frontier.confirmed):
            write.withhold_model(folder, output)
    return frontier


def _learnt(job: _Job, stages: Stages) -> Frontier:
    """Makes the model, its plan and its page."""
    given, teacher, margin = job.given, job.teacher, job.size.margin
    with stages.stage("Read and split"):
        split, further = _samples(job.source, teacher)
        development, selection = split.development, split.selection
        teacher_column.check_copies(development.train, teacher)
    trial_run.hold(teacher, development.train, repr(job.source.teacher), stages)
    stages.say(trial_run.reach(selection, margin).in_words)
    rule = trial_run.rule_of(teacher, development.tune, margin, further)
    with stages.stage("Learn, and judge on selection"):
        made = _made(job, development, selection, rule)
    chain = trial_run.chain_of(given, made, searched=job.size.leaves is None)

    def rivals_of(cut: Cut) -> list[Cut]:
        return [_rival(teacher, cut, development)]

    result = trial_run.confirm(given, made, chain, split, rule, rivals_of, stages)
    chosen, test = result.trial.cut, result.test
    with stages.stage("Write"):
        written = _written(job, chosen, test)
        rows = test.columns(written.features)
        frontier = result.frontier(
            title=f"{job.source.teacher}, learnt from its column",
            method=METHOD,
            margin=margin,
            certificate=certify_taught(teacher.score(test), written, rows, rule.cutoff),
            record=_record(job, (development.train, development.tune, selection, test)),
            small_changes=UNKNOWN_MODEL,
        )
        write.write(job.place, frontier, None)
    return frontier


def _samples(source: LearntColumn, teacher: TeacherColumn) -> tuple[Split, Sample | None]:
    split = row_source.drawn(source, teacher.features, lambda table: teacher_column.check(table, source.teacher))
    if source.unlabelled is not None:
        whole = prune_table.opened(source.unlabelled, teacher.features, None, source.spelling)
        prune_table.check_features(source.unlabelled, whole.column_names, teacher.features)
        teacher_column.check(whole, source.teacher)
    return row_source.with_applications(split, source, teacher.features)


def _made(job: _Job, development: Development, selection: Sample, rule: Rule) -> list[Judged]:
    def make(leaves: float) -> Judged:
        small = students.student(job.teacher, development, DistilPruner().mix, int(leaves), SIZES)
        cut = Cut(f"{METHOD}@{leaves:g}", METHOD, leaves, _native(job.teacher, small, development), None)
        return cut, judge.change(job.given, cut, selection, rule)

    return search.smallest(make, LEAVES) if job.size.leaves is None else [make(job.size.leaves)]


def _rival(teacher: TeacherColumn, chosen: Cut, development: Development) -> Cut:
    """A model of at most as many leaves that was trained on the outcomes alone."""
    leaves = max(2, chosen.trees.n_leaves)
    plain = Development(development.train, development.tune)
    small = boosting.best(teacher.recipe.small(leaves), plain, teacher.learnable, teacher.seed)
    return Cut(f"retrain@{chosen.keep:g}", "retrain", chosen.keep, _native(teacher, small, development), None)


def _native(teacher: TeacherColumn, small: Scorer, development: Development) -> BoosterScorer:
    """A native model whose PDs have the level and the spread of the teacher's on tune."""
    if not isinstance(small, BoosterScorer):
        raise TypeError("a student of a column is a booster")
    tune = development.tune
    line = aligned(small.raw_margin(tune.columns(small.features)), teacher.score(tune), tune.weight)
    return small.recalibrated(line).standalone()


def _written(job: _Job, chosen: Cut, test: Sample) -> Scorer:
    """The chosen model, read back from its file. Raises: RiskModelError if it does not score as it was judged."""
    job.place.write_bytes(write.model(chosen.scorer, job.binary))
    written = library_parity.opened(job.place).scorer
    ours, theirs = (one.margin(test.columns(one.features)) for one in (written, chosen.scorer))
    if (apart := float(np.abs(ours - theirs).max())) > PARITY[chosen.trees.rules]:
        raise RiskModelError(f"the written model must score as it was judged, however: {apart:.1e} apart")
    return written


def _record(job: _Job, samples: Sequence[Sample]) -> dict[str, Any]:
    source = job.source
    given = {"teacher_pd": source.teacher, "ignored": list(source.ignore), "monotone": dict(source.monotone)}
    return {"given": given, **record.facts(source, job.place, samples, DistilPruner())}
