"""What the compressors that end in ONNX Runtime ask of a scorer."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from riskmodel.core import Matrix, Scorer
from riskmodel.errors import UnsupportedScorer
from riskmodel.onnx_export import Int8Certificate, Width


@runtime_checkable
class ConvertibleScorer(Protocol):
    """A scorer that can be written as ONNX, and gives its place to what was made of it."""

    def as_onnx(self, width: Width) -> bytes: ...

    def run_by_onnx(self, content: bytes, threads: int = 1, certificate: Int8Certificate | None = None) -> Scorer: ...

    def probes(self, rows: int, seed: int = 0) -> Matrix: ...


def convertible(scorer: Scorer, name: str) -> ConvertibleScorer:
    """The scorer, if it can be written as ONNX. Raises: UnsupportedScorer."""
    if not isinstance(scorer, ConvertibleScorer):
        raise UnsupportedScorer(f"{name} works on riskmodel's own scorers, however: {scorer.kind}")
    return scorer
