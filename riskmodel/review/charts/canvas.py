"""What all pictures of a review share: colours, axes and bars; names in them are escaped by who draws them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from riskmodel.review.pages.run import Review
from riskmodel.review.tables import Row

INK, FAINT, GRID = "#1c2430", "#5b6673", "#e3e7ec"
FAMILY_COLOURS = ("#1f5a99", "#b5480b", "#1b7a4b", "#7a3b8f", "#8a6d00", "#a0204c", "#0f7480", "#555555")
VERDICT_COLOURS = {"non-inferior": "#1b7a4b", "inconclusive": "#8a6d00", "inferior": "#b3261e", "champion": INK}
MARGIN_LINE = {"color": VERDICT_COLOURS["inferior"], "width": 1.2, "dash": "dash"}
MINUS = "\N{MINUS SIGN}"


def layout(height: int) -> dict[str, Any]:
    """A plain frame of this height in pixels, with the legend below."""
    axis = {"gridcolor": GRID, "linecolor": FAINT, "zeroline": False, "automargin": True, "ticks": "outside"}
    legend = {"orientation": "h", "yref": "container", "yanchor": "bottom", "y": 0, "x": 0}
    return {
        "template": "none",
        "height": height,
        "margin": {"l": 60, "r": 20, "t": 30, "b": 60},
        "font": {"family": "system-ui, sans-serif", "size": 13, "color": INK},
        "legend": {**legend, "itemclick": False, "itemdoubleclick": False},
        "hoverlabel": {"align": "left"},
        "xaxis": axis,
        "yaxis": axis,
    }


def error(bounds: Sequence[tuple[float, float | None, float | None]], colour: str) -> dict[str, Any]:
    """Bars from (value, low, high); a missing end has no length."""
    above = [0.0 if high is None else high - value for value, _, high in bounds]
    below = [0.0 if low is None else value - low for value, low, _ in bounds]
    return {"type": "data", "array": above, "arrayminus": below, "color": colour, "thickness": 1, "width": 2}


def ticks(values: Sequence[float], words: Callable[[float], str]) -> dict[str, Any]:
    """Ticks at round multiples of the powers of ten, in words: plotly's own for a log axis are bare digits."""
    if not values:
        return {}
    low, high = min(values) / 2, max(values) * 2
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1,) if high / low > 400 else (1, 2, 5) if high / low > 40 else (1, 1.5, 2, 3, 4, 5, 7)
    ticks = [10.0**power * step for power in powers for step in steps]
    shown = [tick for tick in ticks if low <= tick <= high]
    return {"tickvals": shown, "ticktext": [words(tick) for tick in shown]}


def confirms(row: Row, review: Review) -> bool:
    """Whether a test is the chosen variant's on the sample that was opened last."""
    return bool(row["challenger"] == review.chosen and row["sample"] != review.samples[0]["sample"])
