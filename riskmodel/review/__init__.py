"""The review of a run: findings as data, then tables, pictures and one HTML file; it judges evidence, never a model."""

from riskmodel.review.charts.run_figures import figures
from riskmodel.review.findings import Finding, Severity
from riskmodel.review.pages.render import page, render
from riskmodel.review.pages.run import Review, review
from riskmodel.review.save import save
from riskmodel.review.tables import to_csv, trade_off_rows

__all__ = [
    "Finding",
    "Review",
    "Severity",
    "figures",
    "page",
    "render",
    "review",
    "save",
    "to_csv",
    "trade_off_rows",
]
