"""Curves of champion and challenger in one frame: points with intervals, joined, and a diagonal to compare with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from riskmodel.review.charts.axes import (
    COLOURS,
    WIDTH,
    Scale,
    line,
    number,
    picture,
    point,
    spanned,
    text,
    x_axis,
    y_axis,
)
from riskmodel.review.charts.canvas import FAINT

LEFT, TOP, BOTTOM = 76, 30, 380


@dataclass(frozen=True)
class Spot:
    """One point of a curve; shares, with the interval of y where there is one."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None


def lines(label: str, titles: tuple[str, str], series: Mapping[str, Sequence[Spot]], diagonal: str = "") -> Markup:
    """Curves by name; both axes are shares and are shown as percentages. `diagonal` says what y = x means."""
    spots = [spot for curve in series.values() for spot in curve]
    across = spanned([0.0, *(spot.x for spot in spots)], LEFT, WIDTH - 20)
    ys = [y for spot in spots for y in (spot.y, spot.low, spot.high)]
    up = spanned([0.0, *ys], BOTTOM, TOP)
    body = [
        *x_axis(across, titles[0], TOP, BOTTOM, percent=True),
        *y_axis(up, titles[1], LEFT, WIDTH - 20, percent=True),
    ]
    if diagonal:
        end = min(across.high, up.high)
        body.append(line(across(0), up(0), across(end), up(end), FAINT, ' stroke-dasharray="4 4"'))
    for i, (name, curve) in enumerate(series.items()):
        colour = COLOURS.get(name, FAINT)
        body += [_joined(curve, across, up, colour), *(_spot(name, s, across, up, colour) for s in curve)]
        body += [_key(name, colour, LEFT + 140 * i)]
    if diagonal:
        body += [line(LEFT + 290, 12, LEFT + 314, 12, FAINT, ' stroke-dasharray="4 4"'), text(LEFT + 320, 16, diagonal)]
    return picture(label, BOTTOM + 46, body)


def _joined(curve: Sequence[Spot], across: Scale, up: Scale, colour: str) -> str:
    places = " ".join(f"{across(s.x):g},{up(s.y):g}" for s in curve)
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="1.5"/>'


def _spot(name: str, spot: Spot, across: Scale, up: Scale, colour: str) -> str:
    x, y = across(spot.x), up(spot.y)
    drawn, bounds = [], ""
    if spot.low is not None and spot.high is not None:
        drawn.append(line(x, up(spot.low), x, up(spot.high), colour))
        bounds = f" ({number(spot.low, percent=True)} to {number(spot.high, percent=True)})"
    drawn.append(mark(name, x, y, colour))
    told = f"{name}: {number(spot.x, percent=True)}, {number(spot.y, percent=True)}{bounds}"
    return point(told, drawn)


def mark(name: str, x: float, y: float, colour: str) -> str:
    """A square for the champion, so that colour is not all that tells the two apart."""
    if name == "champion":
        return f'<rect x="{x - 4:g}" y="{y - 4:g}" width="8" height="8" fill="{colour}"/>'
    return f'<circle cx="{x:g}" cy="{y:g}" r="4.5" fill="{colour}"/>'


def _key(name: str, colour: str, x: float) -> str:
    return mark(name, x + 6, 12, colour) + text(x + 18, 16, name)
