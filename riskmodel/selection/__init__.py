"""Which variant to use: the cheapest of those that a sealed sample confirms to be no worse than the champion, and why.

It weighs no figure against another, and no clock decides: worth is a condition, an exact cost decides, and what is not
confirmed is not delivered. Read in this order: verdicts, budget, chain, choose, reason.
"""

from riskmodel.selection.budget import MACHINE, Budget, budget_verdict
from riskmodel.selection.choose import conclude, propose
from riskmodel.selection.front import pareto
from riskmodel.selection.record import record
from riskmodel.selection.verdicts import adjusted, verdict, verdicts

__all__ = [
    "MACHINE",
    "Budget",
    "adjusted",
    "budget_verdict",
    "conclude",
    "pareto",
    "propose",
    "record",
    "verdict",
    "verdicts",
]
