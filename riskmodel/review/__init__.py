"""The review of a run: findings as data, then tables, pictures and one HTML file; it judges evidence, never a model.

Evidence and findings make a dossier, reports are data for a page, charts draw it, pages write it.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

from riskmodel.review.findings import Finding, Severity
from riskmodel.review.reports.run import Review, review
from riskmodel.review.save import save
from riskmodel.review.tables import to_csv, trade_off_rows

__all__ = [
    "Finding",
    "Review",
    "Severity",
    "review",
    "save",
    "to_csv",
    "trade_off_rows",
]


class _CallableRoom(ModuleType):
    """`riskmodel.review` is this room, and for notebooks the function that reviews a change: one name, both uses."""

    def __call__(self, *given: Any, **named: Any) -> Any:
        return import_module("riskmodel.api.reviewing").review(*given, **named)


sys.modules[__name__].__class__ = _CallableRoom
