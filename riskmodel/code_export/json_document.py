"""A decision as a JSON document for whoever writes their own reader: features, rules, calibration, policy, reasons.

The document's form is told in docs/how/code.md; `FORMAT` and `VERSION` name it. `json_reader` is the reader in Python.
"""

from __future__ import annotations

import json
from typing import Any

from riskmodel.code_export.decider import Decider, is_category
from riskmodel.core import Calibration, Column
from riskmodel.trees.conditions import Condition, Rule

FORMAT, VERSION = "riskmodel decision", 1


def json_document(decider: Decider, *, reasons: bool = True) -> str:
    """The document, with a final newline; numbers read back to themselves.

    Raises: UnsupportedScorer for a scorer that is no sum of trees, or whose reasons would be too long.
    """
    intercept, rules = decider.margin_of(Calibration())
    policy, scale, line = decider.policy, decider.scale, decider.scorer.calibration
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "model_sha256": decider.model_sha256,
        "columns": list(decider.columns),
        "set_aside": [fault for feature in decider.features for fault in _faults(feature, decider)],
        "features": [_feature(feature, decider) for feature in decider.features],
        "margin": {"intercept": intercept, "rules": [_rule(rule) for rule in rules]},
        "calibration": {"intercept": line.intercept, "slope": line.slope},
        "scale": {"pdo": scale.pdo, "base_points": scale.base_points, "base_odds": scale.base_odds},
        "policy": {
            "cutoff": policy.cutoff,
            "refer_from": policy.refer_from,
            "grade_edges": list(policy.grade_edges),
        },
    }
    if reasons:
        document["reasons"] = [
            {"text": effect.text, "rules": [_rule(rule) for rule in effect.rules]} for effect in decider.effects
        ]
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def _feature(feature: Column, decider: Decider) -> dict[str, Any]:
    column = {"column": feature.read_from}
    if is_category(feature):
        other = {"other": len(feature.categories) - 1} if feature.other else {}
        return {**column, "kind": "level", "levels": dict(decider.spellings(feature)), **other}
    if feature.source:
        return {**column, "kind": "indicator", "codes": list(feature.codes)}
    missing = _range(feature) if decider.scoring.out_of_range == "missing" else {}
    return {**column, "kind": "number", "codes": list(feature.codes), **missing}


def _range(feature: Column) -> dict[str, Any]:
    return {} if feature.low is None or feature.high is None else {"from": feature.low, "to": feature.high}


def _faults(feature: Column, decider: Decider) -> list[dict[str, Any]]:
    """What sets an application aside for a column; a rule that refuses a file does so here."""
    if feature.source:
        return []
    rules, aside, level = decider.scoring, {"quarantine", "refuse"}, is_category(feature)
    outside = _range(feature)
    asked: list[tuple[str, str, bool, dict[str, Any]]] = [
        ("wrong type", rules.wrong_type, not level, {}),
        ("missing value", rules.missing_value, not feature.nullable, {}),
        ("unseen level", rules.unseen, level and not feature.other, {}),
        ("out of range", rules.out_of_range, not level and bool(outside), {**outside, "but": list(feature.codes)}),
    ]
    place = decider.features.index(feature)
    return [{"feature": place, "what": what, **more} for what, policy, asks, more in asked if asks and policy in aside]


def _rule(rule: Rule) -> Any:
    if isinstance(rule, float):
        return rule
    return {"feature": rule.condition.feature, **_asks(rule.condition), "yes": _rule(rule.yes), "no": _rule(rule.no)}


def _asks(condition: Condition) -> dict[str, Any]:
    if condition.kind == "in":
        return {"in": list(condition.codes)}
    if condition.kind in ("missing", "zero"):
        return {condition.kind: True}
    return {condition.kind: condition.edge}
