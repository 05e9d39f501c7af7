"""The pictures of a review, drawn from its data alone; names are escaped, for plotly reads markup in them."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence

import plotly.graph_objects as go

from riskmodel.review.charts.bars import attributions, forest
from riskmodel.review.charts.canvas import (
    FAINT,
    FAMILY_COLOURS,
    INK,
    MARGIN_LINE,
    MINUS,
    confirms,
    error,
    layout,
    ticks,
)
from riskmodel.review.claims import tool
from riskmodel.review.pages.run import Review
from riskmodel.review.tables import Row
from riskmodel.review.wording import count, figure, micros, signed, size

SYMBOLS = (
    "circle",
    "square",
    "diamond",
    "triangle-up",
    "cross",
    "x",
    "triangle-down",
    "pentagon",
    "hourglass",
    "bowtie",
)


def figures(review: Review) -> dict[str, go.Figure]:
    """Every picture that the data allows: latency, size, confirmation, attributions."""
    drawn = {
        "latency": latency(review),
        "size": trade_off(review, lambda row: row["bytes"], "Size of the saved scorer (log scale)", size, False),
        "confirmation": forest(review),
    }
    return drawn | ({"attributions": attributions(review.attributions)} if review.attributions else {})


def latency(review: Review) -> go.Figure:
    """AUC against the time that decided: a row in batches of 10,000, or one application."""
    if review.latency["decide_on"] == "single":
        return trade_off(review, lambda row: row["p50_us"], "Time of one application (median, log scale)")
    title = "Time a row, batches of 10,000 (median, log)"
    return trade_off(review, lambda row: 1e6 / row["rows_per_s"] if row["rows_per_s"] else None, title)


def trade_off(
    review: Review,
    cost: Callable[[Row], float | None],
    title: str,
    words: Callable[[float], str] = micros,
    front: bool = True,
) -> go.Figure:
    """AUC with paired bounds against a cost: colour by scorer, marker by step, front and margin as lines."""
    points = [(row, cost(row)) for row in review.rows]
    drawn = [(row, x) for row, x in points if x and row["auc"] is not None]
    figure_ = go.Figure(layout=layout(560))
    if front:
        figure_.add_trace(_front(drawn))
    for colour, family in _styles(FAMILY_COLOURS, (row["scorer"] for row, _ in drawn)):
        figure_.add_trace(_family(family, colour, [(row, x) for row, x in drawn if row["scorer"] == family], review))
    for symbol, steps in _styles(SYMBOLS, (_tools(row) for row in review.rows)):
        figure_.add_trace(_legend_entry(html.escape(steps) or "not pruned", symbol))
    for name, role in _roles(review).items():
        figure_.add_trace(_ring(name, role, drawn))
    _margin_line(figure_, review)
    figure_.update_xaxes(title=title, type="log", **ticks([x for _, x in drawn], words))
    figure_.update_yaxes(title="AUC on the selection sample", tickformat=".3f")
    return figure_


def _styles(styles: Sequence[str], names: Iterable[str]) -> list[tuple[str, str]]:
    return [(styles[i % len(styles)], name) for i, name in enumerate(dict.fromkeys(names))]


def _tools(row: Row) -> str:
    """The steps without their keeps: one marker a way of cutting."""
    return " + ".join(tool(step) for step in row["steps"].split(" + "))


def _front(drawn: Sequence[tuple[Row, float]]) -> go.Scatter:
    line = sorted((x, row["auc"]) for row, x in drawn if row["on_front"])
    return go.Scatter(
        x=[x for x, _ in line], y=[y for _, y in line], mode="lines", name="Pareto front",
        line={"color": FAINT, "width": 1.5, "dash": "dot", "shape": "hv"}, hoverinfo="skip",
    )  # fmt: skip


def _family(family: str, colour: str, drawn: Sequence[tuple[Row, float]], review: Review) -> go.Scatter:
    symbols = {steps: symbol for symbol, steps in _styles(SYMBOLS, (_tools(row) for row in review.rows))}
    rows = [row for row, _ in drawn]
    return go.Scatter(
        x=[x for _, x in drawn], y=[row["auc"] for row in rows], mode="markers", name=html.escape(family),
        marker={"color": colour, "size": 9, "symbol": [symbols[_tools(row)] for row in rows]},
        error_y=error([_paired(row, review) for row in rows], colour),
        hovertext=[_hover(row) for row in rows], hoverinfo="text",
    )  # fmt: skip


def _paired(row: Row, review: Review) -> tuple[float, float | None, float | None]:
    """The paired bounds about the AUC: its own interval is ten times as wide, and no verdict rests on it."""
    for test in review.differences:
        if test["figure"] == "auc" and test["challenger"] == row["variant"] and not confirms(test, review):
            base = row["auc"] - test["delta"]
            return row["auc"], base + test["lower"], base + test["upper"]
    return row["auc"], None, None


def _hover(row: Row) -> str:
    lines = [
        f"<b>{html.escape(row['variant'])}</b>: {html.escape(row['verdict'])}",
        f"AUC {figure(row['auc'])} ({figure(row['auc_low'])} to {figure(row['auc_high'])})",
        f"less the champion's {signed(row['delta_auc'])}, 95 % bound {signed(row['delta_low'])}",
        f"one application {micros(row['p50_us'])} median, {micros(row['p99_us'])} 99th percentile",
        f"{count(row['rows_per_s'])} rows a second, {size(row['bytes'])}, {count(row['features'])} features",
    ]
    return "<br>".join(lines)


def _legend_entry(name: str, symbol: str) -> go.Scatter:
    marker = {"color": FAINT, "size": 9, "symbol": symbol}
    return go.Scatter(x=[None], y=[None], mode="markers", name=name, marker=marker, hoverinfo="skip")


def _roles(review: Review) -> dict[str, str]:
    if review.champion == review.chosen:
        return {review.champion: "champion, stays"}
    return {review.champion: "champion", review.chosen: "chosen"}


def _ring(name: str, role: str, drawn: Sequence[tuple[Row, float]]) -> go.Scatter:
    here = [(x, row["auc"]) for row, x in drawn if row["variant"] == name]
    marker = {"symbol": "circle-open", "size": 19, "color": INK, "line": {"width": 2}}
    return go.Scatter(
        x=[x for x, _ in here], y=[y for _, y in here], mode="markers+text", text=[role] * len(here),
        textposition="top center" if role == "chosen" else "bottom center", textfont={"color": INK, "size": 13},
        marker=marker, showlegend=False, hoverinfo="skip",
    )  # fmt: skip


def _margin_line(figure_: go.Figure, review: Review) -> None:
    champion = next(row for row in review.rows if row["variant"] == review.champion)
    if champion["auc"] is None:
        return
    text = f"champion {MINUS} margin {review.margins['auc']:g}"
    label = {"text": text, "font": {"size": 12, "color": MARGIN_LINE["color"]}}
    level = champion["auc"] - review.margins["auc"]
    figure_.add_hline(y=level, line=MARGIN_LINE, annotation=label, annotation_position="bottom right")
