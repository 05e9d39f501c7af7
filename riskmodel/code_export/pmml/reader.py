"""Evaluates a PMML document of ours by the rules of the standard: what a row's answer is, in plain Python.

It knows the elements that `document` writes and refuses all others. MISSING is None, and a predicate of a missing value
is UNKNOWN, which is not true.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from math import exp, isnan, log
from typing import Any
from xml.etree.ElementTree import Element, ParseError, fromstring

from riskmodel.code_export.pmml.terms import XMLNS
from riskmodel.errors import DataError

Values = dict[str, Any]

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "greaterOrEqual": operator.ge,
    "greaterThan": operator.gt,
    "lessOrEqual": operator.le,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    **_COMPARISONS,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "exp": exp,
    "ln": log,
    "max": max,
    "min": min,
    "rint": round,
    "and": lambda *asked: all(asked),
    "isIn": lambda value, *listed: value in listed,
    "isNotIn": lambda value, *listed: value not in listed,
}


def read(text: bytes) -> Element:
    """The document without its namespace. Raises: DataError for what is no PMML 4.4."""
    try:
        root = fromstring(text)  # noqa: S314 - written by us a moment ago
    except ParseError as error:
        raise DataError(f"must be XML, however: {error}") from error
    if root.tag != f"{{{XMLNS}}}PMML":
        raise DataError(f"must be PMML 4.4, however: {root.tag}")
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{XMLNS}}}")
    return root


def decide(document: Element, row: Mapping[str, Any]) -> Values:
    """The outputs of the document for a row of numbers and levels as text, None or NaN where missing."""
    values: Values = {name: None if isinstance(value, float) and isnan(value) else value for name, value in row.items()}
    for derived in document.iterfind("TransformationDictionary/DerivedField"):
        values[derived.attrib["name"]] = _worked_out(derived[0], values)
    [model] = [element for element in document if element.tag in _MODELS]
    _predicted(model, values)
    return {one.attrib["name"]: values[one.attrib["name"]] for one in model.iterfind("Output/OutputField")}


def _predicted(model: Element, values: Values) -> Any:
    answer = _MODELS[model.tag](model, values)
    for one in model.iterfind("Output/OutputField"):
        values[one.attrib["name"]] = answer if len(one) == 0 else _worked_out(one[0], values)
    return answer


def _mining(model: Element, values: Values) -> Any:
    [segmentation] = model.iterfind("Segmentation")
    answers = [_predicted(segment[1], values) for segment in segmentation]
    return sum(answers) if segmentation.attrib["multipleModelMethod"] == "sum" else answers[-1]


def _tree(model: Element, values: Values) -> float:
    [node] = model.iterfind("Node")
    while children := node.findall("Node"):
        node = next(child for child in children if _holds(child[0], values))
    return float(node.attrib["score"])


def _regression(model: Element, values: Values) -> float:
    [table] = model.iterfind("RegressionTable")
    margin = float(table.attrib["intercept"])
    margin += sum(float(one.attrib["coefficient"]) * values[one.attrib["name"]] for one in table)
    return 1 / (1 + exp(-margin)) if margin >= 0 else exp(margin) / (1 + exp(margin))


def _scorecard(model: Element, values: Values) -> float:
    score = float(model.attrib["initialScore"])
    for characteristic in model.iterfind("Characteristics/Characteristic"):
        attribute = next(one for one in characteristic if _holds(one[0], values))
        score += float(attribute.attrib["partialScore"])
    return score


_MODELS: dict[str, Callable[[Element, Values], Any]] = {
    "MiningModel": _mining,
    "TreeModel": _tree,
    "RegressionModel": _regression,
    "Scorecard": _scorecard,
}


def _holds(predicate: Element, values: Values) -> bool:
    """Whether a predicate is true; what is unknown is not."""
    if predicate.tag == "True":
        return True
    if predicate.tag == "CompoundPredicate":
        return all(_holds(one, values) for one in predicate)
    value, asked = values[predicate.attrib["field"]], predicate.attrib.get("operator")
    if asked == "isMissing" or value is None:
        return asked == "isMissing" and value is None
    if predicate.tag == "SimpleSetPredicate":
        return value in map(int, (predicate[0].text or "").split())
    return _COMPARISONS[str(asked)](value, float(predicate.attrib["value"]))


def _worked_out(expression: Element, values: Values) -> Any:
    """An expression of fields, constants, look-ups and functions."""
    if expression.tag == "FieldRef":
        return values[expression.attrib["field"]]
    if expression.tag == "Constant":
        text = expression.text or ""
        return float(text) if expression.attrib["dataType"] == "double" else text
    if expression.tag == "MapValues":
        return _mapped(expression, values)
    return _applied(expression, values)


def _mapped(expression: Element, values: Values) -> int | None:
    pair, table = expression
    value = values[pair.attrib["field"]]
    rows = {row[0].text or "": int(row[1].text or "") for row in table}
    default = expression.attrib.get("defaultValue")
    return None if value is None else rows.get(value, None if default is None else int(default))


def _applied(expression: Element, values: Values) -> Any:
    function, arguments = expression.attrib["function"], list(expression)
    if function == "if":
        asked = _worked_out(arguments[0], values)
        chosen = None if asked is None else arguments[1:2] if asked else arguments[2:3]
        return _worked_out(chosen[0], values) if chosen else None
    given = [_worked_out(argument, values) for argument in arguments]
    if function == "isMissing":
        return given[0] is None
    return None if None in given else _FUNCTIONS[function](*given)
