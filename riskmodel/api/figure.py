"""A picture that a notebook shows and a file keeps: plain SVG, without scripts, and nothing loaded from anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from riskmodel.errors import DataError
from riskmodel.files import beside
from riskmodel.review.charts.svg import standalone


@dataclass(frozen=True)
class Figure:
    """An SVG document.

    Parameters
    ----------
    svg
        The whole document.
    """

    svg: str

    @classmethod
    def of(cls, drawn: Markup | None) -> Figure:
        """Of a picture of a report. Raises: DataError where there was nothing to draw."""
        if drawn is None:
            raise DataError("there must be figures to draw, however: none was evaluated")
        return cls(standalone(drawn))

    def save(self, path: str | Path) -> Path:
        """Writes the document whole or not at all. Raises: DataError for a name that does not end in .svg."""
        place = Path(path)
        if place.suffix != ".svg":
            raise DataError(f"{place}: must end in .svg, however: {place.suffix or 'nothing'}")
        beside.write(place, self.svg.encode())
        return place

    def _repr_svg_(self) -> str:
        return self.svg
