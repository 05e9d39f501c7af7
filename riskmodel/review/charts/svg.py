"""What all pictures are made of: text, lines, shapes, axes with their titles, and points that a keyboard can reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from textwrap import wrap

from markupsafe import Markup

from riskmodel.review.charts.palette import FAINT, GRID, INK, LETTER, NARROW, WIDE
from riskmodel.review.charts.scale import Linear, Log

Scale = Linear | Log
FONT = "system-ui, sans-serif"


def both(draw: Callable[[int], Markup]) -> Markup:
    """The same picture for a desk and for a phone: the page shows the one that fits."""
    return Markup('<div class="wide">{}</div>\n<div class="small">{}</div>').format(draw(WIDE), draw(NARROW))


def standalone(drawn: Markup) -> str:
    """The picture for a desk as an SVG file of its own: with its namespace, its letters, and a white ground."""
    inner = drawn.partition("<svg ")[2].partition("</svg>")[0]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" font-family="{FONT}" font-size="13" style="background:#fff" '
    return f"{head}{inner}</svg>\n"


def picture(label: str, width: float, height: float, body: Iterable[str]) -> Markup:
    """The whole drawing; `label` says what it shows to who does not see it."""
    head = (
        f'<svg class="svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" '
        f'role="group" aria-label="{escape(label)}" tabindex="0">'
    )
    return Markup("\n".join([head, *body, "</svg>"]))  # noqa: S704 - all text is escaped below


def alone(drawn: Markup) -> bytes:
    """The first of some drawings as a file of its own, on white, with the font that a page gives the others.

    Raises: ValueError where there is no drawing.
    """
    end = drawn.index("</svg>") + len("</svg>")
    body = drawn[drawn.index("<svg") + len("<svg") : end]
    style = "background: #fff; font: 13px system-ui, sans-serif"
    return f'<svg xmlns="http://www.w3.org/2000/svg" style="{style}"{body}\n'.encode()


def text(  # noqa: PLR0917
    x: float, y: float, words: str, anchor: str = "start", colour: str = INK, more: str = ""
) -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{colour}"{more}>{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, colour: str = GRID, more: str = "") -> str:  # noqa: PLR0917
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{colour}"{more}/>'


def dashed(x1: float, y1: float, x2: float, y2: float, colour: str = FAINT) -> str:
    return line(x1, y1, x2, y2, colour, ' stroke-dasharray="5 4"')


def path(points: Iterable[tuple[float, float]], colour: str, more: str = "") -> str:
    places = " ".join(f"{x:g},{y:g}" for x, y in points)
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="1.5"{more}/>'


def shape(name: str, x: float, y: float, colour: str, size: float = 5) -> str:
    """A filled shape of about one area whatever its name; `ring` is hollow."""
    if name in {"circle", "ring"}:
        fill = f'fill="{colour}"' if name == "circle" else f'fill="none" stroke="{colour}" stroke-width="2"'
        return f'<circle cx="{x:g}" cy="{y:g}" r="{size:g}" {fill}/>'
    corners = " ".join(f"{x + size * dx:g},{y + size * dy:g}" for dx, dy in _CORNERS[name])
    return f'<polygon points="{corners}" fill="{colour}"/>'


_THIN, _ARM = 0.33, 1.1
_PLUS = [(-_THIN, -_ARM), (_THIN, -_ARM), (_THIN, -_THIN), (_ARM, -_THIN), (_ARM, _THIN), (_THIN, _THIN),
         (_THIN, _ARM), (-_THIN, _ARM), (-_THIN, _THIN), (-_ARM, _THIN), (-_ARM, -_THIN), (-_THIN, -_THIN)]  # fmt: skip
_CORNERS: dict[str, list[tuple[float, float]]] = {
    "square": [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
    "diamond": [(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)],
    "triangle": [(0, -1.2), (1.2, 0.95), (-1.2, 0.95)],
    "wedge": [(0, 1.2), (1.2, -0.95), (-1.2, -0.95)],
    "plus": _PLUS,
    "cross": [((dx - dy) * 0.75, (dx + dy) * 0.75) for dx, dy in _PLUS],
    "bowtie": [(-1.2, -0.9), (0, 0), (1.2, -0.9), (1.2, 0.9), (0, 0), (-1.2, 0.9)],
    "bar": [(-0.45, -1.4), (0.45, -1.4), (0.45, 1.4), (-0.45, 1.4)],
}


def point(tip: str, drawn: Sequence[str]) -> str:
    """Marks that tell themselves: on hover, by keyboard, and to a screen reader."""
    words = escape(tip)
    return f'<g class="pt" tabindex="-1" role="img" aria-label="{words}"><title>{words}</title>{"".join(drawn)}</g>'


def number(value: float, *, percent: bool = False) -> str:
    return f"{100 * value:.4g} %" if percent else f"{value:.4g}"


def share(value: float) -> str:
    return number(value, percent=True)


def x_axis(scale: Scale, title: str, top: float, bottom: float, words: Callable[[float], str] = number) -> list[str]:
    """Grid, ticks and title below; `below` tells its height."""
    drawn = []
    for tick in scale.ticks(min(90.0, abs(scale.end - scale.start) / 4.6)):
        x = scale(tick)
        drawn += [line(x, top, x, bottom), text(x, bottom + 16, words(tick), "middle", FAINT)]
    drawn.append(line(scale.start, bottom, scale.end, bottom, FAINT))
    for i, row in enumerate(_rows(title, scale)):
        half = LETTER * len(row) / 2
        x = min(max((scale.start + scale.end) / 2, half + 4), scale.end + 16 - half)
        drawn.append(text(x, bottom + 36 + 17 * i, row, "middle"))
    return drawn


def below(scale: Scale, title: str) -> float:
    """Pixels that an axis with its ticks and title takes."""
    return 29 + 17 * len(_rows(title, scale))


def broad(words: str) -> float:
    """Pixels that a line of text takes at most: capitals, and signs that compare, are broader than letters."""
    return sum(1.3 * LETTER if letter.isupper() or letter in "<=>+@%" else LETTER for letter in words)


def _rows(title: str, scale: Scale) -> list[str]:
    return wrap(title, int((scale.end + 12) / LETTER))


def y_axis(scale: Scale, title: str, left: float, right: float, words: Callable[[float], str] = number) -> list[str]:
    """Grid, ticks and title to the left."""
    drawn = []
    for tick in scale.ticks(55):
        y = scale(tick)
        drawn += [line(left, y, right, y), text(left - 6, y + 4, words(tick), "end", FAINT)]
    middle = (scale.start + scale.end) / 2
    turned = f' transform="rotate(-90 14 {middle:g})"'
    return [*drawn, line(left, scale.start, left, scale.end, FAINT), text(14, middle, title, "middle", INK, turned)]


def key(entries: Sequence[tuple[str, str]], left: float, top: float, right: float) -> tuple[list[str], float]:
    """A legend of (drawing at 0, 0 and its words), broken into lines; and the height that it took."""
    drawn, x, y = [], left, top
    for mark, words in entries:
        wide = 24 + broad(words)
        if x > left and x + wide > right:
            x, y = left, y + 20
        drawn.append(f'<g transform="translate({x + 6:g} {y:g})">{mark}</g>{text(x + 18, y + 4, words)}')
        x += wide + 8
    return drawn, (y - top + 20) if entries else 0.0
