"""The document: raw columns, derived features, the model, and what its answer leads to.

Form: Data Mining Group, PMML 4.4 (2019). A missing value makes a comparison UNKNOWN there, which a tree of
missingValueStrategy "none" and a scorecard take for false: so do our rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from string import ascii_uppercase
from xml.etree.ElementTree import Element, SubElement, tostring

from riskmodel.code_export.decider import Decider, is_category
from riskmodel.code_export.pmml import model
from riskmodel.code_export.pmml.terms import XMLNS, apply, constant, field, plain
from riskmodel.core import DECISIONS, Column

TINY, EPSILON = 1e-300, 2.0**-53  # where the logarithm of the odds has an end
LARGEST = 1.7976931348623157e308
PD, SCORE = "pd", "score"


def pmml(decider: Decider) -> bytes:
    """The document in UTF-8. Its outputs are pd, points, grade and decision; reasons and set-aside rows are not told.

    Raises: UnsupportedScorer for what is no sum of trees, or for text that XML 1.0 cannot hold.
    """
    root = Element("PMML", version="4.4", xmlns=XMLNS)
    header = SubElement(root, "Header", description=f"Decision of model {decider.model_sha256}")
    SubElement(header, "Application", name="riskmodel")
    _columns(root, decider)
    derived = SubElement(root, "TransformationDictionary")
    for place, feature in enumerate(decider.features):
        _derived(derived, place, feature, decider)
    is_card = decider.scorer.kind == "scorecard"
    (model.scorecard if is_card else model.mining)(root, decider, _outputs(decider, is_card=is_card))
    return tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _columns(root: Element, decider: Decider) -> None:
    dictionary = SubElement(root, "DataDictionary", numberOfFields=str(len(decider.columns)))
    levels = {feature.read_from for feature in decider.features if is_category(feature) and not feature.source}
    for name in decider.columns:
        kind = ("categorical", "string") if name in levels else ("continuous", "double")
        SubElement(dictionary, "DataField", name=plain(name), optype=kind[0], dataType=kind[1])


def _derived(dictionary: Element, place: int, feature: Column, decider: Decider) -> None:
    optype, kind = ("categorical", "integer") if is_category(feature) else ("continuous", "double")
    made = SubElement(dictionary, "DerivedField", name=model.feature_name(place), optype=optype, dataType=kind)
    if is_category(feature):
        made.append(_level(feature, decider))
    elif feature.source:
        listed = apply("isIn", field(feature.read_from), *map(constant, feature.codes))
        coded = apply("if", listed, constant(1.0), constant(0.0))
        made.append(apply("if", apply("isMissing", field(feature.read_from)), constant(0.0), coded))
    else:
        made.append(apply("if", _is_number(feature, decider), field(feature.read_from)))


def _is_number(feature: Column, decider: Decider) -> Element:
    """Where the raw number is one; elsewhere the feature is missing."""
    low, high = -LARGEST, LARGEST
    if decider.scoring.out_of_range == "missing" and feature.low is not None and feature.high is not None:
        low, high = feature.low, feature.high
    name = feature.read_from
    asked = [apply("greaterOrEqual", field(name), constant(low)), apply("lessOrEqual", field(name), constant(high))]
    if feature.codes:
        asked.append(apply("isNotIn", field(name), *map(constant, feature.codes)))
    return apply("and", *asked)


def _level(feature: Column, decider: Decider) -> Element:
    """The code of a level by its spelling; a spelling of missing has none."""
    spelt = decider.spellings(feature)
    mapped = Element("MapValues", outputColumn="code", dataType="integer")
    if feature.other:
        mapped.set("defaultValue", str(len(feature.categories) - 1))
    SubElement(mapped, "FieldColumnPair", field=plain(feature.read_from), column="level")
    table = SubElement(mapped, "InlineTable")
    for text, code in spelt.items():
        if code is not None:
            row = SubElement(table, "row")
            SubElement(row, "level").text = plain(text)
            SubElement(row, "code").text = str(code)
    nulls = [constant(text) for text, code in spelt.items() if code is None]
    return (
        apply("if", apply("isNotIn", field(feature.read_from), *nulls), mapped) if feature.other and nulls else mapped
    )


def _outputs(decider: Decider, *, is_card: bool) -> Element:
    """pd, points, grade and decision; of a scorecard its exact score, too."""
    scale, policy, output = decider.scale, decider.policy, Element("Output")
    start, slope = scale.start(0.0), -scale.pdo / log(2)
    if is_card:
        _predicted(output, SCORE)
        odds = apply("exp", apply("/", apply("-", constant(start), field(SCORE)), constant(slope)))
        _transformed(output, PD, "double", apply("/", constant(1.0), apply("+", constant(1.0), odds)))
        exact = field(SCORE)
    else:
        _predicted(output, PD)
        inside = apply("max", constant(TINY), apply("min", field(PD), constant(1.0 - EPSILON)))
        margin = apply("ln", apply("/", inside, apply("-", constant(1.0), inside)))
        exact = apply("+", constant(start), apply("*", constant(slope), margin))
    _transformed(output, "points", "double", apply("rint", exact))
    _transformed(output, "grade", "string", _bands(policy.grade_edges, ascii_uppercase))
    _transformed(output, "decision", "string", _bands((policy.refer_from, policy.cutoff), DECISIONS))
    return output


def _predicted(output: Element, name: str) -> None:
    SubElement(output, "OutputField", name=name, optype="continuous", dataType="double", feature="predictedValue")


def _transformed(output: Element, name: str, kind: str, expression: Element) -> None:
    optype = "continuous" if kind == "double" else "categorical"
    made = SubElement(output, "OutputField", name=name, optype=optype, dataType=kind, feature="transformedValue")
    made.append(expression)


def _bands(edges: Sequence[float], words: Sequence[str]) -> Element:
    """The word of the band that a PD lies in; one on an edge belongs above it."""
    below = constant(words[0])
    for edge, word in zip(edges, words[1:], strict=False):
        below = apply("if", apply("greaterOrEqual", field(PD), constant(edge)), constant(word), below)
    return below
