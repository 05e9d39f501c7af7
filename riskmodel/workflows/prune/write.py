"""The files of a pruned model, made beside their places and moved there together: all of them, or none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from riskmodel.core import PruningPlan, Scorer, canonical
from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.files.beside import made_of
from riskmodel.files.places import check_files
from riskmodel.review.pages import pruned
from riskmodel.review.reports.frontier import Frontier
from riskmodel.scorers.foreign.catboost_file import CBM, is_catboost
from riskmodel.scorers.xgb import ubjson
from riskmodel.trees import HasNativeFile
from riskmodel.workflows.prune.path import trees_of

SUFFIXES = (".plan.json", ".html", "")  # the model comes last: where it is, the others are


def places(output: Path) -> tuple[Path, ...]:
    """The plan, the page and the model."""
    return tuple(output.with_name(output.name + suffix) for suffix in SUFFIXES)


def check_places(output: Path, sources: Sequence[Path]) -> None:
    """Raises: RiskModelError where a file could not be written, or would take the place of a source."""
    check_files(*places(output))
    for place in places(output):
        if taken := [source for source in sources if place.exists() and source.exists() and place.samefile(source)]:
            raise RiskModelError(f"{place}: must be a new file, however: it is the input {taken[0]}")


@contextmanager
def beside(output: Path) -> Iterator[Path]:
    """A folder next to `output`, which nobody else writes from now on; when all went well its files go to their places.

    Those that are not in it stay as they are; where something went wrong all do.
    """
    with made_of(*places(output)) as folder:
        yield folder


def withhold_model(folder: Path, output: Path) -> None:
    """Takes the model and its plan out again: the page alone goes to its place."""
    plan, _, file = places(folder / output.name)
    plan.unlink()
    file.unlink()


def model(scorer: Scorer, binary: bool = False) -> bytes:
    """A booster's native file; `binary` is UBJSON of XGBoost, `cbm` of CatBoost. Raises: UnsupportedScorer."""
    if not isinstance(scorer, HasNativeFile):
        raise UnsupportedScorer(f"a {scorer.kind} scorer has no native file")
    return scorer.binary_model if binary else scorer.model


def count(scorer: Scorer, unit: str, binary: bool = False) -> int:
    """How many nodes, trees or bytes of the native file a booster has. Raises: UnsupportedScorer."""
    if unit == "bytes":
        return len(model(scorer, binary))
    trees = trees_of(scorer)
    return trees.n_nodes if unit == "nodes" else len(trees.trees)


def is_binary(output: Path, given: bytes) -> bool:
    """Whether `output` is its library's binary file: it goes by the name, and where that says nothing, as was given.

    Raises: RiskModelError for a name that is another library's.
    """
    named = output.suffix.lower()
    if given.startswith(b"tree\n"):
        if named in (".ubj", ".json", ".cbm"):
            raise RiskModelError(f"{output}: a LightGBM text must not end in .ubj, .json or .cbm, however: {named}")
        return False
    own, other = (".cbm", ".ubj") if is_catboost(given) else (".ubj", ".cbm")
    if named == other:
        raise RiskModelError(f"{output}: must end in {own} or .json, however: {other} is of another library")
    return named == own or (named != ".json" and is_binary_file(given))


def is_binary_file(given: bytes) -> bool:
    """Whether a file is XGBoost's or CatBoost's binary one."""
    return given.startswith(CBM) or (not given.startswith(b"tree\n") and ubjson.is_ubjson(given))


def write(place: Path, frontier: Frontier, plan: PruningPlan | None) -> None:
    """The plan with its evidence, and the page, beside the model; `plan` is None where nothing was cut."""
    beside_it, page, _ = places(place)
    facts = {"plan": plan_of(plan), **pruned.facts(frontier)}
    beside_it.write_bytes(canonical(facts))
    page.write_text(pruned.page(frontier), "utf-8")


def plan_of(plan: PruningPlan | None) -> dict[str, Any] | None:
    """A plan as plain values."""
    return asdict(plan) if plan else None
