"""A scorer that says where it changes its mind and how it is drawn: its probe rows and its ONNX model follow from that.

Compressors and pruners ask for these by what they are called, and need not know any kind.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from riskmodel import registry
from riskmodel.core import Matrix, Scorer
from riskmodel.scorers.base import synthetic_inputs

if TYPE_CHECKING:
    from riskmodel.onnx_export import Drawing, Int8Certificate, Width
    from riskmodel.scorers.base.synthetic_inputs import Points


class Convertible(Scorer, ABC):
    """A scorer with two methods more, `split_points` and `draw`; what compressors and exports need is made of them."""

    @abstractmethod
    def split_points(self) -> Points:
        """The numbers at which this scorer changes its mind, by position of the feature; a feature may have none."""

    @abstractmethod
    def draw(self, drawing: Drawing, rows: str) -> str:
        """Adds the raw margin to an ONNX model.

        Parameters
        ----------
        drawing
            The model while it is written.
        rows
            The name in it of the rows (n x features), in the width of the drawing; NaN is missing.

        Returns
        -------
        The name of the raw margin (n x 1, doubles, log-odds).

        Raises
        ------
        UnsupportedScorer
            Where it cannot be drawn.
        """

    def as_onnx(self, width: Width) -> bytes:
        """The raw margin as an ONNX model. Raises: UnsupportedScorer."""
        from riskmodel.onnx_export import ROWS, Drawing

        drawing = Drawing(len(self.features), width)
        return drawing.finished(self.draw(drawing, ROWS))

    def run_by_onnx(self, content: bytes, threads: int = 1, certificate: Int8Certificate | None = None) -> Scorer:
        """The scorer that runs an ONNX model in the place of this one. Raises: BundleError for a model not ours."""
        onnx_scorer: Any = registry.SCORERS.find("onnx", Scorer)
        made: Scorer = onnx_scorer.standing_in(self, content, threads, certificate)
        return made

    def probes(self, rows: int, seed: int = 0) -> Matrix:
        """Made-up rows around the split points, n x features."""
        return synthetic_inputs.drawn(self.features, self.split_points(), rows, seed)
