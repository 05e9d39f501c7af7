"""A review as one HTML file: self-contained, readable offline and on paper; the same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from riskmodel.review import wording
from riskmodel.review.charts.change import pictures
from riskmodel.review.pages.run import Review

_CONFIG = {"responsive": True, "displaylogo": False, "displayModeBar": False}


def render(review: Review, figures: Mapping[str, go.Figure]) -> str:
    """The whole report; `figures` as `charts.figures` draws them, and any may be missing."""
    drawn = pictures(review.dossier) if review.dossier else {}
    return document("review.html.j2", figures, review=review, pictures=drawn)


def memo_page(data: Mapping[str, Any]) -> str:
    """The review of one change, from its JSON alone."""
    return _environment().get_template("memo.html.j2").render(data=data, pictures=pictures(data))


def document(template: str, figures: Mapping[str, go.Figure], **values: Any) -> str:
    """A page from a template of this room, with its pictures; whatever else stands in `values` is escaped."""
    divs = {name: _div(name, figure) for name, figure in figures.items()}
    return _environment().get_template(template).render(figures=divs, plotly=_plotly(), **values)


def page(title: str, figure: go.Figure) -> str:
    """One picture as a page of its own, self-contained."""
    div = _div("figure", figure)
    return _environment().get_template("figure.html.j2").render(title=title, figure=div, plotly=_plotly())


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("riskmodel.review"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = (
        "label",
        "figure",
        "signed",
        "interval",
        "count",
        "micros",
        "size",
        "percent",
        "listed",
        "flat",
        "cell",
        "subject",
    )
    environment.filters.update({name: getattr(wording, name) for name in words})
    environment.filters |= {"together": _together, "headed": _headed}
    environment.globals["NOT_EVALUATED"] = wording.NOT_EVALUATED
    return environment


def _together(entries: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """The entries of one test side by side, in the order of the first."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for entry in entries:
        found.setdefault(entry["id"], []).append(entry)
    return list(found.values())


def _headed(sides: Sequence[str], words: str) -> list[str]:
    """A column's head for each side."""
    return [f"{words}, {side}" for side in sides]


def _div(name: str, figure: go.Figure) -> Markup:
    """The picture's own markup: plotly escapes what stands in its JSON, and a given id keeps the bytes the same."""
    options: dict[str, Any] = {"full_html": False, "include_plotlyjs": False, "config": _CONFIG}
    return Markup(figure.to_html(div_id=f"plot-{name}", **options))  # noqa: S704


def _plotly() -> Markup:
    return Markup(get_plotlyjs())  # noqa: S704
