"""The model of a PMML document: trees whose sum is made a PD, or a scorecard whose points add up."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import inf
from xml.etree.ElementTree import Element, SubElement

from riskmodel.code_export.decider import Decider
from riskmodel.code_export.pmml.terms import both, compared, plain, predicate
from riskmodel.core import Calibration
from riskmodel.trees.conditions import Condition, Rule
from riskmodel.trees.lookup_tables import Axis, LookupTable, tables
from riskmodel.trees.parts import parts_of

SUM = "riskmodel: sum of trees"


def feature_name(place: int) -> str:
    """The derived field of a feature."""
    return f"riskmodel: feature {place}"


def mining(root: Element, decider: Decider, outputs: Element) -> None:
    """A chain: the sum of all trees, and the calibrated line through it as a logistic regression."""
    intercept, rules = decider.margin_of(Calibration())
    line = decider.scorer.calibration
    outer = SubElement(root, "MiningModel", modelName="riskmodel", functionName="regression")
    _schema(outer, *decider.columns)
    outer.append(outputs)
    chain = SubElement(outer, "Segmentation", multipleModelMethod="modelChain")
    trees = SubElement(_segment(chain, 1), "MiningModel", functionName="regression")
    _schema(trees, *decider.columns)
    output = SubElement(trees, "Output")
    SubElement(output, "OutputField", name=SUM, optype="continuous", dataType="double", feature="predictedValue")
    summed = SubElement(trees, "Segmentation", multipleModelMethod="sum")
    for number, rule in enumerate(rules or (0.0,), 1):
        _tree(_segment(summed, number), rule, decider)
    _line(_segment(chain, 2), line.intercept + line.slope * intercept, line.slope)


def _line(segment: Element, intercept: float, slope: float) -> None:
    made = SubElement(segment, "RegressionModel", functionName="regression", normalizationMethod="logit")
    _schema(made, SUM)
    table = SubElement(made, "RegressionTable", intercept=repr(intercept))
    SubElement(table, "NumericPredictor", name=SUM, coefficient=repr(slope))


def _segment(segmentation: Element, number: int) -> Element:
    made = SubElement(segmentation, "Segment", id=str(number))
    SubElement(made, "True")
    return made


def _schema(model: Element, *names: str) -> None:
    schema = SubElement(model, "MiningSchema")
    for name in names:
        SubElement(schema, "MiningField", name=plain(name), usageType="active", invalidValueTreatment="asIs")


def _tree(segment: Element, rule: Rule, decider: Decider) -> None:
    made = SubElement(segment, "TreeModel", functionName="regression", splitCharacteristic="binarySplit")
    made.set("missingValueStrategy", "none")
    _schema(made, *decider.columns)
    _node(made, Element("True"), rule)


def _node(parent: Element, asked: Element, rule: Rule) -> None:
    node = SubElement(parent, "Node")
    node.append(asked)
    if isinstance(rule, float):
        node.set("score", repr(rule))
        return
    _node(node, predicate(rule.condition, feature_name(rule.condition.feature)), rule.yes)
    _node(node, Element("True"), rule.no)


def scorecard(root: Element, decider: Decider, outputs: Element) -> None:
    """Points on the master scale; of each characteristic one attribute counts, the first that holds."""
    scale, line = decider.scale, decider.scorer.calibration
    start, characteristics = line.intercept, list[LookupTable]()
    weights: list[float] = []
    for part in parts_of(decider.scorer):
        first, *rest = tables(part.ensemble)
        start += line.slope * part.weight * float(first.points)
        characteristics += rest
        weights += [line.slope * part.weight] * len(rest)
    made = SubElement(
        root,
        "Scorecard",
        modelName="riskmodel",
        functionName="regression",
        initialScore=repr(scale.start(start)),
        useReasonCodes="false",
    )
    _schema(made, *decider.columns)
    made.append(outputs)
    listed = SubElement(made, "Characteristics")
    for number, (table, weight) in enumerate(zip(characteristics, weights, strict=True), 1):
        [axis] = table.axes
        name = plain(f"{decider.features[axis.feature].name} {number}")
        characteristic = SubElement(listed, "Characteristic", name=name)
        for asked, points in zip(_cells(axis), table.points.ravel().tolist(), strict=True):
            if asked is not None:
                score = repr(scale.change(weight * points))
                SubElement(characteristic, "Attribute", partialScore=score).append(asked)


def _cells(axis: Axis) -> Iterator[Element | None]:
    """What asks for each cell; None for one that no finite number lies in."""
    name = feature_name(axis.feature)
    yield Element("SimplePredicate", field=name, operator="isMissing")
    if axis.codes is None:
        for above, up_to in pairwise((None, *axis.edges, None)):
            limits = [] if above is None else [compared(name, "greaterThan", above)]
            limits += [] if up_to in (None, inf) else [compared(name, "lessOrEqual", float(up_to))]
            yield None if above == inf else both(*limits) if limits else Element("True")
    else:
        for code in axis.codes:
            yield predicate(Condition(axis.feature, "in", codes=(code,)), name)
        yield Element("True")
