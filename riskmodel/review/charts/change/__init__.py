"""Pictures of a dossier as SVG: drawn from its data alone, no library in the page; each point tells itself."""

from riskmodel.review.charts.change.pictures import pictures

__all__ = ["pictures"]
