"""The neutral anatomy of a neural scorer, what it does with rows, and what pruners ask of the scorer that holds it."""

from riskmodel.network.anatomy import CHUNK, Array, Network, Single
from riskmodel.network.curves import Curves
from riskmodel.network.holder import USUAL, NetworkScorer, Penalty, RewindableScorer, Tuning, network_scorer
from riskmodel.network.packed import pack, unpack
from riskmodel.network.report import LayerReport, NetworkReport, network_report
from riskmodel.network.taught import Taught
from riskmodel.network.trace import Trace, backward, traced

__all__ = [
    "CHUNK",
    "USUAL",
    "Array",
    "Curves",
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
    "network_report",
    "network_scorer",
    "pack",
    "traced",
    "unpack",
]
