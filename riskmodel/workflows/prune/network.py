"""Prunes an ONNX network that somebody else trained: a smaller ONNX file, and the evidence, judged as trees are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from riskmodel import limits, pruning, tables
from riskmodel.core import Development, Pruner, Sample, check_keep
from riskmodel.datasets import encode
from riskmodel.errors import BundleError, DataError, RiskModelError, UnsupportedScorer
from riskmodel.evaluation.change.fidelity import fidelity
from riskmodel.evaluation.change.network_certificate import NetworkCertificate
from riskmodel.files import places
from riskmodel.networks.graph import HasGraph
from riskmodel.onnx_export.foreign import OnnxNetwork, network_of
from riskmodel.review.reports.frontier import GIVEN, OF_NETWORK, Frontier
from riskmodel.scorers import OnnxNetworkScorer, hold_network, input_names, network_scorer_of
from riskmodel.scorers.foreign.onnx_network import TOLERANCE
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.prune import path as prune_path
from riskmodel.workflows.prune import record, row_source, trial_run, write
from riskmodel.workflows.prune.path import Cut
from riskmodel.workflows.prune.pruning import Source
from riskmodel.workflows.prune.size import Size

METHODS = ("neurons", "weights")
SPELLED = {"gradient": "taylor"}  # what textbooks call a criterion
LIBRARIES = ("riskmodel", "onnx", "onnxruntime", "numpy", "pyarrow")


def is_network(path: Path) -> bool:
    """Whether a file calls itself ONNX, or begins as one."""
    if path.suffix.lower() == ".onnx" or not path.is_file():
        return path.suffix.lower() == ".onnx"
    with path.open("rb") as file:
        return file.read(1) == b"\x08"


def network_pruner(method: str, criterion: str | None = None) -> Pruner:
    """A pruner of networks that trains nothing. Raises: RiskModelError for another method, or an unknown criterion."""
    if method not in METHODS:
        raise RiskModelError(f"method must be {' or '.join(METHODS)} for a network, however: {method!r}")
    options: dict[str, Any] = {"epochs": 0, "refit_head": False}
    chosen = {} if criterion is None else {"criterion": SPELLED.get(criterion, criterion)}
    return pruning.make(method, {**options, **chosen}, f"method {method}")


def prune_network_file(
    source: Source, output: Path, size: Size, stages: Stages, pruner: Pruner, *, anyway: bool = False
) -> Frontier:
    """Writes `output`, `output`.plan.json and `output`.html where the test sample confirms a smaller network.

    Where it confirms none, the page alone is written; `anyway` writes the network and its plan too, marked as not
    confirmed. All of what is written, or nothing. Raises: RiskModelError.
    """
    check_size(size)
    if source.unlabelled is not None:
        raise RiskModelError("a network is pruned on rows with outcomes alone, however: unlabelled is given")
    places.refuse_inside(output, source.data, source.unlabelled)
    write.check_places(output, [path for path in (source.model, source.data, source.unlabelled) if path])
    network = _opened(source.model)
    with write.beside(output) as folder:
        frontier = _pruned(_Job(source, network, pruner, size, folder / output.name), stages)
        if not (anyway or frontier.confirmed):
            write.withhold_model(folder, output)
    return frontier


def check_size(size: Size) -> None:
    """Raises: RiskModelError for a size that networks do not have."""
    size.check()
    if size.features is not None:
        check_keep(size.features)
    if given := [
        one.name for one in fields(size) if one.name not in ("keep", "margin") and getattr(size, one.name) is not None
    ]:
        raise RiskModelError(f"the size of a network must be set by keep or margin, however: by {given[0]}")


@dataclass(frozen=True)
class _Job:
    """What is made of what, at a place that only this run sees."""

    source: Source
    network: OnnxNetwork
    pruner: Pruner
    size: Size
    place: Path


def _opened(path: Path) -> OnnxNetwork:
    if not path.is_file():
        raise BundleError(
            f"{path}: must be an ONNX file, however: it is {'a folder' if path.is_dir() else 'no such file'}"
        )
    limits.check("network_bytes", path.stat().st_size, path, BundleError)
    try:
        return network_of(path.read_bytes())
    except (BundleError, UnsupportedScorer) as error:
        raise type(error)(f"{path}: {error}") from error


def _pruned(job: _Job, stages: Stages) -> Frontier:
    """Makes the network, its plan and its page."""
    source, size, pruner = job.source, job.size, job.pruner
    scorer = network_scorer_of(job.network, _columns(source, job.network, stages))
    given = Cut(GIVEN, GIVEN, 1.0, scorer, None)
    with stages.stage("Read, hold to ONNX Runtime and split"):
        split = row_source.drawn(source, scorer.features, partial(_hold, scorer, source))
        development = split.development
    trial_run.hold(scorer, development.train, source.model.name, stages)
    stages.say(trial_run.reach(split.selection, size.margin).in_words)
    rule = trial_run.rule_of(scorer, development.tune, size.margin)
    with stages.stage("Prune, and judge on selection"):
        made = trial_run.sizes(given, pruner, development, split.selection, rule, size.keep)
    chain = trial_run.chain_of(given, made, searched=size.keep is None)

    def rivals_of(cut: Cut) -> Sequence[Cut]:
        return network_rivals(given, cut, pruner, development)

    result = trial_run.confirm(given, made, chain, split, rule, rivals_of, stages)
    chosen, test = result.trial.cut, result.test
    with stages.stage("Write"):
        apart = _written(job.place, chosen, test)
        rows = test.columns(scorer.features)
        near = fidelity(given.scorer.pd(rows), chosen.scorer.pd(rows), rule.cutoff, test.weight)
        frontier = result.frontier(
            title=f"{source.model.name}, pruned",
            method=pruner.name,
            margin=size.margin,
            certificate=NetworkCertificate(near, apart, TOLERANCE),
            record=_record(job, scorer, (development.train, development.tune, split.selection, test)),
            words=OF_NETWORK,
            small_changes=trial_run.small_changes(given.scorer, chosen.scorer, test, rule.cutoff, stages),
        )
        write.write(job.place, frontier, chosen.plan)
    return frontier


def _columns(source: Source, network: OnnxNetwork, stages: Stages) -> tuple[str, ...]:
    """The columns of the table that the network takes: as told, by its inputs' names, or all that are left.

    A network without names knows its columns by their places alone, so what is taken for them is said.

    Raises: DataError where these are not as many as the network takes.
    """
    there, own = tables.names(source.data), input_names(network)
    if source.inputs:
        return source.inputs
    if set(own) <= set(there):
        return own
    roles = {source.target, source.id_column, source.weight}
    left = tuple(name for name in there if name not in roles)
    if len(left) != network.columns:
        raise DataError(
            f"{source.data}: the network takes {network.columns} numbers a row, however: {len(left)} columns are left "
            f"beside target, id and weight; inputs names its columns in their order"
        )
    stages.say(f"The network's columns, by place: {', '.join(left)}. Another order is named by inputs.")
    return left


def _hold(scorer: OnnxNetworkScorer, source: Source, table: pa.Table) -> None:
    """Every row must have a PD, and these must be the runtime's own. Raises: RiskModelError."""
    hold_network(scorer, encode.matrix(table, scorer.features), source.data.name)


def network_rivals(given: Cut, chosen: Cut, pruner: Pruner, development: Development) -> list[Cut]:
    """At the same size: units that were drawn, refitted alike, and the usual way, by magnitude and not refitted."""
    if chosen.plan is None:
        return []
    ways = {"random": {"criterion": "random"}, "magnitude": {"criterion": "magnitude", "compensate": "none"}}
    made = []
    for name, options in ways.items():
        (cut,) = prune_path.cuts(given.scorer, replace(pruner, **options), development, [chosen.keep])  # type: ignore[type-var]
        made.append(replace(cut, name=f"{name}@{chosen.keep:g}", method=name))
    return made


def _record(job: _Job, scorer: OnnxNetworkScorer, samples: Sequence[Sample]) -> dict[str, Any]:
    """What went in and what came out, by hash."""
    model, inputs = job.source.model, [column.name for column in scorer.features]
    given = {"file": model.name, "sha256": tables.sha256_of(model), "inputs": inputs}
    return {"model": given, **record.facts(job.source, job.place, samples, job.pruner, LIBRARIES)}


def _written(place: Path, chosen: Cut, test: Sample) -> float:
    """How far a PD of the written file, by the runtime alone, is from what was judged. Raises: RiskModelError."""
    if not isinstance(chosen.scorer, OnnxNetworkScorer) or not isinstance(chosen.scorer, HasGraph):
        raise UnsupportedScorer(f"a {chosen.scorer.kind} scorer is no ONNX network")
    place.write_bytes(chosen.scorer.network.content)
    written = network_scorer_of(place.read_bytes(), [column.name for column in chosen.scorer.features])
    rows = test.columns(written.features)
    apart = float(np.abs(written.network.answer(rows) - chosen.scorer.pd(rows)).max())
    if not apart <= TOLERANCE:
        raise RiskModelError(
            f"{place.name}: the written network must score as it was judged, however: {apart:.1e} apart"
        )
    return apart
