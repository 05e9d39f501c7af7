"""The main job: from a TOML to a champion, its pruned variants, the choice, its confirmation, and all that is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from threadpoolctl import threadpool_limits

from riskmodel import config, selection, tracking
from riskmodel.batch import parity, timing
from riskmodel.config import Run
from riskmodel.core import (
    Development,
    Evaluation,
    Recipe,
    Sample,
    SideFigures,
    Split,
    Study,
    TradeOff,
    Variant,
    provenance,
)
from riskmodel.datasets import leakage, preparation, sample_split
from riskmodel.datasets.leakage import Suspect
from riskmodel.datasets.preparation import Prepared
from riskmodel.errors import RiskModelError
from riskmodel.evaluation import champion, machine
from riskmodel.evaluation.champion import Champion
from riskmodel.evaluation.change import power
from riskmodel.evaluation.contest import Contest
from riskmodel.evaluation.side_figures import side_figures
from riskmodel.evaluation.stability import development_drift
from riskmodel.explanation.attributions import ranked
from riskmodel.files import beside, places
from riskmodel.review import run_dossier, run_files
from riskmodel.review.dossier import Dossier
from riskmodel.scorers import checkpoints, recipes_of
from riskmodel.scorers.checkpoints import Checkpoints
from riskmodel.selection import openings
from riskmodel.trees import HasTrees
from riskmodel.workflows import sync
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.train import (
    cascade_variant,
    develop,
)

Variants = dict[str, Variant]


def train(
    toml: Path, output: Path | None, store: str | None, stages: Stages, *, resume: bool = False
) -> tuple[Study, Path]:
    """Runs a TOML, writes `output` (reports/<name> if None) whole or not at all, and sends it to a store of MLflow.

    Without a `store` nothing is sent.

    With `resume`, what a stopped run of the same inputs has fitted and pruned is used: the same bytes, sooner.
    Raises: RiskModelError; where the store could not be written, the report is complete all the same.
    """
    run, toml_sha256 = config.read(toml)
    recipes = recipes_of(run)
    develop.check_steps(run)
    target = output or Path("reports") / run.name
    with ExitStack() as begun, _beside(target, [toml.parent / p for p in run.data.paths], resume=resume) as folder:
        job = _begun(run, toml, toml_sha256, folder, stages)
        kept = checkpoints.opened(target, job.hashes["data"], toml_sha256, job.data.draw.record)
        runs = begun.enter_context(tracking.watched(store, run.name, toml_sha256)) if store else None
        stages.say(power.planned(run.margins, job.data.draw.facts).in_words)
        unpruned = _fitted(job, recipes, kept)
        contest, first = _contest(job, unpruned, kept)
        proposal = _proposed(job, contest)
        trade_off, tested, test = _confirmed(job, contest, proposal)
        dossier = _dossier(job, contest, trade_off, test)
        opening = openings.entry(test, job.hashes, trade_off.chosen)
        study = Study(
            trade_off,
            contest.variants,
            trade_off.trials.get(trade_off.chosen),
            tested,
            _facts(job, contest, first)
            | {"openings": openings.of_sample(target, openings.written(folder, target, opening))},
            _attributions(unpruned, job.development),
            _side_figures(job, contest, kept),
        )
        with stages.stage("Write report"):
            places = run_files.write(study, dossier, contest, job.development, folder)
            tracking.save(folder, run, study, *places)
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
    (job.folder / "choice.json").write_bytes(selection.record(proposal))
    return proposal


def _confirmed(job: _Job, contest: Contest, proposal: TradeOff) -> tuple[TradeOff, Mapping[str, Evaluation], Sample]:
    with job.stages.stage("Confirm on test"):
        test = job.samples.test.open(proposal.choice)
        trade_off, tested = contest.confirmed(proposal, test)
    (job.folder / "choice.json").write_bytes(selection.record(trade_off))
    return trade_off, tested, test


def _dossier(job: _Job, contest: Contest, trade_off: TradeOff, test: Sample) -> Dossier:
    chosen, later = contest.variants[trade_off.chosen].scorer, (job.samples.selection, test)
    drifts = development_drift.of_scorer(chosen, job.development, later, job.run.data.time)
    (job.folder / development_drift.FILE).write_bytes(development_drift.to_json(drifts))
    with job.stages.stage("Weigh the change"), threadpool_limits(job.run.threads):
        forms = parity.before_saving(chosen, contest.policy, job.run.data.scoring, job.data.applications())
        return run_dossier.dossier(contest, trade_off, job.development, test, forms, drifts)


def _side_figures(job: _Job, contest: Contest, kept: Checkpoints) -> dict[str, SideFigures]:
    scorers = {name: variant.scorer for name, variant in contest.variants.items()}
    protected, selected, seconds = job.run.data.protected, job.samples.selection, kept.durations.by_name
    return side_figures(scorers, contest.champion, contest.policy.cutoff, protected, selected, seconds)


def _facts(job: _Job, contest: Contest, first: Champion) -> dict[str, object]:
    run, policy = job.run, contest.policy
    return {
        "hashes": job.hashes,
        "seeds": {"run": run.seed},
        **job.data.draw.facts,
        "suspects": leakage.recorded(job.suspects, run.data),
        **({} if contest.cascade is None else {"cascade": contest.cascade}),
        "policy": {"cutoff": policy.cutoff, "refer_from": policy.refer_from, **_applications(run)},
        "champion": first.facts,
        "machine": machine(),
        "versions": provenance.versions(),
        "durations": job.stages.durations,
    }


def _applications(run: Run) -> dict[str, int]:
    count = run.policy.applications_per_year
    return {} if count is None else {"applications_per_year": count}


def _attributions(unpruned: Variants, development: Development) -> dict[str, tuple[tuple[str, float], ...]]:
    """Mean |SHAP| of each booster's features on tune."""
    tune = development.tune.representative(len(development.tune))
    boosters = {name: variant.scorer for name, variant in unpruned.items() if isinstance(variant.scorer, HasTrees)}
    return {name: ranked(scorer, tune) for name, scorer in boosters.items()}


@contextmanager
def _beside(target: Path, sources: Sequence[Path], *, resume: bool) -> Iterator[Path]:
    """A folder next to `target` that takes its place when all went well; else it vanishes and `target` stays.

    What a run that was stopped has fitted stays hidden beside it, until a run is complete or starts afresh.
    """
    places.refuse_inside(target, *sources)
    if target.exists() and not (target / "run.json").is_file() and (not target.is_dir() or any(target.iterdir())):
        raise RiskModelError(f"{target}: must be a new folder or an earlier report, however: it holds other files")
    if not resume:
        checkpoints.clear(target)
    try:
        with beside.folder(target) as folder:
            yield folder
    except KeyboardInterrupt as error:
        if target not in beside.written() and checkpoints.place_of(target).exists():
            error.args = ("the report is as it was before; riskmodel train --resume goes on with what was fitted",)
        raise
    checkpoints.clear(target)
