"""Stores a network's weights in bfloat16: half the bytes, the range of float32, and three digits.

Where float16 overflows this does not, and it is eight times coarser. Weights are rounded to the nearest number of which
only the upper 16 bits are set; the arithmetic stays in float32, so that no processor needs to know the format.
It refuses scorers without a network, and networks whose PDs it would move by more than the tolerance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from riskmodel.compression._tolerance import checked
from riskmodel.core import Compressor, Scorer
from riskmodel.networks import Array, Network, network_scorer


@dataclass(frozen=True)
class Bfloat16Compressor(Compressor):
    """`tolerance` is the largest allowed change of a PD, checked on made-up inputs before anything is returned."""

    tolerance: Annotated[float, Field(gt=0, lt=1)] = 0.01

    def compress(self, scorer: Scorer) -> Scorer:
        holder = network_scorer(scorer, self.name)
        arrays = holder.network.stored_as(np.float32).arrays
        short = Network.from_arrays({k: v if k == "edges" else rounded(v) for k, v in arrays.items()})
        return holder.with_network(checked(self.name, self.tolerance, scorer.calibration, (holder.network, short)))


def rounded(values: Array) -> Array:
    """The nearest bfloat16 of each float32, as a float32; of two equally near the even one; NaN stays NaN."""
    bits = np.ascontiguousarray(values, np.float32).view(np.uint32).astype(np.uint64)
    up = 0x7FFF + ((bits >> np.uint64(16)) & np.uint64(1))
    short = ((bits + up) & np.uint64(0xFFFF0000)).astype(np.uint32).view(np.float32)
    return np.where(np.isnan(values), np.float32(np.nan), short)
