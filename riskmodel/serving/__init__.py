"""Decisions while somebody waits: one application, or a few, without a table.

row        a record to the numbers that a scorer is given
decision   from there to PD, points, grade, decision and reasons
"""

from riskmodel.serving.decision import ApplicationDecision, DecisionModel

__all__ = ["ApplicationDecision", "DecisionModel"]
