"""The page of one change of model, and the files of its review."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from riskmodel.core import canonical
from riskmodel.files import beside
from riskmodel.review.charts.change import pictures
from riskmodel.review.pages.pdf import printed
from riskmodel.review.pages.render import rendered
from riskmodel.review.pages.run import LAST, OF_CHANGE
from riskmodel.review.reports.alarms import alarms, path_of

SECTIONS = (("model", "Model"), *OF_CHANGE, ("performance", "Performance"), *LAST, ("appendix", "Every test"))


def change_page(data: Mapping[str, Any]) -> str:
    """From the JSON of the review alone."""
    return rendered("change.html.j2", data["title"], pictures(data), data=data, sections=SECTIONS)


def save(data: Mapping[str, Any], output: Path, *, pdf: bool = False) -> None:
    """Writes the HTML, the JSON beside it, alarms where earlier rows are at hand, a PDF on request: all, or none.

    Raises: RiskModelError where there is no Chromium to print with, OSError where the folder cannot be written.
    """
    contents = {output.with_suffix(".json"): canonical(data), output: change_page(data).encode()}
    if data["subject"]["earlier"]:
        contents = {path_of(output): canonical(alarms(data)), **contents}
    printed_page = output.with_suffix(".pdf")
    with beside.together(*([printed_page] if pdf else []), *contents) as folder:
        for place, content in contents.items():
            (folder / place.name).write_bytes(content)
        if pdf:
            printed(folder / output.name, folder / printed_page.name)
