"""Moves scoring to ONNX Runtime: the whole scorer, its preprocessing included, as one model for any number of rows.

Networks and boosters get faster on many rows; the file is no smaller. It refuses scorers of other packages, and models
whose PDs differ by more than the tolerance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from riskmodel.compression._convert import convertible
from riskmodel.compression._tolerance import largest_change
from riskmodel.core import Compressor, Scorer
from riskmodel.onnx_export import Width


@dataclass(frozen=True)
class OnnxCompressor(Compressor):
    """`width` is what the model takes: of float32 only rows that fit in it are scored alike, see the tolerance."""

    tolerance: Annotated[float, Field(gt=0, lt=1)] = 1e-6
    width: Width = "float64"
    threads: Annotated[int, Field(ge=1, le=64)] = 1

    saves = "time"

    def compress(self, scorer: Scorer) -> Scorer:
        given = convertible(scorer, self.name)
        made = given.run_by_onnx(given.as_onnx(self.width), self.threads)
        largest_change(self.name, self.tolerance, scorer, made, width=self.width)
        return made
