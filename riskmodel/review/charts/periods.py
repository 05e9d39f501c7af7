"""Bad rate with its interval and mean PDs, period by period: whether PDs are as right on new rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from riskmodel.review.charts.axes import COLOURS, WIDTH, Scale, line, number, picture, point, spanned, text, y_axis
from riskmodel.review.charts.canvas import FAINT, INK
from riskmodel.review.charts.lines import mark

LEFT, TOP, BOTTOM = 76, 40, 320
SLANTED = 7  # names that stand side by side; more are turned
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
    up = spanned([0.0, *(y for p in drawn for y in (p.high, *p.mean_pd.values()))], BOTTOM, TOP)
    across = Scale(-0.5, len(drawn) - 0.5, LEFT, WIDTH - 20)
    sides = list(dict.fromkeys(side for p in drawn for side in p.mean_pd))
    body = [*y_axis(up, "Share of rows (%)", LEFT, WIDTH - 20, percent=True)]
    body += [_name(p.name, across(i), turned=len(drawn) > SLANTED) for i, p in enumerate(drawn)]
    body += _border(drawn, across)
    for i, period in enumerate(drawn):
        body += _drawn(period, across(i), min(9.0, 0.3 * (across(1) - across(0))), up)
    body += _legend(sides)
    bottom = BOTTOM + (86 if len(drawn) > SLANTED else 48)
    body += [text((LEFT + WIDTH - 20) / 2, bottom, "Period (month, quarter or sample)", "middle")]
    return picture(label, bottom + 12, body)


def _name(name: str, x: float, *, turned: bool) -> str:
    if turned:
        return text(x + 4, BOTTOM + 16, name, "end", FAINT, f' transform="rotate(-45 {x + 4:g} {BOTTOM + 16})"')
    return text(x, BOTTOM + 18, name, "middle", FAINT)


def _border(drawn: Sequence[Period], across: Scale) -> list[str]:
    first = next((i for i, period in enumerate(drawn) if period.new), 0)
    if not first:
        return []
    x = across(first - 0.5)
    return [
        line(x, TOP - 8, x, BOTTOM, FAINT, ' stroke-dasharray="4 4"'),
        text(x + 5, TOP + 2, "new rows", "start", FAINT),
    ]


def _drawn(period: Period, x: float, beside: float, up: Scale) -> list[str]:
    bounds = f" ({number(period.low, percent=True)} to {number(period.high, percent=True)})"
    told = f"{period.name}: bad rate {number(period.value, percent=True)}{bounds}. {period.more}".strip()
    found = [point(told, [line(x, up(period.low), x, up(period.high), INK), _rate(x, up(period.value), beside - 4)])]
    for side, pd in period.mean_pd.items():
        said = f"{period.name}: mean PD of the {side} {number(pd, percent=True)}"
        found.append(point(said, [mark(side, x + beside * _BESIDE[side], up(pd), COLOURS[side])]))
    return found


def _legend(sides: Sequence[str]) -> Iterator[str]:
    yield _rate(LEFT + 6, 12, 5) + text(LEFT + 18, 16, "bad rate")
    for i, side in enumerate(sides):
        x = LEFT + 106 + 170 * i
        yield mark(side, x, 12, COLOURS[side]) + text(x + 12, 16, f"mean PD, {side}")


def _rate(x: float, y: float, reach: float) -> str:
    """A short bar: neither side's mark."""
    return line(x - reach, y, x + reach, y, INK, ' stroke-width="3"')
