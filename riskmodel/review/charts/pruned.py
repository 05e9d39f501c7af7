"""The curve of a pruned model: AUC against leaves, one line a method, the given and the smaller model ringed."""

from __future__ import annotations

from markupsafe import Markup

from riskmodel.review.charts.palette import MINUS
from riskmodel.review.charts.scatter import Dot, Scatter, scatter
from riskmodel.review.reports.frontier import GIVEN, Frontier, ModelWords, Point
from riskmodel.review.wording import count, figure, method, signed

AUC = "AUC on the selection sample"


def pictures(frontier: Frontier) -> dict[str, Markup]:
    """By name: curve."""
    return {"curve": curve(frontier)}


def curve(frontier: Frontier) -> Markup:
    """AUC on selection against leaves; bars run between the paired one-sided 95 % bounds."""
    dots = [_dot(point, point.leaves, frontier) for point in frontier.points if point.leaves is not None]
    level = frontier.given.auc.value - frontier.margin, f"given {MINUS} margin {frontier.margin:.4g}"
    joined = [dot.family for dot in dots if dot.role != GIVEN]
    parts = frontier.words.parts
    axes = (f"{parts.capitalize()} (log scale)", AUC)
    label = f"{AUC} of every size against its {parts}"
    return scatter(Scatter(label, axes, count, dots, level, joined=list(dict.fromkeys(joined))))


def _dot(point: Point, leaves: int, frontier: Frontier) -> Dot:
    name = method(point.method)
    low, high = _paired(point)
    tip = _tip(point, frontier.words)
    return Dot(leaves, point.auc.value, name, name, tip, low, high, _role(point, frontier))


def _role(point: Point, frontier: Frontier) -> str:
    if point.name == GIVEN:
        return "given"
    return "smaller" if point.name == frontier.chosen else ""


def _paired(point: Point) -> tuple[float | None, float | None]:
    """The bounds of the difference about the AUC: the AUC's own interval is far wider, and no verdict rests on it."""
    difference = point.difference
    if difference is None:
        return None, None
    base = point.auc.value - difference.delta
    return base + difference.lower, base + difference.upper


def _tip(point: Point, words: ModelWords) -> str:
    sizes = f"{count(point.leaves)} {words.parts}, {count(point.trees)} {words.wholes}"
    parts = [f"{point.name}: {sizes}. AUC {figure(point.auc.value)}"]
    if point.difference is not None:
        bounds = f"{signed(point.difference.lower)} to {signed(point.difference.upper)}"
        parts.append(f", less the given one's {signed(point.difference.delta)} ({bounds}), {point.verdict}")
    return "".join([*parts, f". Mean |dPD| {figure(point.fidelity.mean)}."])
