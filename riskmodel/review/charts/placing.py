"""Where words stand beside their mark, so that they cover no other mark, bar or word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from riskmodel.review.charts.palette import LETTER

ABOVE, BELOW = 12, 4  # pixels that letters reach from their line
PLACES = ((0, -16, "middle"), (0, 26, "middle"), (16, 4, "start"), (-16, 4, "end"), (14, -14, "start"),
          (-14, -14, "end"), (14, 24, "start"), (-14, 24, "end"), (0, -36, "middle"), (0, 46, "middle"),
          (0, -56, "middle"), (0, 66, "middle"))  # fmt: skip
SHIFT = {"start": 0.0, "middle": 0.5, "end": 1.0}


@dataclass(frozen=True)
class Rectangle:
    """A rectangle in pixels; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def shared(self, other: Rectangle) -> float:
        """Square pixels that both cover."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        tall = min(self.bottom, other.bottom) - max(self.top, other.top)
        return wide * tall if wide > 0 and tall > 0 else 0.0

    @property
    def area(self) -> float:
        return (self.right - self.left) * (self.bottom - self.top)


@dataclass(frozen=True)
class PlacedLabel:
    """Where they are written, and what they then cover."""

    x: float
    y: float
    anchor: str
    box: Rectangle


def beside(x: float, y: float, words: str, taken: Sequence[Rectangle], frame: Rectangle) -> PlacedLabel:
    """The nearest of some places about a mark that covers least of what is taken, and leaves the frame least."""
    tried = [_at(x + right, y + down, anchor, words) for right, down, anchor in PLACES]
    return min(tried, key=lambda place: _covered(place.box, taken, frame))


def _at(x: float, y: float, anchor: str, words: str) -> PlacedLabel:
    wide = LETTER * len(words)
    left = x - SHIFT[anchor] * wide
    return PlacedLabel(x, y, anchor, Rectangle(left, y - ABOVE, left + wide, y + BELOW))


def _covered(box: Rectangle, taken: Sequence[Rectangle], frame: Rectangle) -> float:
    outside = box.area - box.shared(frame)
    return 100 * outside + sum(box.shared(other) for other in taken)
