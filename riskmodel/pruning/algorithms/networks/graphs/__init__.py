"""The same criteria, schedules and compensation for networks that somebody else trained, whose anatomy is a graph."""

from riskmodel.pruning.algorithms.networks.graphs.compensation import compensated_graph
from riskmodel.pruning.algorithms.networks.graphs.pruning import GraphView, cut_graph, decided, view_of
from riskmodel.pruning.algorithms.networks.graphs.units import GraphNeurons, GraphUnits, GraphWeights

__all__ = [
    "GraphNeurons",
    "GraphUnits",
    "GraphView",
    "GraphWeights",
    "compensated_graph",
    "cut_graph",
    "decided",
    "view_of",
]
