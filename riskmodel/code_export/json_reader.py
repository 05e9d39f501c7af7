"""The reference reader of a JSON document: plain Python and no library, for others to write theirs after."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import exp, isinf, isnan, log
from string import ascii_uppercase
from typing import Any

from riskmodel.code_export.json_document import FORMAT, VERSION
from riskmodel.core import DECISIONS
from riskmodel.errors import DataError

Document = Mapping[str, Any]
Values = Sequence[float | None]  # by feature; a level is its code

ZERO = 1.0000000180025095e-35  # what LightGBM takes for 0
REASONS = 4


def read(text: str) -> Document:
    """The document. Raises: DataError for one of another kind or version."""
    try:
        document: Document = json.loads(text)
        kind = document["format"], document["version"]
    except (ValueError, TypeError, KeyError) as error:
        raise DataError(f"must be a document of {FORMAT!r}, however: not so") from error
    if kind != (FORMAT, VERSION):
        raise DataError(f"must be {FORMAT!r}, version {VERSION}, however: {kind[0]!r}, version {kind[1]}")
    return document


def decide(document: Document, row: Mapping[str, Any]) -> dict[str, Any]:
    """What follows from a row of numbers and levels as text, None where missing.

    Returns pd, points, grade, decision, reason_1 to reason_4 where the document has reasons, and why.
    """
    reasons = {f"reason_{rank + 1}": None for rank in range(REASONS if "reasons" in document else 0)}
    answer: dict[str, Any] = dict.fromkeys(("pd", "points", "grade", "decision")) | reasons | {"why": None}
    if why := [text for fault in document["set_aside"] if (text := _fault(fault, document, row))]:
        return {**answer, "why": "; ".join(why)}
    values = [_value(feature, row[feature["column"]]) for feature in document["features"]]
    margin = log_odds(document, values)
    pd, policy, scale = _logistic(margin), document["policy"], document["scale"]
    points = scale["base_points"] - scale["pdo"] / log(2) * (margin + log(scale["base_odds"]))
    place = (pd >= policy["refer_from"]) + (pd >= policy["cutoff"])
    grade = ascii_uppercase[sum(pd >= edge for edge in policy["grade_edges"])]
    named = dict(zip(reasons, _reasons(document, values) if place else (), strict=False))
    return {**answer, "pd": pd, "points": round(points), "grade": grade, "decision": DECISIONS[place], **named}


def log_odds(document: Document, values: Values) -> float:
    """The calibrated log-odds of default."""
    margin, line = document["margin"], document["calibration"]
    raw = margin["intercept"] + sum(_follow(rule, values) for rule in margin["rules"])
    return float(line["intercept"] + line["slope"] * raw)


def _logistic(margin: float) -> float:
    return 1 / (1 + exp(-margin)) if margin >= 0 else exp(margin) / (1 + exp(margin))


def _value(feature: Mapping[str, Any], raw: Any) -> float | None:
    missing = raw is None or (isinstance(raw, float) and isnan(raw))
    if feature["kind"] == "indicator":
        return float(not missing and raw in feature["codes"])
    if missing:
        return None
    if feature["kind"] == "level":
        code: float | None = feature["levels"].get(raw, feature.get("other"))
        return code
    return None if isinf(raw) or raw in feature["codes"] or _is_outside(feature, raw) else float(raw)


def _is_outside(limits: Mapping[str, Any], raw: float) -> bool:
    return "from" in limits and not limits["from"] <= raw <= limits["to"]


def _fault(fault: Mapping[str, Any], document: Document, row: Mapping[str, Any]) -> str:
    feature = document["features"][fault["feature"]]
    raw, what = row[feature["column"]], fault["what"]
    missing = raw is None or (isinstance(raw, float) and isnan(raw))
    levels = feature.get("levels", {})
    wrong = {
        "wrong type": not missing and not levels and isinf(raw),
        "missing value": missing or (raw in levels and levels[raw] is None),
        "unseen level": not missing and raw not in levels,
        "out of range": not missing and not levels and not isinf(raw) and raw not in fault.get("but", ()),
    }[what]
    if what == "out of range":
        wrong = wrong and _is_outside(fault, raw)
    return f"{feature['column']}: {what}" if wrong else ""


def _follow(rule: Any, values: Values) -> float:
    while isinstance(rule, Mapping):
        rule = rule["yes" if _holds(rule, values[rule["feature"]]) else "no"]
    return float(rule)


def _holds(rule: Mapping[str, Any], value: float | None) -> bool:
    """A missing value answers no, but to `missing`."""
    if value is None or "missing" in rule:
        return value is None and "missing" in rule
    if "above" in rule:
        return bool(value > rule["above"])
    if "at_most" in rule:
        return bool(value <= rule["at_most"])
    return value in rule["in"] if "in" in rule else abs(value) <= ZERO


def _reasons(document: Document, values: Values) -> list[str]:
    """What raises the log-odds most, the strongest first, ties in the order of the document."""
    effects = [
        (sum(_follow(rule, values) for rule in effect["rules"]), effect["text"])
        for effect in document.get("reasons", ())
    ]
    raising = sorted((one for one in effects if one[0] > 0), key=lambda one: -one[0])
    return [text for _, text in raising[:REASONS]]
