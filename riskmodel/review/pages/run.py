"""The page of a run."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from riskmodel.review.charts import change
from riskmodel.review.pages.render import rendered
from riskmodel.review.reports.run import Review

OWN = (
    ("model", "Model"),
    ("choice", "Choice"),
    ("trade-off", "Trade-off"),
    ("confirmation", "Confirmation"),
    ("latency", "Latency"),
    ("plans", "Plans"),
    ("explanation", "Explanation"),
    ("data", "Data"),
)
OF_CHANGE = (
    ("cautions", "Before the figures"),
    ("data-quality", "Data quality"),
    ("outcomes", "Outcomes"),
    ("change", "Change"),
    ("fairness", "Fairness"),
    ("reasons", "Reasons"),
    ("robustness", "Robustness"),
    ("monitoring", "Monitoring"),
)
LAST = (("findings", "Findings"), ("identity", "Identity"), ("limits", "Limits"), ("crosswalk", "Crosswalk"))


def run_page(review: Review, pictures: Mapping[str, Markup]) -> str:
    """The whole report; `pictures` as `charts.run` draws them, and any may be missing."""
    dossier = review.dossier
    more = change.pictures(dossier) if dossier else {}
    sections = (*OWN, *OF_CHANGE, *LAST, ("appendix", "Every test")) if dossier else (*OWN, *LAST)
    title = f"Review of {review.name}"
    return rendered("run.html.j2", title, {**more, **pictures}, review=review, sections=sections)
