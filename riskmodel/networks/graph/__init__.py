"""The neutral anatomy of a dense network that somebody else trained: what it does with rows, and how units go."""

from riskmodel.networks.graph.activations import ACTIVATIONS
from riskmodel.networks.graph.anatomy import (
    Activation,
    Affine,
    Concatenation,
    Dense,
    Graph,
    GraphSource,
    Join,
    JoinKind,
    Node,
    Pooling,
    PoolKind,
    Selection,
    margin_of,
    sources_of,
)
from riskmodel.networks.graph.cut import with_dense, without_units
from riskmodel.networks.graph.fold import folded, levelled, renamed
from riskmodel.networks.graph.holder import HasGraph, TraceableGraph, TrainableGraph
from riskmodel.networks.graph.run import GraphTrace, gradients, traced_graph
from riskmodel.networks.graph.units import UnitLayer, Units, units_of

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "Affine",
    "Concatenation",
    "Dense",
    "Graph",
    "GraphSource",
    "GraphTrace",
    "HasGraph",
    "Join",
    "JoinKind",
    "Node",
    "PoolKind",
    "Pooling",
    "Selection",
    "TraceableGraph",
    "TrainableGraph",
    "UnitLayer",
    "Units",
    "folded",
    "gradients",
    "levelled",
    "margin_of",
    "renamed",
    "sources_of",
    "traced_graph",
    "units_of",
    "with_dense",
    "without_units",
]
