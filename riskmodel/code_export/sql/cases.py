"""Rules as CASE. What a rule asks of a feature stands in columns without NULL, so that every question has its opposite.

A CASE goes on along its longer branch and nests the shorter one: it is read fast, and a database's parser, which bounds
the depth, reads deep trees.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from riskmodel.code_export.sql.dialects import Dialect
from riskmodel.trees.conditions import Case, Condition, Rule, conditions, size

LARGEST = 1.7976931348623157e308
ZERO = 1.0000000180025095e-35  # what LightGBM takes for 0
OPPOSITE = {">": "<=", "<=": ">"}


def rule_text(rule: Rule, dialect: Dialect) -> str:
    """A rule as a CASE."""
    whens: list[str] = []
    while isinstance(rule, Case):
        turned = size(rule.yes) > size(rule.no)
        short, longer = (rule.no, rule.yes) if turned else (rule.yes, rule.no)
        whens.append(f"WHEN {_question(rule.condition, dialect, opposite=turned)} THEN {rule_text(short, dialect)}")
        rule = longer
    last = dialect.value(rule)
    return f"CASE {' '.join(whens)} ELSE {last} END" if whens else last


def _question(condition: Condition, dialect: Dialect, *, opposite: bool) -> str:
    name = f"{_side(condition)}{condition.feature}"
    if condition.kind == "missing":
        return f"{name} IS {'NOT ' if opposite else ''}NULL"
    if condition.kind == "in":
        return f"{name} {'NOT ' if opposite else ''}IN ({', '.join(map(str, condition.codes))})"
    compared = ">" if condition.kind == "above" else "<="
    asked, edge = (f"ABS({name})", ZERO) if condition.kind == "zero" else (name, condition.edge)
    return f"{asked} {OPPOSITE[compared] if opposite else compared} {dialect.value(edge)}"


def _side(condition: Condition) -> str:
    """Where a condition finds its feature: missing is below all numbers, above all, no code, or NULL."""
    return {"above": "low", "zero": "low", "at_most": "high", "in": "code", "missing": "f"}[condition.kind]


def columns(rules: Iterable[Rule], dialect: Dialect) -> dict[str, str]:
    """The columns that rules ask for by their names, out of the features f0, f1."""
    asked = sorted({(_side(one), one.feature) for rule in rules for one in conditions(rule)})
    return {f"{side}{place}": _without_null(side, f"f{place}", dialect) for side, place in asked}


def _without_null(side: str, feature: str, dialect: Dialect) -> str:
    if side == "f":
        return feature
    missing = {"low": dialect.value(-LARGEST), "high": dialect.value(LARGEST), "code": "-1"}[side]
    return f"COALESCE({feature}, {missing})"


def added(parts: Sequence[str]) -> str:
    """A sum in pairs of pairs: its depth is the logarithm of its length, as databases bound the depth."""
    if len(parts) <= 8:
        return " + ".join(parts)
    half = len(parts) // 2
    return f"({added(parts[:half])}) + ({added(parts[half:])})"
