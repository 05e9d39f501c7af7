"""The pictures with a name on every line: the challengers' differences, and the features that a scorer leans on."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from riskmodel.review.charts.canvas import (
    FAINT,
    FAMILY_COLOURS,
    INK,
    MARGIN_LINE,
    MINUS,
    VERDICT_COLOURS,
    confirms,
    error,
    layout,
)
from riskmodel.review.pages.run import Review
from riskmodel.review.tables import Row
from riskmodel.review.wording import signed

BARS = 12  # features a scorer in the picture of attributions; the JSON has all


def forest(review: Review) -> go.Figure:
    """Each challenger's AUC less the champion's with its one-sided 95 % bounds; the chosen on test stands on top."""
    tested = sorted(
        (row for row in review.differences if row["figure"] == "auc" and row["delta"] is not None),
        key=lambda row: (confirms(row, review), row["delta"]),
    )
    figure_ = go.Figure(layout=layout(170 + 24 * len(tested)))
    rows = _with_holm(review, [row for row in tested if not confirms(row, review)])
    for verdict in ("non-inferior", "inconclusive", "inferior"):
        if group := [row for row in rows if row["verdict"] == verdict]:
            figure_.add_trace(_bounds(review, group, verdict, VERDICT_COLOURS[verdict], "circle"))
    if confirmed := [row for row in tested if confirms(row, review)]:
        figure_.add_trace(_bounds(review, confirmed, f"on test: {confirmed[0]['verdict']}", INK, "diamond"))
    figure_.add_vline(x=0, line={"color": FAINT, "width": 1})
    figure_.add_vline(x=-review.margins["auc"], line=MARGIN_LINE)
    figure_.update_xaxes(title=f"AUC less the champion's (dashed: {MINUS}margin)", tickformat=".3f")
    figure_.update_yaxes(
        categoryorder="array", categoryarray=[_place(row, review) for row in tested], title="Challenger"
    )
    return figure_


def _place(row: Row, review: Review) -> str:
    return html.escape(f"{row['challenger']}, {row['sample']}" if confirms(row, review) else row["challenger"])


def _with_holm(review: Review, rows: Sequence[Row]) -> list[Row]:
    verdicts: Mapping[str, str] = {row["variant"]: row["verdict"] for row in review.rows}
    return [row | {"verdict": verdicts[row["challenger"]]} for row in rows]


def _bounds(review: Review, rows: Sequence[Row], name: str, colour: str, symbol: str) -> go.Scatter:
    values = [(row["delta"], row["lower"], row["upper"]) for row in rows]
    return go.Scatter(
        x=[row["delta"] for row in rows], y=[_place(row, review) for row in rows], mode="markers", name=name,
        marker={"color": colour, "size": 8, "symbol": symbol}, error_x=error(values, colour), hoverinfo="text",
        hovertext=[
            f"<b>{html.escape(row['challenger'])}</b> on {html.escape(row['sample'])}: {name}<br>"
            f"{signed(row['delta'])}, bounds {signed(row['lower'])} and {signed(row['upper'])}" for row in rows
        ],
    )  # fmt: skip


def attributions(values: Mapping[str, Sequence[Sequence[Any]]]) -> go.Figure:
    """Mean |SHAP| of the strongest features of each scorer, one panel a scorer."""
    counts = [max(1, min(BARS, len(pairs))) for pairs in values.values()]
    height = sum(110 + 22 * bars for bars in counts)
    spacing = 110 / (height - 90) if len(counts) > 1 else 0.0
    titles = [html.escape(name) for name in values]
    figure_ = make_subplots(rows=len(counts), row_heights=counts, subplot_titles=titles, vertical_spacing=spacing)
    for panel, (name, pairs) in enumerate(values.items(), start=1):
        figure_.add_trace(_bars(name, pairs), row=panel, col=1)
    frame = layout(height)
    figure_.update_layout({key: value for key, value in frame.items() if key not in ("xaxis", "yaxis")})
    figure_.update_xaxes(**frame["xaxis"], title="Mean |SHAP| (log-odds)")
    figure_.update_yaxes(**frame["yaxis"], title="Feature")
    return figure_


def _bars(name: str, pairs: Sequence[Sequence[Any]]) -> go.Bar:
    strongest = sorted(pairs, key=lambda pair: pair[1], reverse=True)[:BARS][::-1]
    return go.Bar(
        x=[value for _, value in strongest], y=[html.escape(str(feature)) for feature, _ in strongest],
        name=html.escape(name), orientation="h", marker={"color": FAMILY_COLOURS[0]}, showlegend=False,
        hovertemplate="%{y}: %{x:.3g}<extra></extra>",
    )  # fmt: skip
