"""What would have to be otherwise: the nearest value of one column that turns a decision, all else equal."""

from riskmodel.explanation.counterfactuals.nearest import Counterfactual, Counterfactuals

__all__ = ["Counterfactual", "Counterfactuals"]
