"""What each of our scorers can become: a scorer of another kind that says the same, or that was taught by it.

Compressors and pruners ask for these by what they are called, and need not know any kind.
"""

from __future__ import annotations

from abc import ABC
from typing import TYPE_CHECKING

from riskmodel.core import Development, Matrix, Scorer, Vector

if TYPE_CHECKING:
    from collections.abc import Sequence

    from riskmodel.onnx_export import Int8Certificate, Width


class Convertible(Scorer, ABC):
    """A scorer of ours."""

    def as_onnx(self, width: Width) -> bytes:
        """The raw margin as an ONNX model. Raises: UnsupportedScorer."""
        from riskmodel.scorers._base import graphs

        return graphs.model_of(self, width)

    def run_by_onnx(self, content: bytes, threads: int = 1, certificate: Int8Certificate | None = None) -> Scorer:
        """The scorer that runs an ONNX model in the place of this one. Raises: BundleError for a model not ours."""
        from riskmodel.scorers.onnx import standing_in

        return standing_in(self, content, threads, certificate)

    def probes(self, rows: int, seed: int = 0) -> Matrix:
        """Made-up rows around the numbers at which this scorer changes its mind, n x features."""
        from riskmodel.scorers._base import synthetic_inputs

        return synthetic_inputs.drawn(self, rows, seed)

    def network_student(
        self, development: Development, targets: tuple[Vector, Vector], hidden: Sequence[int], epochs: int
    ) -> Scorer:
        """A plain network taught on soft outcomes of train and tune."""
        from riskmodel.scorers.mlp import taught

        return taught(development, self.features, targets, hidden, epochs)

    def simple_student(self, development: Development, targets: tuple[Vector, Vector], terms: int) -> Scorer:
        """A scorecard of at most so many features, averages and differences, taught on soft outcomes."""
        from riskmodel.scorers.simple import SimpleRecipe

        return SimpleRecipe(terms=terms).taught(development, self.features, targets)
