"""Why a scorer gives a margin: SHAP values, by the library's own exact algorithm or by sampling."""

from riskmodel.explanation.attributions import attributions, importance
from riskmodel.explanation.by_month import MonthlyAttributions, by_month
from riskmodel.explanation.explained import Explained, explain, interactions

__all__ = ["Explained", "MonthlyAttributions", "attributions", "by_month", "explain", "importance", "interactions"]
