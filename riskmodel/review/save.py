"""The files of a review, each written beside its place and moved there whole."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from riskmodel.core import canonical
from riskmodel.files import atomic
from riskmodel.review.charts.run import pictures
from riskmodel.review.charts.svg import alone
from riskmodel.review.pages.render import picture_page
from riskmodel.review.pages.run import run_page
from riskmodel.review.reports.run import Review
from riskmodel.review.tables import to_csv

NO_COST = Markup("<p>NOT EVALUATED: no variant has the cost that decides.</p>")


def save(review: Review, folder: Path) -> tuple[Path, ...]:
    """Writes trade_off.csv, .html and .svg, review.json, review.html and, where measured, the shap summary.

    Raises: OSError where the folder cannot be written; no half-written file remains.
    """
    drawn = pictures(review)
    texts = {
        "trade_off.csv": to_csv(review.rows).encode(),
        "trade_off.html": picture_page(f"{review.name}: trade-off", "cost", drawn.get("cost", NO_COST)).encode(),
        "review.json": review.to_json(),
        "review.html": run_page(review, drawn).encode(),
    }
    if "cost" in drawn:
        texts["trade_off.svg"] = alone(drawn["cost"])
    if "attributions" in drawn:
        texts["shap_summary.json"] = canonical(dict(review.attributions))
        texts["shap_summary.html"] = picture_page(
            f"{review.name}: mean |SHAP|", "attributions", drawn["attributions"]
        ).encode()
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in texts.items():
        atomic.write(folder / name, content)
    return tuple(folder / name for name in texts)
