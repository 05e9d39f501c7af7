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

SECTIONS = (("model", "Model"), *OF_CHANGE, ("performance", "Performance"), *LAST, ("appendix", "Every test"))


def change_page(data: Mapping[str, Any]) -> str:
    """From the JSON of the review alone."""
    return rendered("change.html.j2", data["title"], pictures(data), data=data, sections=SECTIONS)


def save(data: Mapping[str, Any], output: Path, *, pdf: bool = False) -> None:
    """Writes the HTML, the JSON beside it and a PDF on request: all of them, or none.

    Raises: RiskModelError where there is no Chromium to print with, OSError where the folder cannot be written.
    """
    json, printed_page = output.with_suffix(".json"), output.with_suffix(".pdf")
    with beside.together(*([printed_page] if pdf else []), json, output) as folder:
        for place, content in ((json, canonical(data)), (output, change_page(data).encode())):
            (folder / place.name).write_bytes(content)
        if pdf:
            printed(folder / output.name, folder / printed_page.name)
