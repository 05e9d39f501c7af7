"""Store a network's weights in half precision, and count what that moves on made-up applications."""

from dataclasses import dataclass

import numpy as np

from riskmodel.core import Compressor
from riskmodel.errors import UnsupportedScorer
from riskmodel.networks import network_scorer


@dataclass(frozen=True)
class HalvesCompressor(Compressor):
    tolerance: float = 0.002

    def compress(self, scorer):
        holder = network_scorer(scorer, self.name)
        small = holder.with_network(holder.network.stored_as(np.float16))
        rows = scorer.probes(1000)
        change = np.abs(small.pd(rows) - scorer.pd(rows)).max()
        if not change <= self.tolerance:
            raise UnsupportedScorer(f"halves may move a PD by {self.tolerance:g} at most, however: {change:g}")
        return small
