"""The neutral anatomy of a sequence scorer: what reads the months of a row, and the dense layers after it."""

from riskmodel.networks.sequences.cells import ConvCell, GruCell, SequenceCell
from riskmodel.networks.sequences.gradient import sequence_gradient
from riskmodel.networks.sequences.holder import HasMonths
from riskmodel.networks.sequences.lstm import LstmCell
from riskmodel.networks.sequences.network import SequenceNetwork

__all__ = ["ConvCell", "GruCell", "HasMonths", "LstmCell", "SequenceCell", "SequenceNetwork", "sequence_gradient"]
