"""What MLflow is to be told of a report, as a file in it: so it can be sent at once, later, or from another machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath

from pydantic import TypeAdapter, ValidationError

from riskmodel.config import Run
from riskmodel.core import Study, canonical
from riskmodel.errors import RiskModelError
from riskmodel.files import atomic
from riskmodel.tracking import facts, notes, roles, study_metrics, variant_metrics
from riskmodel.tracking.facts import DatasetFacts

FILE = "tracking.json"


@dataclass(frozen=True)
class RunFacts:
    """One MLflow run; `history` has metrics of several steps, `started` is in seconds since 1970."""

    name: str
    tags: Mapping[str, str]
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    history: Mapping[str, tuple[float, ...]] = field(default_factory=dict, kw_only=True)
    started: float | None = field(default=None, kw_only=True)
    seconds: float | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class VariantFacts(RunFacts):
    """The run of a variant; `plans` are files of the report by their names in MLflow, `bundle` is a folder of it."""

    plans: Mapping[str, str]
    bundle: str | None
    title: str = ""  # of the run, where it is not the variant's name


@dataclass(frozen=True)
class ReportFacts:
    """A parent run and a child a variant; `ids` says whether the rows' ids are sent as they are, or hashed."""

    experiment: str
    parent: RunFacts
    variants: tuple[VariantFacts, ...]
    chosen: str
    ids: bool = False
    champion: str = ""
    note: str = ""  # what the parent run, the registered model and its version say in words
    model_note: str = ""
    version_note: str = ""
    datasets: tuple[DatasetFacts, ...] = ()


_SAVED = TypeAdapter(ReportFacts)


def save(
    folder: Path, settings: Run, study: Study, plans: Mapping[str, list[Path]], bundles: Mapping[str, Path]
) -> None:
    """Writes the file into the report; plans and bundles, by variant, lie in it. Raises: OSError."""
    made = ReportFacts(
        settings.name,
        _parent(settings, study),
        tuple(_variant(folder, settings, study, name, plans, bundles) for name in study.variants),
        study.trade_off.chosen,
        settings.tracking.ids,
        study.trade_off.champion,
        notes.of_run(study),
        notes.of_model(settings),
        notes.of_version(study),
        facts.datasets(settings, study),
    )
    atomic.write(folder / FILE, canonical(asdict(made)))


def _parent(settings: Run, study: Study) -> RunFacts:
    started = [side.started for side in study.side_figures.values() if side.started is not None]
    return RunFacts(
        title(settings.name, str(study.run.get("hashes", {}).get("toml", ""))),
        facts.run_tags(study),
        facts.run_params(settings, study),
        study_metrics.metrics(study),
        history=study_metrics.pruning_path(study),
        started=min(started, default=None),
        seconds=study.run.get("durations", {}).get("total"),
    )


def _variant(  # noqa: PLR0917 (what a variant left, and where)
    folder: Path,
    settings: Run,
    study: Study,
    name: str,
    plans: Mapping[str, list[Path]],
    bundles: Mapping[str, Path],
) -> VariantFacts:
    variant, side = study.variants[name], study.side_figures.get(name)
    pairs = zip(variant.plans, plans.get(name, []), strict=True)
    return VariantFacts(
        name,
        facts.tags(study, name),
        facts.params(settings, variant),
        variant_metrics.metrics(study, name),
        {f"{step}-{plan.pruner}.json": _inside(path, folder) for step, (plan, path) in enumerate(pairs, 1)},
        _inside(bundles[name], folder) if name in bundles else None,
        roles.title(study, name),
        started=side.started if side is not None else None,
        seconds=side.seconds if side is not None else None,
    )


def read(folder: Path) -> ReportFacts:
    """What `save` wrote. Raises: RiskModelError for a folder that is no report, or one that was damaged."""
    path = folder / FILE
    try:
        known = _SAVED.validate_json(path.read_bytes())
    except OSError as error:
        raise RiskModelError(
            f"{folder}: must be a report of riskmodel train, however: no {FILE} can be read: {error.strerror}"
        ) from error
    except ValidationError as error:
        raise RiskModelError(f"{path}: is damaged: {error.errors()[0]['msg']}") from error
    _check(folder, known)
    return known


def _check(folder: Path, known: ReportFacts) -> None:
    """MLflow passes over a folder that is not there without a word."""
    names = [name for variant in known.variants for name in (*variant.plans.values(), *filter(None, [variant.bundle]))]
    for name in names:
        place = PurePosixPath(name)
        if place.is_absolute() or ".." in place.parts or not (folder / place).exists():
            raise RiskModelError(f"{folder / FILE}: is damaged: there is no {name} in the report")


def _inside(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def title(name: str, toml_sha256: str) -> str:
    """The name of a parent run: that of the TOML and the beginning of its hash."""
    return " ".join([name, toml_sha256[:8]]).strip()
