"""The small words of PMML: fields, constants, functions, predicates."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement

from riskmodel.errors import UnsupportedScorer
from riskmodel.trees.conditions import Condition

XMLNS = "http://www.dmg.org/PMML-4_4"
ZERO = 1.0000000180025095e-35  # what LightGBM takes for 0
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def plain(text: str) -> str:
    """Text as XML 1.0 can hold it. Raises: UnsupportedScorer for control characters."""
    if _NOT_XML.search(text):
        raise UnsupportedScorer(f"names and levels must be text that XML can hold, however: {text[:40]!r}")
    return text


def field(name: str) -> Element:
    return Element("FieldRef", field=plain(name))


def constant(value: float | str) -> Element:
    made = Element("Constant", dataType="string" if isinstance(value, str) else "double")
    made.text = plain(value) if isinstance(value, str) else repr(float(value))
    return made


def apply(function: str, *arguments: Element) -> Element:
    made = Element("Apply", function=function)
    made.extend(arguments)
    return made


def predicate(condition: Condition, name: str) -> Element:
    """A question about a derived field."""
    if condition.kind == "missing":
        return Element("SimplePredicate", field=name, operator="isMissing")
    if condition.kind == "in":
        made = Element("SimpleSetPredicate", field=name, booleanOperator="isIn")
        array = SubElement(made, "Array", type="int", n=str(len(condition.codes)))
        array.text = " ".join(map(str, condition.codes))
        return made
    if condition.kind == "zero":
        return both(compared(name, "greaterOrEqual", -ZERO), compared(name, "lessOrEqual", ZERO))
    return compared(name, "greaterThan" if condition.kind == "above" else "lessOrEqual", condition.edge)


def compared(name: str, operator: str, edge: float) -> Element:
    return Element("SimplePredicate", field=name, operator=operator, value=repr(float(edge)))


def both(*predicates: Element) -> Element:
    """All of these; alone it stands as it is."""
    if len(predicates) == 1:
        return predicates[0]
    made = Element("CompoundPredicate", booleanOperator="and")
    made.extend(predicates)
    return made
