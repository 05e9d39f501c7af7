"""Decisions while somebody waits: one application, or a few, without a table.

row        a record to the numbers that a scorer is given
decision   from there to PD, points, grade, decision and reasons
body       the JSON of a request, within limits
shelf      several products by name
slot       the model that answers now, and the watch that exchanges it
problem    what went wrong with it (RFC 9457)
metrics    counts and times for Prometheus
openapi    the document of a model's own columns
app        all of it over HTTP; decide_route is the short way of a decision, http_answer what goes back
after_answer  the log of decisions and the challenger, once the answer has gone
"""

from riskmodel.serving.decision import ApplicationDecision, DecisionModel

__all__ = ["ApplicationDecision", "DecisionModel"]
