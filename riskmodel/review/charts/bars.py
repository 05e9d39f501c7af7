"""How large each of some named figures is: bars from zero, the largest first."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from riskmodel.review.charts.palette import FAINT, FAMILIES, INK, LETTER, NARROW
from riskmodel.review.charts.scale import Linear
from riskmodel.review.charts.svg import below, both, number, picture, point, text, x_axis

ROW, TALL, TOP = 22, 40, 46


def bars(title: str, titles: tuple[str, str], values: Sequence[tuple[str, float]]) -> Markup:
    """Figures of 0 or more by name, in the order given; `titles` say what the lines are, and what the axis."""
    return both(lambda width: _bars(title, titles, values, width))


def _bars(title: str, titles: tuple[str, str], values: Sequence[tuple[str, float]], width: int) -> Markup:
    tall = width <= NARROW
    row = TALL if tall else ROW
    left = 14.0 if tall else 24 + LETTER * max(len(titles[0]), *(len(name) for name, _ in values))
    most = max(value for _, value in values) or 1.0
    scale = Linear(0.0, 1.05 * most, left, width - 20)
    bottom = TOP + row * len(values) + 6
    head = text(4, TOP - 10, titles[0], "start", FAINT) if tall else text(left - 12, TOP - 10, titles[0], "end", FAINT)
    body = [text(4, 16, title, "start", INK, ' font-weight="600"'), head]
    body += x_axis(scale, titles[1], TOP - 4, bottom)
    body += [_bar(name, value, TOP + row * i, row, scale) for i, (name, value) in enumerate(values)]
    return picture(f"{title}: {titles[1]}", width, bottom + below(scale, titles[1]), body)


def _bar(name: str, value: float, top: float, row: int, scale: Linear) -> str:
    tall = row == TALL
    named = text(4, top + 14, name) if tall else text(scale.start - 12, top + 15, name, "end")
    y, wide = top + (20 if tall else 4), scale(value) - scale.start
    box = f'<rect x="{scale.start:g}" y="{y:g}" width="{wide:g}" height="14" fill="{FAMILIES[0]}"/>'
    return point(f"{name}: {number(value)}", [named, box])
