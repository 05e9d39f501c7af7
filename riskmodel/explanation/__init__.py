"""Why a scorer gives a margin: SHAP values, by the library's own exact algorithm or by sampling."""

from riskmodel.explanation.attributions import attributions, importance

__all__ = ["attributions", "importance"]
