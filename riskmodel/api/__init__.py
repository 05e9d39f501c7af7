"""The public names of riskmodel, for notebooks and programs: the same workflows that the command line calls.

Tables are pandas, polars, Arrow or whatever narwhals reads, or paths. What works in memory writes nothing that stays.

proposal    a plan for a table that nobody has seen
training    a plan to a champion, its variants and the choice
pruning     a smaller model of the same class
learning    a small model that learnt PDs, of whatever made them
rows        what more rows, and fewer, are worth
reviewing   what one model changes in place of another
comparison  two columns of PDs on the same rows
model       one saved model: PDs, decisions, explanations
"""

from riskmodel.api.comparison import Comparison, compare
from riskmodel.api.evidence import PrunedModel
from riskmodel.api.figure import Figure
from riskmodel.api.learning import prune_pd
from riskmodel.api.model import Model, load
from riskmodel.api.proposal import Plan, propose
from riskmodel.api.pruning import prune
from riskmodel.api.reviewing import ReviewedChange, review
from riskmodel.api.rows import RowsCurve, learning_curve
from riskmodel.api.training import TrainedRun, train

__all__ = [
    "Comparison",
    "Figure",
    "Model",
    "Plan",
    "PrunedModel",
    "ReviewedChange",
    "RowsCurve",
    "TrainedRun",
    "compare",
    "learning_curve",
    "load",
    "propose",
    "prune",
    "prune_pd",
    "review",
    "train",
]
