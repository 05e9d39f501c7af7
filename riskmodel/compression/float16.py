"""Stores a network's weights in half precision: about half the bytes; the arithmetic stays in float32.

It refuses scorers without a network, and networks whose PDs it would move by more than the tolerance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from riskmodel.compression._tolerance import checked
from riskmodel.core import Compressor, Scorer
from riskmodel.networks import network_scorer


@dataclass(frozen=True)
class Float16Compressor(Compressor):
    """`tolerance` is the largest allowed change of a PD, checked on made-up inputs before anything is returned."""

    tolerance: Annotated[float, Field(gt=0, lt=1)] = 0.001

    def compress(self, scorer: Scorer) -> Scorer:
        holder = network_scorer(scorer, self.name)
        half = holder.network.stored_as(np.float16)
        return holder.with_network(checked(self.name, self.tolerance, scorer.calibration, (holder.network, half)))
