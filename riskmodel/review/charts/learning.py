"""A learning curve: AUC against rows of train by ratios, each way to choose rows by its colour and shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from markupsafe import Markup

from riskmodel.core import Interval
from riskmodel.review.charts.palette import FAINT, FAMILIES, NARROW, SHAPES
from riskmodel.review.charts.scale import Linear, Log, spanned, spanned_log
from riskmodel.review.charts.svg import below, both, dashed, key, line, path, picture, point, shape, x_axis, y_axis
from riskmodel.stats.learning_curve import PowerLaw

LEFT, STEPS = 76, 40
TITLES = ("Rows of train", "AUC on selection")
Curve = Sequence[tuple[int, Interval]]  # rows, and the AUC with its interval


def learning(curves: Mapping[str, Curve], law: PowerLaw, rows: int, times: float) -> Markup:
    """Curves by name; the law, dashed, goes on to `times` all `rows`."""
    return both(lambda width: _learning(curves, law, rows, times, width))


def _learning(curves: Mapping[str, Curve], law: PowerLaw, rows: int, times: float, width: int) -> Markup:
    looks = {name: (FAMILIES[i % len(FAMILIES)], SHAPES[i % len(SHAPES)]) for i, name in enumerate(curves)}
    entries = [(shape(form, 0, 0, colour, 4.5), name) for name, (colour, form) in looks.items()]
    entries.append((dashed(-6, 0, 8, 0), "power law"))
    legend, top = key(entries, LEFT if width > NARROW else 8, 12, width - 10)
    bottom = top + 14 + (350 if width > NARROW else 260)
    spots = [spot for curve in curves.values() for spot in curve]
    across = spanned_log([*(float(count) for count, _ in spots), times * rows], LEFT, width - 20)
    up = spanned([value for _, a in spots for value in (a.value, a.low, a.high)], bottom, top + 14)
    body = [*legend, *x_axis(across, TITLES[0], top + 14, bottom, lambda v: f"{v:,.0f}")]
    body += [*y_axis(up, TITLES[1], LEFT, width - 20), *_law(law, rows, times, min(c for c, _ in spots), across, up)]
    for name, curve in curves.items():
        body += _curve(name, curve, looks[name], across, up)
    return picture("AUC against rows of train", width, bottom + below(across, TITLES[0]), body)


def _law(law: PowerLaw, rows: int, times: float, least: int, across: Log, up: Linear) -> list[str]:  # noqa: PLR0917
    counts = np.geomspace(least, times * rows, STEPS).tolist()
    places = [(across(n), up(law.at(n / rows))) for n in counts if up.low <= law.at(n / rows) <= up.high]
    return [path(places, FAINT, ' stroke-dasharray="5 4"')]


def _curve(name: str, curve: Curve, look: tuple[str, str], across: Log, up: Linear) -> list[str]:
    colour, form = look
    drawn = [path([(across(count), up(area.value)) for count, area in curve], colour)]
    for count, area in curve:
        x, y = across(count), up(area.value)
        bar = line(x, up(area.low), x, up(area.high), colour)
        words = f"{name}: {count:,} rows, AUC {area.value:.4f} ({area.low:.4f} to {area.high:.4f})"
        drawn.append(point(words, [bar, shape(form, x, y, colour, 4.5)]))
    return drawn
