"""Figures with their intervals, one a line: the value as a mark, the interval as a bar, thresholds as dashed lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from riskmodel.review.charts.palette import FAINT, MARK_SHAPES, MARKS, NARROW
from riskmodel.review.charts.scale import Linear, spanned
from riskmodel.review.charts.svg import (
    below,
    both,
    broad,
    dashed,
    key,
    line,
    number,
    picture,
    point,
    shape,
    share,
    text,
    x_axis,
)

ROW, TALL, TOP = 26, 44, 22
NEAR = 34  # pixels: names of limits closer than this would run into one another
LONGEST = 42  # letters of a name that find room


@dataclass(frozen=True)
class Bar:
    """One line; an end that does not exist is None, and a figure that does not exist leaves an empty line."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    mark: str = "pass"
    more: str = ""
    said: str = ""  # what the mark means here, where it is not its own name

    @property
    def meaning(self) -> str:
        return self.said or self.mark


def forest(
    label: str,
    titles: tuple[str, str],
    bars: Sequence[Bar],
    limits: Sequence[tuple[float, str]] = (),
    *,
    percent: bool = False,
) -> Markup:
    """The bars from top to bottom; `titles` say what the lines are, and what the axis, with its unit."""
    words = share if percent else number
    return both(lambda width: _forest(label, titles, bars, limits, words, width))


def _forest(  # noqa: PLR0917
    label: str,
    titles: tuple[str, str],
    bars: Sequence[Bar],
    limits: Sequence[tuple[float, str]],
    words: Callable[[float], str],
    width: int,
) -> Markup:
    of, title = titles
    row, left = (TALL, 14.0) if width <= NARROW else (ROW, _left(of, bars))
    legend, above = key(_meanings(bars), 4, 10, width - 10)
    top = above + (TOP + 16 if width <= NARROW else TOP)
    bottom = top + row * len(bars) + 6
    ends = [end for bar in bars for end in (bar.value, bar.low, bar.high)]
    scale = spanned([*ends, *(at for at, _ in limits)], left, width - 20)
    head = text(4, top - 26, of, "start", FAINT) if width <= NARROW else text(left - 12, top - 10, of, "end", FAINT)
    body = [*legend, head, *x_axis(scale, title, top - 6, bottom, words), *_limits(limits, scale, top, bottom)]
    body += [_drawn(bar, top + row * i, row, scale, words) for i, bar in enumerate(bars)]
    return picture(label, width, bottom + below(scale, title), body)


def _left(of: str, bars: Sequence[Bar]) -> float:
    return 24 + max(broad(of), *(broad(_short(bar.name)) for bar in bars))


def _meanings(bars: Sequence[Bar]) -> list[tuple[str, str]]:
    """Each mark that occurs, with its meaning; one alone that passes needs no legend."""
    used = dict.fromkeys((bar.mark, bar.meaning) for bar in bars if bar.value is not None)
    return [(_mark(mark, 0, 0), meaning) for mark, meaning in used]


def _limits(limits: Sequence[tuple[float, str]], scale: Linear, top: float, bottom: float) -> list[str]:
    drawn = []
    for (at, name), anchor in zip(limits, _anchors([scale(at) for at, _ in limits], scale), strict=True):
        drawn += [dashed(scale(at), top - 6, scale(at), bottom, MARKS["fail"])]
        drawn += [text(scale(at), top - 10, name, anchor, MARKS["fail"])]
    return drawn


def _anchors(xs: Sequence[float], scale: Linear) -> list[str]:
    """Where each limit's name stands: over its line, or to its sides where another is near or the frame ends."""
    anchors = ["start" if x <= scale.start + 40 else "middle" if x < scale.end - 40 else "end" for x in xs]
    for i, (one, other) in enumerate(pairwise(xs)):
        if abs(one - other) < NEAR:
            anchors[i : i + 2] = ["end", "start"] if one < other else ["start", "end"]
    return anchors


def _drawn(bar: Bar, top: float, row: int, scale: Linear, words: Callable[[float], str]) -> str:
    tall = row == TALL
    y = top + (row - 12 if tall else row / 2)
    named = text(4, y - 14, _short(bar.name, 46)) if tall else text(scale.start - 12, y + 4, _short(bar.name), "end")
    if bar.value is None:
        return point(f"{bar.name}: NOT EVALUATED. {bar.more}", [named])
    drawn, bounds = [named], ""
    if bar.low is not None and bar.high is not None:
        drawn.append(line(scale(bar.low), y, scale(bar.high), y, _colour(bar.mark), ' stroke-width="2"'))
        bounds = f" ({words(bar.low)} to {words(bar.high)})"
    drawn.append(_mark(bar.mark, scale(bar.value), y))
    return point(f"{bar.name}: {words(bar.value)}{bounds}, {bar.meaning}. {bar.more}".strip(), drawn)


def _mark(mark: str, x: float, y: float) -> str:
    return shape(MARK_SHAPES.get(mark, "circle"), x, y, _colour(mark))


def _colour(mark: str) -> str:
    return MARKS.get(mark, FAINT)


def _short(name: str, most: int = LONGEST) -> str:
    """The beginning and the end: the end tells measures apart."""
    return name if len(name) <= most else f"{name[: most - 17]}…{name[-16:]}"
