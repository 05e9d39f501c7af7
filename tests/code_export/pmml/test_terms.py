"""The words of PMML: a predicate, read by the standard, holds where its condition does."""

import math
from xml.etree import ElementTree

import pytest

from riskmodel.code_export.pmml.terms import ZERO, apply, both, compared, constant, field, plain, predicate
from riskmodel.errors import UnsupportedScorer
from riskmodel.trees.conditions import Condition

COMPARISONS = {
    "greaterThan": lambda x, edge: x > edge,
    "lessOrEqual": lambda x, edge: x <= edge,
    "greaterOrEqual": lambda x, edge: x >= edge,
}


def read(element):
    """The element, through its text: what a reader elsewhere gets."""
    return ElementTree.fromstring(ElementTree.tostring(element))  # noqa: S314 - written a line before


def holds(element, x):
    """The standard in a few lines; None is unknown, as a comparison of a missing value is."""
    if element.tag == "CompoundPredicate":
        return all(holds(part, x) for part in element)
    if element.tag == "SimpleSetPredicate":
        listed = element.find("Array").text.split()
        assert len(listed) == int(element.find("Array").get("n"))
        return None if math.isnan(x) else str(int(x)) in listed
    if element.get("operator") == "isMissing":
        return math.isnan(x)
    return None if math.isnan(x) else COMPARISONS[element.get("operator")](x, float(element.get("value")))


@pytest.mark.parametrize(
    ("condition", "yes", "no"),
    [
        (Condition(0, "above", 0.1), [0.10000000000000002, 9.0], [0.1, -1.0]),
        (Condition(0, "at_most", 0.1), [0.1, -1.0], [0.10000000000000002]),
        (Condition(0, "in", codes=(0, 7, 12)), [0.0, 7.0, 12.0], [1.0, 2.0, 70.0]),
        (Condition(0, "missing"), [math.nan], [0.0]),
        (Condition(0, "zero"), [0.0, ZERO, -ZERO], [1e-34, -1e-34]),
    ],
)
def test_a_predicate_holds_where_its_condition_does(condition, yes, no):
    made = read(predicate(condition, "x"))
    assert all(holds(made, x) for x in yes)
    assert not any(holds(made, x) for x in no)
    assert all(one.get("field") == "x" for one in made.iter() if "Predicate" in one.tag and one.get("field"))


def test_one_predicate_stands_alone_and_several_together():
    one, other = compared("x", "greaterThan", 1.0), compared("x", "lessOrEqual", 2.0)
    assert both(one) is one
    assert [holds(read(both(one, other)), x) for x in (1.0, 1.5, 2.0, 2.5)] == [False, True, True, False]


@pytest.mark.parametrize("number", [0.1, 1e-300, -123456789.123456789, 5e-324])
def test_numbers_read_back_to_themselves(number):
    assert float(read(constant(number)).text) == number
    assert read(constant(number)).get("dataType") == "double"


@pytest.mark.parametrize("text", ['it\'s <b> & "c"', "Łódź", ""])
def test_text_reads_back_to_itself(text):
    made = read(apply("equal", field(text), constant(text)))
    assert made.find("FieldRef").get("field") == text
    assert (made.find("Constant").text or "") == text


@pytest.mark.parametrize("text", ["a\x00", "\x1b[0m", "\ud800", "\uffff"])
def test_what_xml_cannot_hold_is_refused(text):
    with pytest.raises(UnsupportedScorer, match="must be text that XML can hold, however"):
        plain(text)
    assert plain("a\tb\nc") == "a\tb\nc"
