"""The neutral anatomy of a neural scorer, what it does with rows, and what pruners ask of the scorer that holds it."""

from riskmodel.networks.array_file import pack, unpack
from riskmodel.networks.curves import Curves
from riskmodel.networks.gradient import expected_gradients, integrated
from riskmodel.networks.network import CHUNK, Array, Network, Single
from riskmodel.networks.protocols import (
    USUAL,
    EncodedNetwork,
    NetworkScorer,
    Penalty,
    RewindableScorer,
    Tuning,
    network_scorer,
)
from riskmodel.networks.report import LayerReport, NetworkReport, network_report
from riskmodel.networks.trace import Trace, backward, traced
from riskmodel.networks.training_targets import HasMargin, Taught

__all__ = [
    "CHUNK",
    "USUAL",
    "Array",
    "Curves",
    "EncodedNetwork",
    "HasMargin",
    "LayerReport",
    "Network",
    "NetworkReport",
    "NetworkScorer",
    "Penalty",
    "RewindableScorer",
    "Single",
    "Taught",
    "Trace",
    "Tuning",
    "backward",
    "expected_gradients",
    "integrated",
    "network_report",
    "network_scorer",
    "pack",
    "traced",
    "unpack",
]
