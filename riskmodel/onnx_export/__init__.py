"""Scorers as ONNX models, written node by node from their anatomy, and the session that runs them.

No trainer's own exporter is used: what stands in a file is what our readers understood, so that it can be checked
against it. ONNX and its runtime are an extra, imported only here and only when they are asked for.
"""

from riskmodel.onnx_export.certificate import Int8Certificate
from riskmodel.onnx_export.drawing import PD, ROWS, Drawing, Width
from riskmodel.onnx_export.lookups import interpolated
from riskmodel.onnx_export.model import OnnxModel, opened, with_pd
from riskmodel.onnx_export.networks import graph_margin, network_margin
from riskmodel.onnx_export.trees import tree_margin

__all__ = [
    "PD",
    "ROWS",
    "Drawing",
    "Int8Certificate",
    "OnnxModel",
    "Width",
    "graph_margin",
    "interpolated",
    "network_margin",
    "opened",
    "tree_margin",
    "with_pd",
]
