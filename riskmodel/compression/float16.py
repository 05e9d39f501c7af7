"""Stores a network's weights in half precision: about half the bytes; the arithmetic stays in float32.

It refuses scorers without a network, and networks whose PDs it would move by more than the tolerance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field
from scipy.special import expit

from riskmodel.core import Compressor, Scorer
from riskmodel.errors import UnsupportedScorer
from riskmodel.network import Network, Single, network_scorer

PROBES = 4096


@dataclass(frozen=True)
class Float16Compressor(Compressor):
    """`tolerance` is the largest allowed change of a PD, checked on made-up inputs before anything is returned."""

    tolerance: Annotated[float, Field(gt=0, lt=1)] = 0.001

    def compress(self, scorer: Scorer) -> Scorer:
        holder = network_scorer(scorer, self.name)
        half = holder.network.stored_as(np.float16)
        probes = _probes(half)
        before, after = (expit(scorer.calibration(n.margin(probes))) for n in (holder.network, half))
        change = float(np.abs(before - after).max())
        if not change <= self.tolerance:  # a weight too large for half a width makes it no number
            raise UnsupportedScorer(f"float16 may move a PD by {self.tolerance:g} at most, however: {change:g}")
        return holder.with_network(half)


def _probes(network: Network) -> Single:
    """Inputs as an encoding makes them: normal scores, then indicators of 0 and 1."""
    random = np.random.default_rng(0)
    numbers, indicators = len(network.edges), network.scaling.shape[1] - network.slope.size
    return np.concatenate(
        [random.standard_normal((PROBES, numbers)), random.integers(0, 2, (PROBES, indicators))], axis=1
    ).astype(np.float32)
