"""Decisions while somebody waits: one application, or a few, without a table.

row        a record to the numbers that a scorer is given
decision   from there to PD, points, grade, decision and reasons
body       the JSON of a request, within limits
shelf      several products by name
problem    what went wrong with it (RFC 9457)
metrics    counts and times for Prometheus
openapi    the document of a model's own columns
app        all of it over HTTP
"""

from riskmodel.serving.decision import ApplicationDecision, DecisionModel

__all__ = ["ApplicationDecision", "DecisionModel"]
