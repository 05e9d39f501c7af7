"""The files of a run's report: the review, and of each variant its plans and its bundle."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from riskmodel import bundle
from riskmodel.config import Run
from riskmodel.core import Development, RowSketch, Scale, Study, Variant, canonical
from riskmodel.core.evidence import Evidence
from riskmodel.errors import RiskModelError
from riskmodel.evaluation.contest import Contest
from riskmodel.evaluation.stability import development_drift, reference
from riskmodel.files import beside, places
from riskmodel.review.dossier import Dossier
from riskmodel.review.reports.run import review
from riskmodel.review.save import save
from riskmodel.scorers import checkpoints

Plans = dict[str, list[Path]]


@contextmanager
def folder(target: Path, run: Run, toml_folder: Path, *, resume: bool) -> Iterator[Path]:
    """A folder next to `target` that takes its place when all went well; else it vanishes and `target` stays.

    What a run that was stopped has fitted stays hidden beside it, until a run is complete or starts afresh. The data
    of the run are relative to the folder of its TOML, and must not lie within `target`.
    """
    places.refuse_inside(target, *(toml_folder / path for path in run.data.paths))
    if target.exists() and not (target / "run.json").is_file() and (not target.is_dir() or any(target.iterdir())):
        raise RiskModelError(f"{target}: must be a new folder or an earlier report, however: it holds other files")
    if not resume:
        checkpoints.clear(target)
    try:
        with beside.folder(target) as made:
            yield made
    except KeyboardInterrupt as error:
        if target not in beside.written() and checkpoints.place_of(target).exists():
            error.args = ("the report is as it was before; riskmodel train --resume goes on with what was fitted",)
        raise
    checkpoints.clear(target)


def write(  # noqa: PLR0917
    study: Study,
    dossier: Dossier,
    drifted: Sequence[Evidence],
    contest: Contest,
    development: Development,
    folder: Path,
) -> tuple[Plans, dict[str, Path]]:
    """The review and what it rests on; returns where each variant's plans and its bundle lie."""
    save(review(contest.run, study, dossier), folder)
    (folder / development_drift.FILE).write_bytes(development_drift.to_json(drifted))
    (folder / "run.json").write_bytes(canonical(dict(study.run)))
    plans = _write_plans(study, folder)
    bundles = {name: folder / "bundles" / _safe(name) for name in study.variants}
    for name, variant in study.variants.items():
        bundle.save(_bundle(study, contest, development, variant), bundles[name])
    for role in ("champion", "chosen"):
        shutil.copytree(bundles[getattr(study.trade_off, role)], folder / role)
    return plans, bundles


def _write_plans(study: Study, folder: Path) -> Plans:
    (folder / "plans").mkdir()
    places = {}
    for name, variant in study.variants.items():
        count = len(variant.plans)
        places[name] = [folder / "plans" / f"{_safe(name)}.{i}.json" for i in range(1, count + 1)]
        for plan, path in zip(variant.plans, places[name], strict=True):
            path.write_bytes(plan.to_json())
    return places


def _bundle(study: Study, contest: Contest, development: Development, variant: Variant) -> bundle.Bundle:
    run, hashes, champion = contest.run, study.run["hashes"], study.variants[study.trade_off.champion]
    lineage = {
        "variant": variant.name,
        "champion_sha256": champion.scorer.sha256,
        "plans_sha256": [hashlib.sha256(plan.to_json()).hexdigest() for plan in variant.plans],
        "data_sha256": hashes["data"],
        "toml_sha256": hashes["toml"],
        "id": run.data.id,
        "margins": contest.margins.model_dump(mode="json"),
        "model": run.model.model_dump(mode="json", exclude_none=True),
    }
    return bundle.pack(
        variant.scorer,
        contest.policy,
        lineage,
        study.run["versions"],
        run.data.scoring,
        scale=Scale(**run.points.model_dump()),
        reference=reference.of(variant.scorer, development),
        reasons=run.data.reasons,
        actionable=run.data.actionable,
        development_rows=RowSketch.of_development(variant.scorer, development),
    )


def _safe(name: str) -> str:
    return name.replace("/", "__")
