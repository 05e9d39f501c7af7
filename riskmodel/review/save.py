"""The files of a review, each written beside its place and moved there whole."""

from __future__ import annotations

from pathlib import Path

from riskmodel.core import canonical
from riskmodel.files import atomic
from riskmodel.review.charts import run_figures
from riskmodel.review.pages.render import page, render
from riskmodel.review.pages.run import Review
from riskmodel.review.tables import to_csv


def save(review: Review, folder: Path) -> tuple[Path, ...]:
    """Writes trade_off.csv, trade_off.html, review.json, review.html and, where measured, the shap summary.

    Raises: OSError where the folder cannot be written; no half-written file remains.
    """
    figures = run_figures.figures(review)
    texts = {
        "trade_off.csv": to_csv(review.rows).encode(),
        "trade_off.html": page(f"{review.name}: trade-off", figures["latency"]).encode(),
        "review.json": review.to_json(),
        "review.html": render(review, figures).encode(),
    }
    if "attributions" in figures:
        texts["shap_summary.json"] = canonical(dict(review.attributions))
        texts["shap_summary.html"] = page(f"{review.name}: mean |SHAP|", figures["attributions"]).encode()
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in texts.items():
        atomic.write(folder / name, content)
    return tuple(folder / name for name in texts)
