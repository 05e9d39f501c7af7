"""Multiplies a network in 8 bits in ONNX Runtime: the range of what goes in is measured in every call.

It pays on wide layers and many rows, and on a processor with 8-bit instructions: measure it. PDs move by up to a few
percent, so that a cutoff needs the recalibration that follows every step of a run. It refuses scorers without a
network, and networks whose PDs it would move by more than the tolerance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from riskmodel.compression._quantised import int8
from riskmodel.core import Compressor, Scorer


@dataclass(frozen=True)
class Int8DynamicCompressor(Compressor):
    """`tolerance` is the largest allowed change of a PD, checked on made-up applications."""

    tolerance: Annotated[float, Field(gt=0, lt=1)] = 0.04
    threads: Annotated[int, Field(ge=1, le=64)] = 1

    saves = "time"

    def compress(self, scorer: Scorer) -> Scorer:
        return int8(scorer, self.name, self.tolerance, static=False, threads=self.threads)
