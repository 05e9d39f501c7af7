"""One set of templates for all pages, and the words that they write figures with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from riskmodel.review import wording
from riskmodel.review.narrative import crosswalk

WORDS = (
    "cell",
    "count",
    "count_of",
    "figure",
    "flat",
    "interval",
    "label",
    "listed",
    "micros",
    "named",
    "p_value",
    "percent",
    "signed",
    "size",
    "subject",
    "units",
    "weighed",
    "words",
)


def rendered(template: str, title: str, pictures: Mapping[str, Markup], **values: Any) -> str:
    """A page from a template of this room; whatever stands in `values` is escaped."""
    return _environment().get_template(template).render(title=title, pictures=pictures, **values)


def picture_page(title: str, name: str, drawn: Markup) -> str:
    """The picture of that name, with its caption, as a page of its own."""
    return rendered("picture.html.j2", title, {}, drawn=drawn, name=name, sections=())


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("riskmodel.review"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update({name: getattr(wording, name) for name in WORDS})
    environment.filters |= {"together": _together, "headed": _headed, "differences_of": _differences}
    environment.tests["of_p"] = wording.of_p
    environment.globals |= {"NOT_EVALUATED": wording.NOT_EVALUATED, "crosswalk": crosswalk}
    return environment


def _together(entries: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """The entries of one test side by side, in the order of the first."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for entry in entries:
        groups.setdefault(entry["id"], []).append(entry)
    return list(groups.values())


def _differences(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The paired tests of a change, a row a figure."""
    return [
        {**row, "figure": name} for name, row in data["change"].items() if isinstance(row, Mapping) and "delta" in row
    ]


def _headed(sides: Sequence[str], words: str) -> list[str]:
    """A column's head for each side."""
    return [f"{words}, {side}" for side in sides]
