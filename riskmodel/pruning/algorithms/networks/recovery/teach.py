"""A cut network is taught on a mix of the outcomes and a champion's PD (Hinton et al. 2015, arXiv 1503.02531)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from scipy.special import expit

from riskmodel.core import Development, Sample, Scorer, Targets, Vector
from riskmodel.networks import Network, NetworkScorer, Taught, Tuning, network_scorer
from riskmodel.networks.graph import Graph, TrainableGraph
from riskmodel.pruning.algorithms.networks.recovery.head import refitted_head

Teaching = Callable[[Network, int], Network]
GraphTeaching = Callable[[Graph, int], Graph]


def teaching(
    holder: NetworkScorer,
    scorer: Scorer,
    development: Development,
    *,
    mix: float,
    refit_head: bool,
    rewound: bool = True,
) -> Teaching:
    """From a network and a number of epochs to the network with its head refitted, then fine-tuned.

    Targets are (1 - mix) * outcome + mix * PD: the PD of `development.taught`, a champion of any kind, or where there
    is none of the scorer as it was before the cut, uncalibrated. `holder` is `scorer`, by its network.
    """

    @cache
    def lessons() -> tuple[Taught, Taught]:
        samples = (development.train, development.tune)
        inputs = [holder.encoded(sample.columns(scorer.features)) for sample in samples]
        pds = _given(development) or [expit(holder.network.margin(rows)) for rows in inputs]
        train, tune = (
            Taught(rows, _mixed(sample, pd, mix), sample.weight)
            for rows, sample, pd in zip(inputs, samples, pds, strict=True)
        )
        return train, tune

    def taught(network: Network, epochs: int) -> Network:
        if refit_head:
            network = refitted_head(network, *lessons())
        if epochs:
            train, tune = lessons()
            how = Tuning(targets=Targets(train.target, tune.target), rewound=rewound)
            network = network_scorer(holder.fine_tune(network, development, epochs, how), "fine-tuning").network
        return network

    return taught


def graph_teaching(scorer: Scorer, development: Development, *, mix: float, rewound: bool = True) -> GraphTeaching:
    """The same for a graph; one of a scorer that does not know how it was trained stays as it is."""
    if not isinstance(scorer, TrainableGraph):
        return lambda graph, _: graph

    @cache
    def lessons() -> Targets:
        samples = (development.train, development.tune)
        pds = _given(development) or [expit(scorer.raw_margin(sample.columns(scorer.features))) for sample in samples]
        train, tune = (_mixed(sample, pd, mix) for sample, pd in zip(samples, pds, strict=True))
        return Targets(train, tune)

    def taught(graph: Graph, epochs: int) -> Graph:
        how = Tuning(targets=lessons(), rewound=rewound) if epochs else None
        return graph if how is None else scorer.fine_tune_graph(graph, development, epochs, how).graph

    return taught


def _given(development: Development) -> list[Vector]:
    """A teacher's PDs of train and tune; empty where there is none."""
    return [] if development.taught is None else [development.taught.train, development.taught.tune]


def _mixed(sample: Sample, pd: Vector, mix: float) -> Vector:
    mixed: Vector = (1 - mix) * sample.default + mix * pd
    return mixed
