"""Whole neurons go, those with the smallest weights first, and every hidden layer loses the same share.

The network shrinks for good: rows, biases and columns are taken out, and the rest is fine-tuned. It refuses scorers
without a network.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

import numpy as np
from pydantic import Field
from scipy.stats import rankdata

from riskmodel.core import Development, PruningPlan, Ranking, RankingPruner, Scorer, Vector
from riskmodel.network import Network, network_scorer


@dataclass(frozen=True)
class NeuronsPruner(RankingPruner):
    """Ranks by group norm, sqrt(|weights in|^2 + |weights out|^2) (Li et al. 2017, arXiv 1608.08710)."""

    unit = "neuron"

    epochs: Annotated[int, Field(ge=0)] = 12  # of fine-tuning; 0 leaves the network as it was cut

    def rank(self, scorer: Scorer, seen: Development) -> Ranking:  # noqa: ARG002 - weights alone decide
        """Importance is the rank within the layer, so that all layers lose the same share."""
        network = network_scorer(scorer, self.name).network
        units = tuple(f"{layer}.{i}" for layer, width in enumerate(network.widths, start=1) for i in range(width))
        shares = [rankdata(norms, method="ordinal") / len(norms) for norms in group_norms(network)]
        return Ranking(units, importance := np.concatenate(shares), _costs(importance, len(shares)))

    def cut(self, scorer: Scorer, plan: PruningPlan, seen: Development) -> Scorer:
        """The shrunk network, fine-tuned; a plan that drops nothing changes nothing."""
        if not plan.dropped:
            return scorer
        dense = network_scorer(scorer, self.name)
        gone: list[list[int]] = [[] for _ in dense.network.widths]
        for layer, neuron in (map(int, plan.units[i].split(".")) for i in plan.dropped):
            gone[layer - 1].append(neuron)
        return dense.fine_tune(dense.network.without_neurons(gone), seen, self.epochs)


def group_norms(network: Network) -> tuple[Vector, ...]:
    """The norm of each neuron's weights, in and out, a vector for each hidden layer."""
    matrices = [matrix.astype(np.float64) for matrix in network.matrices]
    return tuple(np.sqrt((into**2).sum(axis=1) + (out**2).sum(axis=0)) for into, out in pairwise(matrices))


def _costs(importance: Vector, layers: int) -> Vector:
    """One a neuron; but each layer's strongest is free, so that no layer is emptied, and the next one pays for them."""
    costs = np.ones(len(importance))
    order = np.argsort(-importance, kind="stable")
    costs[order[:layers]] = 0
    costs[order[layers : layers + 1]] += layers
    return costs
