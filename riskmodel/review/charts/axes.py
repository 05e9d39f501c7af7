"""What all SVG pictures share: a scale, round ticks, axes with their titles, and points that a keyboard can reach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import floor, log10

from markupsafe import Markup

from riskmodel.review.charts.canvas import FAINT, GRID, INK

MARKS = {"pass": "#1b7a4b", "attention": "#8a6d00", "fail": "#b3261e", "NOT EVALUATED": FAINT}
COLOURS = {"champion": "#5b6673", "challenger": "#1f5a99"}
WIDTH = 720


@dataclass(frozen=True)
class Scale:
    """From figures to pixels, in a straight line."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self, about: int = 6) -> list[float]:
        """Round figures within the scale."""
        raw = (self.high - self.low) / about
        power = 10.0 ** floor(log10(raw))
        step = next(power * m for m in (1, 2, 5, 10) if power * m >= raw * 0.999)
        first, last = round(self.low / step + 0.499), round(self.high / step - 0.499)
        return [round(i * step, 12) for i in range(first, last + 1)]


def spanned(values: Iterable[float | None], start: float, end: float) -> Scale:
    """A scale that holds all values, with a little room."""
    known = [value for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    room = 0.06 * (high - low) or max(abs(high), 1e-6) * 0.1
    return Scale(low - room, high + room, start, end)


def picture(label: str, height: float, body: Sequence[str]) -> Markup:
    """The whole drawing; `label` says what it shows to who does not see it."""
    head = (
        f'<svg class="svg" viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}" height="{height:g}" '
        f'role="group" aria-label="{escape(label)}" tabindex="0">'
    )
    return Markup("\n".join([head, *body, "</svg>"]))  # noqa: S704 - all text is escaped below


def text(  # noqa: PLR0917
    x: float, y: float, words: str, anchor: str = "start", colour: str = INK, more: str = ""
) -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{colour}"{more}>{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, colour: str = GRID, more: str = "") -> str:  # noqa: PLR0917
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{colour}"{more}/>'


def x_axis(scale: Scale, title: str, top: float, bottom: float, *, percent: bool = False) -> list[str]:
    """Grid, ticks and title below."""
    found = []
    for tick in scale.ticks():
        x = scale(tick)
        found += [line(x, top, x, bottom), text(x, bottom + 16, number(tick, percent=percent), "middle", FAINT)]
    middle = (scale.start + scale.end) / 2
    return [*found, line(scale.start, bottom, scale.end, bottom, FAINT), text(middle, bottom + 36, title, "middle")]


def y_axis(scale: Scale, title: str, left: float, right: float, *, percent: bool = False) -> list[str]:
    """Grid, ticks and title to the left."""
    found = []
    for tick in scale.ticks():
        y = scale(tick)
        found += [line(left, y, right, y), text(left - 6, y + 4, number(tick, percent=percent), "end", FAINT)]
    middle = (scale.start + scale.end) / 2
    turned = f' transform="rotate(-90 14 {middle:g})"'
    return [*found, line(left, scale.start, left, scale.end, FAINT), text(14, middle, title, "middle", INK, turned)]


def point(tip: str, drawn: Sequence[str]) -> str:
    """Marks that tell themselves: on hover, by keyboard, and to a screen reader."""
    words = escape(tip)
    return f'<g class="pt" tabindex="-1" role="img" aria-label="{words}"><title>{words}</title>{"".join(drawn)}</g>'


def number(value: float, *, percent: bool = False) -> str:
    return f"{100 * value:.4g} %" if percent else f"{value:.4g}"
