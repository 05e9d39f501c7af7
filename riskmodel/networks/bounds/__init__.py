"""How far a network's margin goes while its inputs stay within a box: bounds that no row of the box passes."""

from riskmodel.networks.bounds.embedded import network_range
from riskmodel.networks.bounds.linear_form import LinearForm
from riskmodel.networks.bounds.lines import BOUNDED
from riskmodel.networks.bounds.of_graph import graph_range, is_bounded

__all__ = ["BOUNDED", "LinearForm", "graph_range", "is_bounded", "network_range"]
