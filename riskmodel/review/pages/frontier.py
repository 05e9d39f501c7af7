"""One pruned model beside the given one: the data of its page, and the curve of AUC against leaves."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from riskmodel.core import Change, Difference, Interval, Verdict
from riskmodel.evaluation.change.certificate import Certificate
from riskmodel.evaluation.change.fidelity import Fidelity
from riskmodel.review.charts.canvas import FAMILY_COLOURS, INK, MARGIN_LINE, MINUS, error, layout, ticks
from riskmodel.review.wording import count, figure, signed

GIVEN = "given"
LABELS = {"prefix": "prefix (its first trees)", "retrain": "retrain small (from scratch)"}


@dataclass(frozen=True)
class Point:
    """One model on one sample; `difference` is its AUC less the given one's, None of the given one itself."""

    name: str
    method: str
    keep: float
    trees: int
    leaves: int
    auc: Interval
    fidelity: Fidelity
    difference: Difference | None = None
    verdict: Verdict | None = None  # after Holm among the sizes of one method


@dataclass(frozen=True)
class Frontier:
    """What pruning one model came to: every size on selection, and the chosen one with its rivals on test."""

    title: str
    method: str
    chosen: str
    margin: float
    points: tuple[Point, ...]  # on selection; the given model is the first
    tested: tuple[Point, ...]  # on test; likewise
    change: Change  # the chosen one on test, in AUC, Brier score and log-loss
    certificate: Certificate
    record: Mapping[str, Any]  # hashes, seed, rows

    @property
    def given(self) -> Point:
        return self.points[0]

    @property
    def written(self) -> Point:
        return next(point for point in self.points if point.name == self.chosen)

    @property
    def reached(self) -> str:
        """One line."""
        auc = self.change.differences["auc"]
        if self.chosen == GIVEN:
            return (
                f"The model stays as it is: no smaller size was shown to be no worse within {self.margin:g} of AUC "
                f"on the selection sample."
            )
        given, written = self.given, self.written
        return (
            f"{self.chosen}: {count(written.leaves)} of {count(given.leaves)} leaves "
            f"({given.leaves / written.leaves:.3g} times fewer), {count(written.trees)} of {count(given.trees)} trees; "
            f"on test AUC {signed(auc.delta)} (lower bound {signed(auc.lower)}, margin {auc.margin:g}): {auc.verdict}."
        )


def curve(frontier: Frontier) -> go.Figure:
    """AUC on selection against leaves: one line a method, bars between the paired one-sided 95 % bounds."""
    figure_ = go.Figure(layout=layout(520))
    methods = list(dict.fromkeys(point.method for point in frontier.points[1:]))
    for colour, method in zip(FAMILY_COLOURS, methods, strict=False):
        figure_.add_trace(_line(frontier, method, colour))
    figure_.add_trace(_ring(frontier.given, "given", "diamond-open"))
    if frontier.chosen != GIVEN:
        figure_.add_trace(_ring(frontier.written, "written", "circle-open"))
    level = frontier.given.auc.value - frontier.margin
    label = {"text": f"given {MINUS} margin {frontier.margin:g}", "font": {"size": 12, "color": MARGIN_LINE["color"]}}
    figure_.add_hline(y=level, line=MARGIN_LINE, annotation=label, annotation_position="bottom right")
    marks = ticks([point.leaves for point in frontier.points], count)
    figure_.update_xaxes(title="Leaves (log scale)", type="log", **marks)
    figure_.update_yaxes(title="AUC on the selection sample", tickformat=".3f")
    return figure_


def _line(frontier: Frontier, method: str, colour: str) -> go.Scatter:
    points = sorted((p for p in frontier.points if p.method == method), key=lambda point: (point.leaves, point.name))
    name = LABELS.get(method, method)
    return go.Scatter(
        x=[p.leaves for p in points], y=[p.auc.value for p in points], mode="lines+markers", name=html.escape(name),
        line={"color": colour, "width": 1.5, "dash": "solid" if method == frontier.method else "dot"},
        marker={"color": colour, "size": 8}, error_y=error([_paired(p) for p in points], colour),
        hovertext=[_hover(p) for p in points], hoverinfo="text",
    )  # fmt: skip


def _paired(point: Point) -> tuple[float, float | None, float | None]:
    """The bounds of the difference about the AUC: the AUC's own interval is far wider, and no verdict rests on it."""
    difference = point.difference
    if difference is None:
        return point.auc.value, None, None
    base = point.auc.value - difference.delta
    return point.auc.value, base + difference.lower, base + difference.upper


def _hover(point: Point) -> str:
    lines = [f"<b>{html.escape(point.name)}</b>: {count(point.leaves)} leaves, {count(point.trees)} trees"]
    lines.append(f"AUC {figure(point.auc.value)}")
    if point.difference is not None:
        bounds = f"{signed(point.difference.lower)} to {signed(point.difference.upper)}"
        lines.append(f"less the given one's {signed(point.difference.delta)} ({bounds}): {point.verdict}")
    lines.append(f"mean |dPD| {figure(point.fidelity.mean)}")
    return "<br>".join(lines)


def _ring(point: Point, role: str, symbol: str) -> go.Scatter:
    return go.Scatter(
        x=[point.leaves], y=[point.auc.value], mode="markers+text", text=[role], textposition="top center",
        textfont={"color": INK, "size": 13}, marker={"symbol": symbol, "size": 17, "color": INK, "line": {"width": 2}},
        showlegend=False, hoverinfo="skip",
    )  # fmt: skip


def rows(points: Sequence[Point]) -> list[dict[str, Any]]:
    """The points for a table or a program: plain values, in the order given."""
    return [
        {
            "name": point.name,
            "method": point.method,
            "keep": point.keep,
            "trees": point.trees,
            "leaves": point.leaves,
            "auc": point.auc.value,
            "auc_low": point.auc.low,
            "auc_high": point.auc.high,
            "delta_auc": point.difference.delta if point.difference else 0.0,
            "delta_low": point.difference.lower if point.difference else 0.0,
            "delta_high": point.difference.upper if point.difference else 0.0,
            "verdict": str(point.verdict) if point.verdict else GIVEN,
            "mean_dpd": point.fidelity.mean,
            "p99_dpd": point.fidelity.p99,
        }
        for point in points
    ]
