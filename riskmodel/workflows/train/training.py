"""The main job: from a TOML to a champion, its pruned variants, the choice, its confirmation, and all that is left."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from threadpoolctl import threadpool_limits

from riskmodel import bundle, config, selection, tracking
from riskmodel.batch import timing
from riskmodel.config import Run
from riskmodel.core import Development, Policy, RowSketch, Scale, Scorer, Study, Variant, canonical
from riskmodel.datasets import leakage, preparation, sample_split
from riskmodel.datasets.leakage import Suspect
from riskmodel.datasets.preparation import Prepared
from riskmodel.errors import RiskModelError
from riskmodel.evaluation import machine
from riskmodel.evaluation.change import power
from riskmodel.evaluation.side_figures import side_figures
from riskmodel.evaluation.stability import development_drift, reference
from riskmodel.explanation import importance
from riskmodel.files import beside, places
from riskmodel.review import review, save
from riskmodel.selection import openings
from riskmodel.trees import HasTrees
from riskmodel.workflows import sync
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.train import checkpoints, develop, judge, review_run, run_record

Variants = Mapping[str, Variant]


def train(
    toml: Path, output: Path | None, store: str | None, stages: Stages, *, resume: bool = False
) -> tuple[Study, Path]:
    """Runs a TOML, writes `output` (reports/<name> if None) whole or not at all, and sends it to a store of MLflow.

    Without a `store` nothing is sent.

    With `resume`, what a stopped run of the same inputs has fitted and pruned is used: the same bytes, sooner.
    Raises: RiskModelError; where the store could not be written, the report is complete all the same.
    """
    run, toml_sha256 = config.read(toml)
    how = develop.recipes(run)
    develop.check_steps(run)
    target = output or Path("reports") / run.name
    with ExitStack() as begun, _beside(target, [toml.parent / p for p in run.data.paths], resume=resume) as folder:
        with stages.stage("Read and split"):
            data = preparation.prepare(run, toml.parent)
            suspects, samples = data.answered(), data.samples()
        (folder / sample_split.FILE).write_bytes(data.draw.record)
        (folder / "run.toml").write_bytes(toml.read_bytes())
        kept = checkpoints.opened(target, data.table.sha256, toml_sha256, data.draw.record)
        development = samples.development
        runs = begun.enter_context(tracking.watched(store, run.name, toml_sha256)) if store else None
        stages.say(power.planned(run.margins, data.draw.facts).in_words)
        with threadpool_limits(run.threads):
            with stages.stage("Fit scorers", sum(max(1, recipe.ticks) for recipe in how.values())) as tick:
                unpruned = develop.fitted(how, data.schema.features, development, run.seed, tick, checkpoints=kept)
            champion = develop.champion_of(unpruned, development)
            with stages.stage("Prune and recover", develop.count_cuts(run)) as tick:
                variants = {**unpruned, **develop.challengers(run, unpruned, development, tick, kept)}
        policy = judge.policy(run.policy, variants[champion], development.tune)
        margins = judge.margins(run, variants[champion], development.tune)
        contest = judge.Contest(variants, champion, policy, run, margins, data.further)
        with stages.stage("Judge on selection"):
            judgement = judge.judged(contest, samples.selection)
        with stages.stage("Measure latency", len(timing.BATCHES)) as tick:
            decisions = timing.Decisions(policy, run, development)
            effort = timing.within(sum(stages.seconds.values()))
            timings = timing.timed(variants, champion, decisions, data.applications(), effort, tick)
        proposal = judge.proposed(contest, judgement, timings)
        (folder / "choice.json").write_bytes(selection.record(proposal))
        with stages.stage("Confirm on test"):
            test = samples.test.open(proposal.choice)
            trade_off, tested = judge.confirmed(contest, proposal, test)
        (folder / "choice.json").write_bytes(selection.record(trade_off))
        drifts = development_drift.of_scorer(
            variants[trade_off.chosen].scorer, development, (samples.selection, test), run.data.time
        )
        (folder / development_drift.FILE).write_bytes(development_drift.to_json(drifts))
        with stages.stage("Weigh the change"), threadpool_limits(run.threads):
            dossier = review_run.dossier(contest, trade_off, development, test, data.applications(), drifts)
        facts = _facts(data, suspects, toml_sha256, policy, stages)
        opening = openings.entry(test, run_record.hashes(data.table.sha256, toml_sha256), trade_off.chosen)
        facts["openings"] = openings.of_sample(target, openings.written(folder, target, opening))
        study = Study(
            trade_off,
            variants,
            trade_off.trials.get(trade_off.chosen),
            tested,
            facts,
            _attributions(unpruned, development),
            side_figures(
                {name: variant.scorer for name, variant in variants.items()},
                champion,
                policy.cutoff,
                run.data.protected,
                samples.selection,
                kept.durations.by_name,
            ),
        )
        with stages.stage("Write report"):
            save(review(run, study, dossier), folder)
            bundles = _write(run, study, policy, development, folder)
            tracking.save(folder, run, study, _plans(study, folder), bundles)
    if runs is not None:
        sync.send(runs, target, stages)
    return study, target


def _facts(
    data: Prepared, suspects: Sequence[Suspect], toml_sha256: str, policy: Policy, stages: Stages
) -> dict[str, object]:
    return {
        "hashes": run_record.hashes(data.table.sha256, toml_sha256),
        "seeds": {"run": data.run.seed},
        **data.draw.facts,
        "suspects": leakage.recorded(suspects, data.run.data),
        "policy": {"cutoff": policy.cutoff, "refer_from": policy.refer_from, **_applications(data.run)},
        "machine": machine(),
        "versions": run_record.versions(),
        "durations": run_record.rounded(stages.seconds),
    }


def _applications(run: Run) -> dict[str, int]:
    count = run.policy.applications_per_year
    return {} if count is None else {"applications_per_year": count}


def _attributions(unpruned: Variants, development: Development) -> dict[str, tuple[tuple[str, float], ...]]:
    """Mean |SHAP| of each booster's features on tune."""
    by_scorer, tune = {}, development.tune.representative(len(development.tune))
    for name, variant in unpruned.items():
        scorer = variant.scorer
        if isinstance(scorer, HasTrees):
            values = importance(scorer, tune.columns(scorer.features))
            names = (column.name for column in scorer.features)
            pairs = sorted(zip(names, values.tolist(), strict=True), key=lambda pair: -pair[1])
            by_scorer[name] = tuple(pairs)
    return by_scorer


def _write(run: Run, study: Study, policy: Policy, development: Development, folder: Path) -> dict[str, Path]:
    """What the report rests on; returns where each variant's bundle lies."""
    (folder / "run.json").write_bytes(canonical(dict(study.run)))
    (folder / "plans").mkdir()
    bundles = {}
    for name, variant in study.variants.items():
        for plan, path in zip(variant.plans, _plans(study, folder)[name], strict=True):
            path.write_bytes(plan.to_json())
        bundles[name] = folder / "bundles" / _safe(name)
        bundle.save(_bundle(run, study, policy, development, variant), bundles[name])
    for role in ("champion", "chosen"):
        shutil.copytree(bundles[getattr(study.trade_off, role)], folder / role)
    return bundles


def _plans(study: Study, folder: Path) -> dict[str, list[Path]]:
    """Where the plans of each variant lie."""
    return {
        name: [folder / "plans" / f"{_safe(name)}.{i}.json" for i in range(1, len(variant.plans) + 1)]
        for name, variant in study.variants.items()
    }


def _bundle(run: Run, study: Study, policy: Policy, development: Development, variant: Variant) -> bundle.Bundle:
    hashes, champion = study.run["hashes"], study.variants[study.trade_off.champion]
    lineage = {
        "variant": variant.name,
        "champion_sha256": champion.scorer.sha256,
        "plans_sha256": [hashlib.sha256(plan.to_json()).hexdigest() for plan in variant.plans],
        "data_sha256": hashes["data"],
        "toml_sha256": hashes["toml"],
        "id": run.data.id,
        "margins": judge.margins(run, champion, development.tune).model_dump(mode="json"),
        "model": run.model.model_dump(mode="json", exclude_none=True),
    }
    return bundle.pack(
        variant.scorer,
        policy,
        lineage,
        study.run["versions"],
        run.data.scoring,
        scale=Scale(**run.points.model_dump()),
        reference=reference.of(variant.scorer, development),
        reasons=run.data.reasons,
        actionable=run.data.actionable,
        development_rows=_development_rows(variant.scorer, development),
    )


def _development_rows(scorer: Scorer, development: Development) -> RowSketch:
    train, tune = (sample.columns(scorer.features) for sample in (development.train, development.tune))
    return RowSketch.of(scorer.sha256[:16], train, tune)


def _safe(name: str) -> str:
    return name.replace("/", "__")


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
