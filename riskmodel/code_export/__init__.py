"""A decision as code for where no Python runs: from raw columns to PD, points, grade, decision and reasons.

What is written is the sum of trees of the scorer, with its calibration in the leaves, and the rules that applications
are held to before they are scored. A writer (`sql`, `c`) says it in its language, and knows no scorer.
"""

from riskmodel.code_export import json_reader, pmml
from riskmodel.code_export.c import c_header
from riskmodel.code_export.decider import Decider
from riskmodel.code_export.json_document import json_document
from riskmodel.code_export.points import PointsCard, margin_of, points_card
from riskmodel.code_export.sql import DIALECTS, select

__all__ = [
    "DIALECTS",
    "Decider",
    "PointsCard",
    "c_header",
    "json_document",
    "json_reader",
    "margin_of",
    "pmml",
    "points_card",
    "select",
]
