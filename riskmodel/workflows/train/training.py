"""The main job: from a TOML to a champion, its pruned variants, the choice, its confirmation, and all that is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from threadpoolctl import threadpool_limits

from riskmodel.batch import parity, timing
from riskmodel.config import Run, read
from riskmodel.core import Development, Evaluation, Recipe, Sample, Split, Study, TradeOff, Variant, provenance
from riskmodel.core.evidence import Evidence
from riskmodel.datasets import preparation, sample_split
from riskmodel.datasets.leakage import Suspect
from riskmodel.datasets.preparation import Prepared
from riskmodel.evaluation import champion
from riskmodel.evaluation.champion import Champion
from riskmodel.evaluation.change import power
from riskmodel.evaluation.contest import Contest
from riskmodel.review import run_dossier, run_files, run_study
from riskmodel.review.dossier import Dossier
from riskmodel.scorers import checkpoints, recipes_of
from riskmodel.scorers.checkpoints import Checkpoints
from riskmodel.selection import openings, record
from riskmodel.tracking import save, watched
from riskmodel.workflows import sync
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.train import cascade_variant, develop

Variants = dict[str, Variant]


def train(
    toml: Path, output: Path | None, store: str | None, stages: Stages, *, resume: bool = False
) -> tuple[Study, Path]:
    """Runs a TOML, writes `output` (reports/<name> if None) whole or not at all, and sends it to a store of MLflow.

    Without a `store` nothing is sent.

    With `resume`, what a stopped run of the same inputs has fitted and pruned is used: the same bytes, sooner.
    Raises: RiskModelError; where the store could not be written, the report is complete all the same.
    """
    run, toml_sha256 = read(toml)
    recipes = recipes_of(run)
    develop.check_steps(run)
    target = output or Path("reports") / run.name
    with ExitStack() as begun, run_files.folder(target, run, toml.parent, resume=resume) as folder:
        job = _begun(run, toml, toml_sha256, folder, stages)
        kept = checkpoints.opened(target, job.hashes["data"], toml_sha256, job.data.draw.record)
        runs = begun.enter_context(watched(store, run.name, toml_sha256)) if store else None
        stages.say(power.planned(run.margins, job.data.draw.facts).in_words)
        unpruned = _fitted(job, recipes, kept)
        contest, first = _contest(job, unpruned, kept)
        proposal = _proposed(job, contest)
        trade_off, tested, test = _confirmed(job, contest, proposal)
        dossier, drifted = _dossier(job, contest, trade_off, test)
        opening = openings.entry(test, job.hashes, trade_off.chosen)
        ledger = openings.of_sample(target, openings.written(folder, target, opening))
        facts = run_study.facts(contest, first, job.hashes, job.data.draw.facts, job.suspects)
        facts |= {"durations": stages.durations, "openings": ledger}
        made_in = kept.durations.by_name
        study = run_study.study(contest, trade_off, tested, facts, job.development, job.samples.selection, made_in)
        with stages.stage("Write report"):
            places = run_files.write(study, dossier, drifted, contest, job.development, folder)
            save(folder, run, study, *places)
    if runs is not None:
        sync.send(runs, target, stages)
    return study, target


@dataclass(frozen=True)
class _Job:
    """What every step reads: the run, its rows in their samples, and the folder that becomes the report."""

    run: Run
    hashes: Mapping[str, str]
    data: Prepared
    suspects: Sequence[Suspect]
    samples: Split
    folder: Path
    stages: Stages

    @property
    def development(self) -> Development:
        return self.samples.development


def _begun(run: Run, toml: Path, toml_sha256: str, folder: Path, stages: Stages) -> _Job:
    with stages.stage("Read and split"):
        data = preparation.prepare(run, toml.parent)
        cascade_variant.check(run, data.schema.features)
        develop.check_features(run, data.schema.features)
        suspects, samples = data.answered(), data.samples()
    (folder / sample_split.FILE).write_bytes(data.draw.record)
    (folder / "run.toml").write_bytes(toml.read_bytes())
    return _Job(run, provenance.hashes(data.table.sha256, toml_sha256), data, suspects, samples, folder, stages)


def _fitted(job: _Job, recipes: Mapping[str, Recipe], kept: Checkpoints) -> Variants:
    ticks, features = develop.count_fits(recipes), job.data.schema.features
    with threadpool_limits(job.run.threads), job.stages.stage("Fit scorers", ticks) as tick:
        return develop.fitted(recipes, features, job.development, job.run.seed, tick, checkpoints=kept)


def _contest(job: _Job, unpruned: Variants, kept: Checkpoints) -> tuple[Contest, Champion]:
    """The champion is known before anything is pruned; policy and margins are its own, on tune."""
    run, tune = job.run, job.development.tune
    with threadpool_limits(run.threads):
        with job.stages.stage("Choose the champion"):
            chosen = champion.choose(unpruned, job.development)
        with job.stages.stage("Prune and recover", develop.count_cuts(run)) as tick:
            variants = {**unpruned, **develop.challengers(run, unpruned, job.development, tick, kept)}
    contest = Contest.of(run, variants, chosen.name, tune, job.data.further)
    return _with_cascade(job, contest, unpruned, kept), chosen


def _with_cascade(job: _Job, contest: Contest, unpruned: Variants, kept: Checkpoints) -> Contest:
    """With the cascade that is asked for among the variants; where rows show no band for it, that is said."""
    name, policy = contest.champion, contest.policy
    with threadpool_limits(job.run.threads):
        attempt = cascade_variant.made(job.run, unpruned, name, policy, job.development, kept)
    if attempt is None:
        return contest
    if attempt.variant is None:
        job.stages.say(f"The cascade is left out: {attempt.why}.")
        return replace(contest, cascade=attempt.record)
    variants = {**contest.variants, attempt.variant.name: attempt.variant}
    return replace(contest, variants=variants, cascade=attempt.record)


def _proposed(job: _Job, contest: Contest) -> TradeOff:
    """The choice by selection alone, written down before the test sample is opened."""
    with job.stages.stage("Judge on selection"):
        judgement = contest.judged(job.samples.selection)
    with job.stages.stage("Measure latency", len(timing.BATCHES)) as tick:
        decisions = timing.Decisions(contest.policy, job.run, job.development)
        effort, applications = timing.within(sum(job.stages.seconds.values())), job.data.applications()
        timings = timing.timed(contest.variants, contest.champion, decisions, applications, effort, tick)
    proposal = contest.proposed(judgement, timings, job.samples.selection)
    (job.folder / "choice.json").write_bytes(record(proposal))
    return proposal


def _confirmed(job: _Job, contest: Contest, proposal: TradeOff) -> tuple[TradeOff, Mapping[str, Evaluation], Sample]:
    with job.stages.stage("Confirm on test"):
        trade_off, tested, test = contest.confirmed(proposal, job.samples.test)
    (job.folder / "choice.json").write_bytes(record(trade_off))
    return trade_off, tested, test


def _dossier(job: _Job, contest: Contest, trade_off: TradeOff, test: Sample) -> tuple[Dossier, Sequence[Evidence]]:
    chosen = contest.variants[trade_off.chosen].scorer
    with job.stages.stage("Weigh the change"), threadpool_limits(job.run.threads):
        forms = parity.before_saving(chosen, contest.policy, job.run.data.scoring, job.data.applications())
        return run_dossier.dossier(contest, trade_off, job.development, test, job.samples.selection, forms)
