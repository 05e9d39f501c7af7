"""The review of a run: findings as data, then tables, pictures and one HTML file; it judges evidence, never a model.

Evidence and findings make a dossier, reports are data for a page, charts draw it, pages write it.
"""

from riskmodel.review.findings import Finding, Severity
from riskmodel.review.reports.run import Review, review
from riskmodel.review.save import save
from riskmodel.review.tables import to_csv, trade_off_rows

__all__ = [
    "Finding",
    "Review",
    "Severity",
    "review",
    "save",
    "to_csv",
    "trade_off_rows",
]
