"""Bad rate with its interval and mean PDs, period by period: whether PDs are as right on new rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from riskmodel.review.charts.lines import mark
from riskmodel.review.charts.palette import FAINT, INK, LETTER, NARROW
from riskmodel.review.charts.scale import Linear, spanned
from riskmodel.review.charts.svg import both, dashed, key, line, picture, point, share, text, y_axis

LEFT, TALL = 76, 290
TITLE = "Period (month, quarter or sample)"
_BESIDE = {"champion": -1, "challenger": 1}  # so that neither hides the other, nor the bad rate


@dataclass(frozen=True)
class Period:
    """One period: bad rate (value) with its interval, and the mean PD of each side; all are shares."""

    name: str
    new: bool
    value: float
    low: float
    high: float
    mean_pd: Mapping[str, float]
    more: str = ""


def periods(label: str, drawn: Sequence[Period]) -> Markup:
    """The periods from left to right as they come; a dashed line stands where the new ones begin."""
    return both(lambda width: _periods(label, drawn, width))


def _periods(label: str, drawn: Sequence[Period], width: int) -> Markup:
    sides = list(dict.fromkeys(side for p in drawn for side in p.mean_pd))
    entries = [(_rate(0, 0, 5), "bad rate"), *((mark(side, 0, 0), f"mean PD, {side}") for side in sides)]
    legend, top = key(entries, LEFT if width > NARROW else 8, 12, width - 10)
    top += 14
    bottom = top + TALL
    up = spanned([0.0, *(y for p in drawn for y in (p.high, *p.mean_pd.values()))], bottom, top)
    across = Linear(-0.5, len(drawn) - 0.5, LEFT, width - 20)
    apart = across(1) - across(0)
    turned = any(LETTER * len(p.name) > apart - 6 for p in drawn)
    body = [*legend, *y_axis(up, "Share of rows (%)", LEFT, width - 20, share)]
    body += [_name(p.name, across(i), bottom, turned=turned) for i, p in enumerate(drawn)]
    body += _border(drawn, across, top, bottom)
    for i, period in enumerate(drawn):
        body += _drawn(period, across(i), min(9.0, 0.3 * apart), up)
    under = bottom + 30 + (5.2 * max(len(p.name) for p in drawn) if turned else 18)
    body += [text(width / 2, under, TITLE, "middle")]
    return picture(label, width, under + 12, body)


def _name(name: str, x: float, bottom: float, *, turned: bool) -> str:
    if turned:
        more = f' transform="rotate(-45 {x + 4:g} {bottom + 16:g})"'
        return text(x + 4, bottom + 16, name, "end", FAINT, more)
    return text(x, bottom + 18, name, "middle", FAINT)


def _border(drawn: Sequence[Period], across: Linear, top: float, bottom: float) -> list[str]:
    first = next((i for i, period in enumerate(drawn) if period.new), 0)
    if not first:
        return []
    x = across(first - 0.5)
    return [dashed(x, top - 8, x, bottom), text(x + 5, top + 2, "new rows", "start", FAINT)]


def _drawn(period: Period, x: float, beside: float, up: Linear) -> list[str]:
    bounds = f" ({share(period.low)} to {share(period.high)})"
    tip = f"{period.name}: bad rate {share(period.value)}{bounds}. {period.more}".strip()
    marks = [line(x, up(period.low), x, up(period.high), INK), _rate(x, up(period.value), beside - 4)]
    points = [point(tip, marks)]
    for side, pd in period.mean_pd.items():
        words = f"{period.name}: mean PD of the {side} {share(pd)}"
        points.append(point(words, [mark(side, x + beside * _BESIDE[side], up(pd))]))
    return points


def _rate(x: float, y: float, reach: float) -> str:
    """A short bar: neither side's mark."""
    return line(x - reach, y, x + reach, y, INK, ' stroke-width="3"')
