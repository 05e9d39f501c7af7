"""What MLflow is to be told of a report, as a file in it: so it can be sent at once, later, or from another machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from pydantic import TypeAdapter, ValidationError

from riskmodel.config import Run
from riskmodel.core import Study, canonical
from riskmodel.errors import RiskModelError
from riskmodel.files import atomic
from riskmodel.tracking import facts

FILE = "tracking.json"


@dataclass(frozen=True)
class RunFacts:
    """One MLflow run."""

    name: str
    tags: Mapping[str, str]
    params: Mapping[str, str]
    metrics: Mapping[str, float]


@dataclass(frozen=True)
class VariantFacts(RunFacts):
    """The run of a variant; `plans` are files of the report by their names in MLflow, `bundle` is a folder of it."""

    plans: Mapping[str, str]
    bundle: str | None


@dataclass(frozen=True)
class ReportFacts:
    """A parent run and a child a variant; `ids` says whether the rows' ids are sent as they are, or hashed."""

    experiment: str
    parent: RunFacts
    variants: tuple[VariantFacts, ...]
    chosen: str
    ids: bool = False


_SAVED = TypeAdapter(ReportFacts)


def save(
    folder: Path, settings: Run, study: Study, plans: Mapping[str, list[Path]], bundles: Mapping[str, Path]
) -> None:
    """Writes the file into the report; plans and bundles, by variant, lie in it. Raises: OSError."""
    parent = RunFacts(
        _title(settings, study), facts.run_tags(study), {"seed": str(settings.seed)}, facts.confirmation(study)
    )
    variants = tuple(
        VariantFacts(
            name,
            facts.tags(study, name),
            facts.params(settings, variant),
            facts.metrics(study, name),
            {
                f"{step}-{plan.pruner}.json": _inside(path, folder)
                for step, (plan, path) in enumerate(zip(variant.plans, plans.get(name, []), strict=True), 1)
            },
            _inside(bundles[name], folder) if name in bundles else None,
        )
        for name, variant in study.variants.items()
    )
    made = ReportFacts(settings.name, parent, variants, study.trade_off.chosen, settings.tracking.ids)
    atomic.write(folder / FILE, canonical(asdict(made)))


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


def _title(settings: Run, study: Study) -> str:
    return " ".join([settings.name, str(study.run.get("hashes", {}).get("toml", ""))[:8]]).strip()
