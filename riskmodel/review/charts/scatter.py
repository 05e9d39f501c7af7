"""Worth against cost, one mark a model: colour says of which family, shape by which way it was made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from riskmodel.review.charts.palette import FAINT, FAMILIES, INK, MARKS, NARROW, SHAPES
from riskmodel.review.charts.placing import Rectangle, beside
from riskmodel.review.charts.scale import Linear, Log, spanned, spanned_log
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
    text,
    x_axis,
    y_axis,
)

LEFT, TALL = 72, 400
HALO = ' font-weight="600" stroke="#fff" stroke-width="3" paint-order="stroke"'  # words stay readable over a bar


@dataclass(frozen=True)
class Dot:
    """One model: cost (x, above 0) and worth (y) with the interval that its verdict rests on."""

    x: float
    y: float
    family: str
    way: str
    tip: str
    low: float | None = None
    high: float | None = None
    role: str = ""  # written beside a ring: champion, chosen, given, written


@dataclass(frozen=True, eq=False)
class Scatter:
    """What is drawn, before anyone knows how wide the page is."""

    label: str
    titles: tuple[str, str]
    words: Callable[[float], str]  # of ticks of the cost
    dots: Sequence[Dot]
    level: tuple[float, str] | None = None  # a line of worth, and its name
    stairs: Sequence[tuple[float, float]] = ()  # the Pareto front
    joined: Sequence[str] = ()  # families whose dots are joined by a line

    @cached_property
    def shapes(self) -> Mapping[str, str]:
        """By way."""
        return _each(SHAPES, (dot.way for dot in self.dots))

    @cached_property
    def colours(self) -> Mapping[str, str]:
        """By family."""
        return _each(FAMILIES, (dot.family for dot in self.dots))


def _each(styles: Sequence[str], names: Iterable[str]) -> dict[str, str]:
    return {name: styles[i % len(styles)] for i, name in enumerate(dict.fromkeys(names))}


def scatter(drawn: Scatter) -> Markup:
    """The picture, with a legend of families and ways."""
    return both(lambda width: _scatter(drawn, width))


def _scatter(drawn: Scatter, width: int) -> Markup:
    legend, top = key(_legend(drawn), LEFT if width > NARROW else 8, 12, width - 10)
    top += 12
    bottom = top + (TALL if width > NARROW else 330)
    across = spanned_log([dot.x for dot in drawn.dots], LEFT, width - 20)
    ys = [y for dot in drawn.dots for y in (dot.y, dot.low, dot.high)]
    up = spanned([*ys, *([drawn.level[0]] if drawn.level else [])], bottom, top)
    body = [*legend, *x_axis(across, drawn.titles[0], top, bottom, drawn.words)]
    body += y_axis(up, drawn.titles[1], LEFT, width - 20, lambda y: f"{y:.3f}")
    body += [*_level(drawn, up, width), *_stairs(drawn, across, up), *_joined(drawn, across, up)]
    body += [_dot(dot, drawn, across, up) for dot in drawn.dots]
    body += _rings(drawn, across, up, Rectangle(LEFT, top - 12, width - 4, bottom))
    return picture(drawn.label, width, bottom + below(across, drawn.titles[0]), body)


def _legend(drawn: Scatter) -> list[tuple[str, str]]:
    lines = [(dashed(-6, 0, 8, 0), "Pareto front")] if drawn.stairs else []
    if drawn.level is not None:
        lines.append((dashed(-6, 0, 8, 0, MARKS["fail"]), drawn.level[1]))
    if all(dot.family == dot.way for dot in drawn.dots):  # colour and shape say the same: once is enough
        return [*((shape(drawn.shapes[name], 0, 0, colour), name) for name, colour in drawn.colours.items()), *lines]
    families = [(shape("circle", 0, 0, colour), name) for name, colour in drawn.colours.items()]
    ways = [(shape(form, 0, 0, FAINT), name) for name, form in drawn.shapes.items()] if len(drawn.shapes) > 1 else []
    return [*families, *ways, *lines]


def _level(drawn: Scatter, up: Linear, width: int) -> list[str]:
    if drawn.level is None:
        return []
    y = up(drawn.level[0])
    return [dashed(LEFT, y, width - 20, y, MARKS["fail"])]


def _stairs(drawn: Scatter, across: Log, up: Linear) -> list[str]:
    steps: list[tuple[float, float]] = []
    for x, y in ((across(x), up(y)) for x, y in sorted(drawn.stairs)):
        steps += [(x, steps[-1][1]), (x, y)] if steps else [(x, y)]
    return [path(steps, FAINT, ' stroke-dasharray="3 4"')] if steps else []


def _joined(drawn: Scatter, across: Log, up: Linear) -> list[str]:
    lines = []
    for name in drawn.joined:
        places = sorted((across(dot.x), up(dot.y)) for dot in drawn.dots if dot.family == name)
        lines.append(path(places, drawn.colours.get(name, FAINT)))
    return lines


def _dot(dot: Dot, drawn: Scatter, across: Log, up: Linear) -> str:
    x, y, colour = across(dot.x), up(dot.y), drawn.colours[dot.family]
    marks = [shape(drawn.shapes[dot.way], x, y, colour)]
    if dot.low is not None and dot.high is not None:
        marks.insert(0, line(x, up(dot.low), x, up(dot.high), colour))
    return point(dot.tip, marks)


def _rings(drawn: Scatter, across: Log, up: Linear, frame: Rectangle) -> list[str]:
    """Around each mark that has a role, which is written where it covers least."""
    named = [dot for dot in drawn.dots if dot.role]
    taken = _taken(drawn, across, up, frame)
    marks = []
    for dot in named:
        x, y = across(dot.x), up(dot.y)
        at = beside(x, y, dot.role, taken, frame)
        taken.append(at.box)
        marks += [shape("ring", x, y, INK, 10), text(at.x, at.y, dot.role, at.anchor, INK, HALO)]
    return marks


def _taken(drawn: Scatter, across: Log, up: Linear, frame: Rectangle) -> list[Rectangle]:
    """What words should not cover: marks, rings, bars, and the line of the level."""
    boxes = []
    for dot in drawn.dots:
        x, y, reach = across(dot.x), up(dot.y), 11 if dot.role else 6
        boxes.append(Rectangle(x - reach, y - reach, x + reach, y + reach))
        if dot.low is not None and dot.high is not None:
            boxes.append(Rectangle(x - 1, up(dot.high), x + 1, up(dot.low)))
    if drawn.level is not None:
        y = up(drawn.level[0])
        boxes.append(Rectangle(frame.left, y - 2, frame.right, y + 2))
    return boxes
