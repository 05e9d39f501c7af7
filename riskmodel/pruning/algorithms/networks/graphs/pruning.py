"""Decides what a graph loses, and takes it: in steps, after each of which what is left recovers.

In closed form always; by training where the scorer knows how, and never in a plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from riskmodel.core import Decision, Development, PruningPlan, Sample, Vector
from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.networks.graph import Graph, HasGraph, traced_graph
from riskmodel.networks.graph.run import Values
from riskmodel.pruning.algorithms.networks.graphs.compensation import compensated_graph
from riskmodel.pruning.algorithms.networks.graphs.units import GraphUnits, Names
from riskmodel.pruning.algorithms.networks.recovery import Compensation, GraphTeaching
from riskmodel.pruning.algorithms.networks.schedule import Schedule, epochs_of, levels
from riskmodel.pruning.algorithms.networks.unit_selection import Positions, Scope, ranked, strongest, turns

TRAINED = ("l1", "l2", "group")


class GraphPruner(Protocol):
    """The options that matter."""

    @property
    def name(self) -> str: ...
    @property
    def criterion(self) -> str: ...
    @property
    def scope(self) -> Scope: ...
    @property
    def floor(self) -> float: ...
    @property
    def schedule(self) -> Schedule: ...
    @property
    def step(self) -> float: ...
    @property
    def steps(self) -> int: ...
    @property
    def compensate(self) -> Compensation: ...
    @property
    def epochs(self) -> int: ...
    @property
    def retrain(self) -> str: ...

    def drawn(self, train: Sample) -> Sample:
        """The rows that criteria and compensation look at."""


@dataclass(frozen=True, eq=False)
class GraphView:
    """The rows that criteria and compensation look at: what the graph is given of them, and their outcomes."""

    sources: Values
    target: Vector


@dataclass(frozen=True, eq=False)
class _Standing:
    """A graph that is being cut, and the units that it still has, by their places in the one it began as."""

    graph: Graph
    units: tuple[Positions, ...]


def view_of(pruner: GraphPruner, holder: HasGraph, development: Development) -> GraphView:
    """A draw of the rows of train, the same for a plan and its cut."""
    sample = pruner.drawn(development.train)
    return GraphView(holder.sources(sample.columns(holder.features)), sample.default.astype(np.float64))


def decided(
    pruner: GraphPruner, kind: GraphUnits, holder: HasGraph, development: Development, keeps: Sequence[float]
) -> list[Decision]:
    """One decision a share. Raises: RiskModelError for a share that empties a layer, UnsupportedScorer for training."""
    _check(pruner)
    view, names = view_of(pruner, holder, development), kind.names(holder.graph)
    return [_decision(pruner, kind, _all_of(holder.graph, names), names, view, keep) for keep in keeps]


def _decision(  # noqa: PLR0917
    pruner: GraphPruner, kind: GraphUnits, start: _Standing, names: Names, view: GraphView, keep: float
) -> Decision:
    """Each unit's importance is that of the step in which it goes, or of the last one if it stays."""
    total, path = sum(map(len, names)), levels(pruner.schedule, keep, step=pruner.step, steps=pruner.steps)
    if int(keep * total * (1 + 1e-12)) < len(names):
        raise RiskModelError(
            f"keep must leave a {kind.what} of each of {len(names)} layers, {len(names) / total:.3g} of all or more, "
            f"however: {keep:g}"
        )
    importance, steps = [np.zeros(len(layer)) for layer in names], [np.zeros(len(layer), np.int64) for layer in names]
    standing = start
    for number, level in enumerate(path, start=1):
        scores = kind.scores(traced_graph(standing.graph, view.sources), view.target, keep=level)
        worth = ranked(standing.units, scores, pruner.scope, pruner.floor)
        stay = strongest(worth, int(level * total * (1 + 1e-12)))
        for i, (at, kept) in enumerate(zip(standing.units, stay, strict=True)):
            importance[i][at], steps[i][np.delete(at, kept)] = worth[i], number
        if number < len(path):
            standing = _after(pruner, kind, standing, stay, view)
    flat = np.concatenate(steps)
    when = tuple(flat.tolist()) if path[1:] else ()
    units = tuple(name for layer in names for name in layer)
    return Decision(units, np.concatenate(importance), tuple(np.flatnonzero(flat == 0).tolist()), steps=when)


def cut_graph(  # noqa: PLR0917
    pruner: GraphPruner,
    kind: GraphUnits,
    holder: HasGraph,
    plan: PruningPlan,
    development: Development,
    teach: GraphTeaching,
) -> Graph:
    """The plan's steps, each followed by its compensation and its share of the epochs."""
    view, names = view_of(pruner, holder, development), kind.names(holder.graph)
    standing = _all_of(holder.graph, names)
    steps = turns(plan, names)
    for turn, epochs in zip(steps, epochs_of(pruner.epochs, len(steps)), strict=True):
        pairs = zip(standing.units, turn, strict=True)
        stay = [np.flatnonzero(np.isin(units, gone, invert=True)) for units, gone in pairs]
        standing = _after(pruner, kind, standing, stay, view)
        standing = replace(standing, graph=teach(standing.graph, epochs))
    return standing.graph


def _all_of(graph: Graph, names: Names) -> _Standing:
    if not names:
        raise UnsupportedScorer("a network must have a hidden layer to be pruned, however: it has none")
    return _Standing(graph, tuple(np.arange(len(layer)) for layer in names))


def _after(
    pruner: GraphPruner, kind: GraphUnits, standing: _Standing, stay: Sequence[Positions], view: GraphView
) -> _Standing:
    """What stands when only these positions stay, refitted to what stood before."""
    cut, rows = kind.without(standing.graph, standing.units, stay)
    graph = compensated_graph(traced_graph(standing.graph, view.sources), cut, rows, pruner.compensate)
    units = tuple(units[kept] for units, kept in zip(standing.units, stay, strict=True))
    return _Standing(graph, units)


def _check(pruner: GraphPruner) -> None:
    """Raises: UnsupportedScorer for what would need the network to be trained before, or again."""
    if pruner.criterion in TRAINED or pruner.retrain == "early":
        needs = pruner.criterion if pruner.criterion in TRAINED else "early"
        raise UnsupportedScorer(
            f"{pruner.name} trains no network of months or from elsewhere before a cut, however: {needs} does"
        )
    if pruner.compensate == "merge":
        raise UnsupportedScorer(
            "compensate must be least_squares, bias or none for a network of months or from elsewhere, however: merge"
        )
