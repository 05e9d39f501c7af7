"""Figures with their intervals, one a line: the value as a dot, the interval as a bar, thresholds as dashed lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from riskmodel.review.charts.axes import MARKS, WIDTH, Scale, line, number, picture, point, spanned, text, x_axis
from riskmodel.review.charts.canvas import FAINT

ROW, TOP = 26, 22
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


def forest(
    label: str,
    titles: tuple[str, str],
    bars: Sequence[Bar],
    limits: Sequence[tuple[float, str]] = (),
    *,
    percent: bool = False,
) -> Markup:
    """The bars from top to bottom; `titles` say what the lines are, and what the axis, with its unit."""
    of, title = titles
    left = 24 + 7 * max(len(of), *(len(_short(bar.name)) for bar in bars))
    bottom = TOP + ROW * len(bars) + 6
    ends = [end for bar in bars for end in (bar.value, bar.low, bar.high)]
    scale = spanned([*ends, *(at for at, _ in limits)], left, WIDTH - 20)
    body = [text(left - 12, TOP - 10, of, "end", FAINT), *x_axis(scale, title, TOP - 6, bottom, percent=percent)]
    for (at, name), anchor in zip(limits, _anchors([scale(at) for at, _ in limits], left), strict=True):
        x = scale(at)
        body += [line(x, TOP - 6, x, bottom, MARKS["fail"], ' stroke-dasharray="5 4"')]
        body += [text(x, TOP - 10, name, anchor, MARKS["fail"])]
    body += [_drawn(bar, TOP + ROW * i + ROW / 2, scale, percent=percent) for i, bar in enumerate(bars)]
    return picture(label, bottom + 46, body)


def _anchors(xs: Sequence[float], left: float) -> list[str]:
    """Where each limit's name stands: over its line, or to its sides where another is near or the frame ends."""
    found = ["start" if x <= left + 40 else "middle" if x < WIDTH - 60 else "end" for x in xs]
    for i, (one, other) in enumerate(pairwise(xs)):
        if abs(one - other) < NEAR:
            found[i : i + 2] = ["end", "start"] if one < other else ["start", "end"]
    return found


def _drawn(bar: Bar, y: float, scale: Scale, *, percent: bool) -> str:
    named = text(scale.start - 12, y + 4, _short(bar.name), "end")
    if bar.value is None:
        return point(f"{bar.name}: NOT EVALUATED. {bar.more}", [named])
    colour = MARKS.get(bar.mark, MARKS["pass"])
    low, high = bar.low, bar.high
    bounds = ""
    drawn = [named]
    if low is not None and high is not None:
        drawn.append(line(scale(low), y, scale(high), y, colour, ' stroke-width="2"'))
        bounds = f" ({number(low, percent=percent)} to {number(high, percent=percent)})"
    drawn.append(f'<circle cx="{scale(bar.value):g}" cy="{y:g}" r="5" fill="{colour}"/>')
    return point(f"{bar.name}: {number(bar.value, percent=percent)}{bounds}, {bar.mark}. {bar.more}".strip(), drawn)


def _short(name: str) -> str:
    """The beginning and the end: the end tells measures apart."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 17]}…{name[-16:]}"
