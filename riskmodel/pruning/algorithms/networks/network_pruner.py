"""What the pruners of networks share: units are judged by a criterion, go in steps, and what is left recovers.

`decide` writes down which unit goes in which step; between steps it lets the network recover in closed form only, so
that a plan needs no training. `cut` takes the same steps and trains after each.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any, Literal, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from riskmodel.core import Decision, Development, Pruner, PruningPlan, Sample, Scorer, Vector
from riskmodel.errors import UnsupportedScorer
from riskmodel.networks import Network, NetworkScorer, Penalty, RewindableScorer, Single, Taught, Tuning, network_scorer
from riskmodel.networks.graph import HasGraph
from riskmodel.pruning.algorithms.networks.graphs import GraphUnits, cut_graph, decided
from riskmodel.pruning.algorithms.networks.recovery import Compensation, compensated, graph_teaching, teaching
from riskmodel.pruning.algorithms.networks.schedule import Schedule, epochs_of, levels
from riskmodel.pruning.algorithms.networks.unit_selection import (
    Positions,
    Scope,
    Standing,
    check_finite,
    ranked,
    strongest,
    turns,
)

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]
Epochs = Annotated[int, Field(ge=0)]
Retraining = Literal["rewound", "low", "early"]
Names = tuple[tuple[str, ...], ...]
Judge = Callable[[Standing, float], tuple[Vector, ...]]
PENALTIES = ("l1", "l2", "group")


@dataclass(frozen=True)
class NetworkPruner(Pruner):
    """Options of all pruners of networks."""

    criterion: str = "obs"
    scope: Scope = "layer"  # what a unit is compared with
    floor: Share = 0.05  # of each layer, the share that goes last where the scope is global
    schedule: Schedule = "one_shot"
    step: Annotated[float, Field(gt=0, lt=1)] = 0.2  # iterative: the share of what stands that one step takes
    steps: Count = 5  # cubic
    compensate: Compensation = "least_squares"
    refit_head: bool = True  # by ridge logistic regression; kept where tune gains
    epochs: Epochs = 12  # of fine-tuning in all; 0: none
    retrain: Retraining = "rewound"  # the full rate again; a tenth of it; or the weights of `early` epochs again
    early: Epochs = 2
    mix: Share = 0.5  # the share of the champion's PD in what it is trained on, the rest being outcomes
    strength: Annotated[float, Field(ge=0)] = 1e-4  # of the penalty that l1, l2 and group train under beforehand
    penalty_epochs: Count = 5
    rows: Count = 4096  # of train, at most, that criteria and compensation look at
    seed: Annotated[int, Field(ge=0)] = 0  # of those rows, and of the criterion random

    @abstractmethod
    def units(self, network: Network) -> Names:
        """The names of the units of each layer."""

    @abstractmethod
    def scores(self, standing: Standing, encoded: Single, default: Vector, keep: float) -> Sequence[NDArray[Any]]:
        """The criterion's values, a layer: of the units that stand, or of all it began with in its matrix's shape."""

    @abstractmethod
    def without(self, standing: Standing, stay: Sequence[Positions]) -> tuple[Standing, Sequence[Sequence[int]]]:
        """What stands with these positions of it alone, and which neurons of each hidden layer that leaves."""

    @property
    @abstractmethod
    def graph_units(self) -> GraphUnits:
        """The same units of a network that somebody else trained."""

    # ---------------------------------------------------------------------------------------------- plan

    def decide(self, scorer: Scorer, development: Development, keeps: Sequence[float]) -> Sequence[Decision]:
        """Each unit's importance is that of the step in which it goes, or of the last one if it stays."""
        if isinstance(scorer, HasGraph):
            return decided(self, self.graph_units, scorer, development, keeps)
        holder = network_scorer(scorer, self.name)
        check_finite(holder.network, self.name)
        view, names = self._view(holder, scorer, development), self.units(holder.network)
        start = _all_of(self._begun(holder, development), names)

        @cache
        def judged(standing: Standing, level: float) -> tuple[Vector, ...]:
            scores = self.scores(standing, view.inputs, view.target, level)
            return ranked(standing.units, scores, self.scope, self.floor)

        return [self._decided(start, names, view.inputs, keep, judged) for keep in keeps]

    def _decided(self, start: Standing, names: Names, encoded: Single, keep: float, judged: Judge) -> Decision:
        total, path = sum(map(len, names)), levels(self.schedule, keep, step=self.step, steps=self.steps)
        importance = [np.zeros(len(layer)) for layer in names]
        steps = [np.zeros(len(layer), np.int64) for layer in names]
        standing = start
        for number, level in enumerate(path, start=1):
            worth = judged(standing, level if self.criterion == "sparsegpt" else 1.0)
            stay = strongest(worth, int(level * total * (1 + 1e-12)))
            for i, (at, kept) in enumerate(zip(standing.units, stay, strict=True)):
                importance[i][at] = worth[i]
                steps[i][np.delete(at, kept)] = number
            if number < len(path):
                standing = self._compensated(standing, stay, encoded)
        flat = np.concatenate(steps)
        when = tuple(flat.tolist()) if path[1:] else ()
        units = tuple(name for layer in names for name in layer)
        return Decision(units, np.concatenate(importance), tuple(np.flatnonzero(flat == 0).tolist()), steps=when)

    def _begun(self, holder: NetworkScorer, development: Development) -> Network:
        """The network that is cut: the scorer's own, or what training under the criterion's penalty makes of it."""
        if self.criterion not in PENALTIES:
            return holder.network
        how = Tuning(penalty=cast(Penalty, self.criterion), strength=self.strength)
        return network_scorer(
            holder.fine_tune(holder.network, development, self.penalty_epochs, how), self.name
        ).network

    def _view(self, holder: NetworkScorer, scorer: Scorer, development: Development) -> Taught:
        """The rows that criteria and compensation look at, in their order."""
        sample = self.drawn(development.train)
        return Taught(holder.encoded(sample.columns(scorer.features)), sample.default.astype(np.float64))

    def drawn(self, train: Sample) -> Sample:
        """At most `rows` of train, in their order."""
        count = min(self.rows, len(train))
        if train.weight is not None:
            return train.representative(count, self.seed)
        return train.take(np.sort(np.random.default_rng(self.seed).choice(len(train), count, replace=False)))

    def _compensated(self, standing: Standing, stay: Sequence[Positions], encoded: Single) -> Standing:
        cut, neurons = self.without(standing, stay)
        network = compensated(standing.network, cut.network, neurons, encoded, self.compensate)
        return replace(cut, network=network)

    # ----------------------------------------------------------------------------------------------- cut

    def cut(self, scorer: Scorer, plan: PruningPlan, development: Development) -> Scorer:
        """The plan's steps, each followed by its share of the recovery; a plan that drops nothing changes nothing."""
        if not plan.dropped:
            return scorer
        if isinstance(scorer, HasGraph):
            teach_graph = graph_teaching(scorer, development, mix=self.mix, rewound=self.retrain != "low")
            return scorer.with_graph(cut_graph(self, self.graph_units, scorer, plan, development, teach_graph))
        holder = network_scorer(scorer, self.name)
        view, names = self._view(holder, scorer, development), self.units(holder.network)
        teach = teaching(
            holder, scorer, development, mix=self.mix, refit_head=self.refit_head, rewound=self.retrain != "low"
        )
        standing = _all_of(self._begun(holder, development), names)
        young = _all_of(self._young(holder, development), names)
        steps = turns(plan, names)
        for turn, epochs in zip(steps, epochs_of(self.epochs, len(steps)), strict=True):
            pairs = zip(standing.units, turn, strict=True)
            stay = [np.flatnonzero(np.isin(units, gone, invert=True)) for units, gone in pairs]
            standing, young = self._compensated(standing, stay, view.inputs), self.without(young, stay)[0]
            begin = young.network if self.retrain == "early" else standing.network
            standing = replace(standing, network=teach(begin, epochs))
        return holder.with_network(standing.network)

    def _young(self, holder: NetworkScorer, development: Development) -> Network:
        """What weights are rewound to, where they are."""
        if self.retrain != "early":
            return holder.network
        young = holder.early(development, self.early) if isinstance(holder, RewindableScorer) else None
        whole = holder.network.matrices
        if young is None or any(a.shape != b.shape or not b.all() for a, b in zip(young.matrices, whole, strict=True)):
            raise UnsupportedScorer(f"{self.name} rewinds the weights of a network that was never cut, however: it was")
        return young


def _all_of(network: Network, names: Names) -> Standing:
    return Standing(network, tuple(np.arange(len(layer)) for layer in names))
