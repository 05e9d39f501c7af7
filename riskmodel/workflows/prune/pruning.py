"""Prunes a native LightGBM or XGBoost file that somebody else trained: a smaller native file, and the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from riskmodel import scorers, tables
from riskmodel.config import Margins
from riskmodel.core import Choice, Column, Development, Pruner, Sample, Scorer, Split
from riskmodel.errors import RiskModelError
from riskmodel.evaluation.change.certificate import PARITY, certify
from riskmodel.review.reports.frontier import GIVEN, Frontier
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.prune import bound, judge, write
from riskmodel.workflows.prune import path as prune_path
from riskmodel.workflows.prune import size as prune_size
from riskmodel.workflows.prune import table as prune_table
from riskmodel.workflows.prune.judge import Rule
from riskmodel.workflows.prune.path import KEEPS, METHOD, Cut
from riskmodel.workflows.prune.size import Size
from riskmodel.workflows.prune.table import AS_USUAL, Spelling

APPROVED = 0.8  # convention: the share that the given model approves at the cutoff where flips are counted
LIBRARIES = ("riskmodel", "lightgbm", "xgboost", "numpy", "pyarrow")


@dataclass(frozen=True)
class Source:
    """What is pruned, and on which rows; all rows of an id column must differ."""

    model: Path
    data: Path
    target: str
    id_column: str | None = None
    seed: int = 0  # of the split
    unlabelled: Path | None = None  # applications without outcome: from them the given model's PD is learnt
    weight: str | None = None  # column: a row with twice the weight counts as two where something is fitted
    spelling: Spelling = AS_USUAL


def prune(source: Source, output: Path, size: Size, stages: Stages, method: str = METHOD) -> Frontier:
    """Writes `output`, `output`.plan.json and `output`.html, all of them or none. Raises: RiskModelError."""
    size.check()
    pruner = prune_path.tree_pruner(method)
    write.check_places(output, [path for path in (source.model, source.data, source.unlabelled) if path])
    given = Cut(GIVEN, GIVEN, 1.0, scorers.open_native(source.model), None)
    binary = write.is_binary(output, source.model.read_bytes())
    keep = size.share(given.trees.n_leaves)
    with write.beside(output) as folder:
        with stages.stage("Read and split"):
            split = _samples(source, given.scorer.features)
            development = split.development
        if size.budget is not None:
            with stages.stage("Find the size"):
                keep = _within(size.budget, given, pruner, development, binary=binary)
        keeps = sorted({*KEEPS, *([keep] if keep else [])}, reverse=True)
        with stages.stage("Prune, and make the rivals", prune_path.count_cuts(pruner, keeps)) as tick:
            cuts = prune_path.path(given.scorer, pruner, development, keeps, tick)
        rule = Rule(Margins(auc=size.margin), float(np.quantile(given.scorer.score(development.tune), APPROVED)))
        with stages.stage("Judge on selection"):
            points = judge.judged(given, cuts, split.selection, rule)
        name = f"{method}@{keep:g}" if keep else judge.smallest(points, method)
        chosen = next(cut for cut in (given, *cuts) if cut.name == name)
        with stages.stage("Confirm on test"):
            test = split.test.open(Choice(GIVEN, (name,)))
            tested = judge.judged(given, judge.of_one_size(chosen, cuts), test, rule)
            change = judge.change(given, chosen, test, rule)
        with stages.stage("Write"):
            written = _written(folder / output.name, source.model, chosen, test, binary=binary)
            certificate = certify(
                given.scorer, written, test.columns(written.features), rule.cutoff, bound.bound(given, chosen)
            )
            record = _record(
                source, pruner, folder / output.name, (development.train, development.tune, split.selection, test)
            )
            frontier = Frontier(
                f"{source.model.name}, pruned", method, name, size.margin, points, tested, change, certificate, record
            )
            write.write(folder, output, frontier, chosen.plan)
    return frontier


def _samples(source: Source, features: tuple[Column, ...]) -> Split:
    split = prune_table.samples(
        source.data, features, source.target, source.id_column, source.seed, source.weight, source.spelling
    )
    if source.unlabelled is None:
        return split
    more = prune_table.unlabelled(source.unlabelled, features, source.spelling)
    return replace(split, development=replace(split.development, unlabelled=more))


def _within(budget: tuple[str, int], given: Cut, pruner: Pruner, development: Development, *, binary: bool) -> float:
    """The share that a budget of nodes, trees or bytes comes to."""

    def cuts(keeps: Sequence[float]) -> Iterator[Scorer]:
        return (cut.scorer for cut in prune_path.cuts(given.scorer, pruner, development, keeps))

    return prune_size.largest(
        budget, given.trees.n_leaves, cuts, lambda scorer, unit: write.count(scorer, unit, binary)
    )


def _written(place: Path, source: Path, chosen: Cut, test: Sample, *, binary: bool) -> Scorer:
    """The chosen model, read back from its file. Raises: RiskModelError if it does not score as it was judged."""
    given = source.read_bytes()
    as_given = chosen.plan is None and write.is_binary(source, given) == binary
    place.write_bytes(given if as_given else write.model(chosen.scorer, binary))
    written = scorers.open_native(place)
    rows = test.columns(written.features)
    apart = float(np.abs(written.margin(rows) - chosen.scorer.margin(rows)).max())
    if apart > PARITY[chosen.trees.rules]:
        raise RiskModelError(f"{place.name}: the written model must score as it was judged, however: {apart:.1e} apart")
    return written


def _record(source: Source, pruner: Pruner, written: Path, samples: Sequence[Sample]) -> dict[str, Any]:
    """What went in and what came out, by hash."""
    return {
        "model": {"file": source.model.name, "sha256": tables.sha256_of(source.model)},
        "data": {"file": source.data.name, "sha256": tables.sha256_of(source.data), **_roles(source)},
        **_unlabelled(source),
        "written": {"file": written.name, "sha256": tables.sha256_of(written)},
        "method": {"name": pruner.name, "options": asdict(pruner)},  # type: ignore[call-overload]
        "samples": {sample.name: _counted(sample) for sample in samples},
        "seed": source.seed,
        "versions": {name: version(name) for name in LIBRARIES},
    }


def _counted(sample: Sample) -> dict[str, int]:
    """Each row once, whatever its weight."""
    _, once = np.unique(sample.rows, return_index=True)
    return {"rows": len(once), "bads": int(sample.default[once].sum())}


def _roles(source: Source) -> dict[str, str]:
    return {"target": source.target, **({"weight": source.weight} if source.weight else {})}


def _unlabelled(source: Source) -> dict[str, Any]:
    path = source.unlabelled
    return {} if path is None else {"unlabelled": {"file": path.name, "sha256": tables.sha256_of(path)}}
