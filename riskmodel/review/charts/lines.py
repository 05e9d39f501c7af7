"""Curves of champion and challenger in one frame: points with intervals, joined, and a diagonal to compare with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from riskmodel.review.charts.palette import FAINT, NARROW, SIDE_SHAPES, SIDES
from riskmodel.review.charts.scale import Linear, spanned
from riskmodel.review.charts.svg import (
    below,
    both,
    dashed,
    key,
    line,
    path,
    picture,
    point,
    shape,
    share,
    x_axis,
    y_axis,
)

LEFT, TALL = 76, 350


@dataclass(frozen=True)
class Spot:
    """One point of a curve; shares, with the interval of y where there is one."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None


def lines(label: str, titles: tuple[str, str], series: Mapping[str, Sequence[Spot]], diagonal: str = "") -> Markup:
    """Curves by name; both axes are shares and are shown as percentages. `diagonal` says what y = x means."""
    return both(lambda width: _lines(label, titles, series, diagonal, width))


def _lines(
    label: str, titles: tuple[str, str], series: Mapping[str, Sequence[Spot]], diagonal: str, width: int
) -> Markup:
    legend, top = key(_legend(series, diagonal), LEFT if width > NARROW else 8, 12, width - 10)
    bottom = top + 14 + (TALL if width > NARROW else 260)
    spots = [spot for curve in series.values() for spot in curve]
    across = spanned([0.0, *(spot.x for spot in spots)], LEFT, width - 20)
    up = spanned([0.0, *(y for spot in spots for y in (spot.y, spot.low, spot.high))], bottom, top + 14)
    body = [
        *legend,
        *x_axis(across, titles[0], top + 14, bottom, share),
        *y_axis(up, titles[1], LEFT, width - 20, share),
    ]
    if diagonal:
        end = min(across.high, up.high)
        body.append(dashed(across(0), up(0), across(end), up(end)))
    for name, curve in series.items():
        colour = SIDES.get(name, FAINT)
        body.append(path([(across(s.x), up(s.y)) for s in curve], colour))
        body += [_spot(name, s, across, up, colour) for s in curve]
    return picture(label, width, bottom + below(across, titles[0]), body)


def _legend(series: Mapping[str, Sequence[Spot]], diagonal: str) -> list[tuple[str, str]]:
    entries = [(mark(name, 0, 0), name) for name in series]
    return [*entries, (dashed(-6, 0, 8, 0), diagonal)] if diagonal else entries


def _spot(name: str, spot: Spot, across: Linear, up: Linear, colour: str) -> str:
    x, y = across(spot.x), up(spot.y)
    drawn, bounds = [], ""
    if spot.low is not None and spot.high is not None:
        drawn.append(line(x, up(spot.low), x, up(spot.high), colour))
        bounds = f" ({share(spot.low)} to {share(spot.high)})"
    drawn.append(mark(name, x, y))
    return point(f"{name}: {share(spot.x)}, {share(spot.y)}{bounds}", drawn)


def mark(name: str, x: float, y: float) -> str:
    """Of a side; by shape too, so that colour is not all that tells the two apart."""
    return shape(SIDE_SHAPES.get(name, "circle"), x, y, SIDES.get(name, FAINT), 4.5)
