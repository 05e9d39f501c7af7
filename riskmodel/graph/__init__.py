"""Scorers as ONNX models, written node by node from their anatomy, and the session that runs them.

No trainer's own exporter is used: what stands in a file is what our readers understood, so that it can be checked
against it. ONNX and its runtime are an extra, imported only here and only when they are asked for.
"""

from riskmodel.graph.drawing import PD, ROWS, Drawing, Width
from riskmodel.graph.lookups import interpolated
from riskmodel.graph.model import Model, opened, with_pd
from riskmodel.graph.networks import network_margin
from riskmodel.graph.trees import tree_margin

__all__ = [
    "PD",
    "ROWS",
    "Drawing",
    "Model",
    "Width",
    "interpolated",
    "network_margin",
    "opened",
    "tree_margin",
    "with_pd",
]
