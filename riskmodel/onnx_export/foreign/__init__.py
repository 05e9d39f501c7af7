"""Networks that somebody else trained: an ONNX file read to the neutral graph, and written with smaller weights."""

from riskmodel.onnx_export.foreign.document import OnnxNetwork, network_of
from riskmodel.onnx_export.foreign.frame import NetworkInput

__all__ = ["NetworkInput", "OnnxNetwork", "network_of"]
