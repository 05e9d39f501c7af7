"""The reader goes by the standard: what is missing is UNKNOWN, which is not true, and functions of it are missing."""

from math import e, nan

import pytest

from riskmodel.code_export.pmml import reader

NAMESPACE = "http://www.dmg.org/PMML-4_4"


def document(model, derived=""):
    text = f'<PMML xmlns="{NAMESPACE}"><TransformationDictionary>{derived}</TransformationDictionary>{model}</PMML>'
    return reader.read(text.encode())


def worked_out(expression, **row):
    """What a derived field is, through a scorecard that adds nothing and one output that repeats the field."""
    derived = f'<DerivedField name="made">{expression}</DerivedField>'
    output = '<Output><OutputField name="out"><FieldRef field="made"/></OutputField></Output>'
    model = f'<Scorecard initialScore="0.0">{output}<Characteristics/></Scorecard>'
    return reader.decide(document(model, derived), row)["out"]


def constant(value):
    return f'<Constant dataType="{"string" if isinstance(value, str) else "double"}">{value}</Constant>'


def apply(function, *arguments):
    given = "".join(one if isinstance(one, str) and one.startswith("<") else constant(one) for one in arguments)
    return f'<Apply function="{function}">{given}</Apply>'


X = '<FieldRef field="x"/>'


@pytest.mark.parametrize(
    ("function", "arguments", "value"),
    [
        ("+", (2.0, 3.0), 5.0),
        ("-", (2.0, 3.0), -1.0),
        ("*", (2.0, 3.0), 6.0),
        ("/", (3.0, 2.0), 1.5),
        ("exp", (1.0,), e),
        ("ln", (1.0,), 0.0),
        ("max", (2.0, 3.0), 3.0),
        ("min", (2.0, 3.0), 2.0),
        ("rint", (0.5,), 0),
        ("rint", (1.5,), 2),
        ("greaterOrEqual", (2.0, 2.0), True),
        ("greaterThan", (2.0, 2.0), False),
        ("lessOrEqual", (2.0, 2.0), True),
        ("isIn", (2.0, 1.0, 2.0), True),
        ("isNotIn", (2.0, 1.0, 2.0), False),
        ("isIn", ("a", "b"), False),
    ],
)
def test_a_function_is_the_one_of_the_standard(function, arguments, value):
    assert worked_out(apply(function, *arguments)) == value


@pytest.mark.parametrize("function", ["+", "max", "greaterOrEqual", "isIn", "isNotIn"])
@pytest.mark.parametrize("missing", [None, nan])
def test_a_function_of_a_missing_value_is_missing(function, missing):
    assert worked_out(apply(function, X, 1.0), x=missing) is None
    assert worked_out(apply("isMissing", X), x=missing) is True
    assert worked_out(apply("isMissing", X), x=0.0) is False


def test_and_asks_for_all():
    yes, no = apply("greaterThan", 2.0, 1.0), apply("greaterThan", 1.0, 2.0)
    assert [worked_out(apply("and", yes, other)) for other in (yes, no)] == [True, False]


@pytest.mark.parametrize(("x", "value"), [(2.0, "big"), (0.5, "small"), (None, None)])
def test_if_chooses_and_is_missing_where_its_question_is(x, value):
    assert worked_out(apply("if", apply("greaterThan", X, 1.0), "big", "small"), x=x) == value


def test_if_without_an_else_is_missing_there():
    assert worked_out(apply("if", apply("greaterThan", X, 1.0), "big"), x=0.0) is None


def mapped(default=""):
    rows = "<row><level>a</level><code>3</code></row><row><level/><code>4</code></row>"
    pair = '<FieldColumnPair field="x" column="level"/>'
    inside = f"{pair}<InlineTable>{rows}</InlineTable>"
    return f'<MapValues outputColumn="code" dataType="integer"{default}>{inside}</MapValues>'


@pytest.mark.parametrize(("x", "code", "other"), [("a", 3, 3), ("", 4, 4), ("b", None, 9), (None, None, None)])
def test_a_level_is_looked_up_and_others_are_the_default(x, code, other):
    assert worked_out(mapped(), x=x) == code
    assert worked_out(mapped(' defaultValue="9"'), x=x) == other


def predicate(operator, value=None, field="x"):
    given = "" if value is None else f' value="{value}"'
    return f'<SimplePredicate field="{field}" operator="{operator}"{given}/>'


def tree(asked):
    node = f'<Node><True/><Node score="1.0">{asked}</Node><Node score="2.0"><True/></Node></Node>'
    output = '<Output><OutputField name="out"/></Output>'
    return document(f"<TreeModel>{output}{node}</TreeModel>")


SET = '<SimpleSetPredicate field="x" booleanOperator="isIn"><Array type="int" n="2">3 5</Array></SimpleSetPredicate>'
BETWEEN = predicate("greaterThan", 1.0) + predicate("lessOrEqual", 2.0)
BOTH = f'<CompoundPredicate booleanOperator="and">{BETWEEN}</CompoundPredicate>'


@pytest.mark.parametrize(
    ("asked", "yes", "no"),
    [
        (predicate("isMissing"), [None, nan], [0.0, 1.0]),
        (predicate("greaterThan", 1.0), [1.5], [1.0, None, nan]),
        (predicate("lessOrEqual", 1.0), [1.0, -1.0], [1.5, None]),
        (predicate("greaterOrEqual", 1.0), [1.0], [0.5, None]),
        (SET, [3, 5, 3.0], [4, None]),
        (BOTH, [1.5, 2.0], [1.0, 2.5, None]),
        ("<True/>", [None, 0.0], []),
    ],
)
def test_a_node_is_entered_where_its_predicate_is_true_and_not_where_it_is_unknown(asked, yes, no):
    made = tree(asked)
    assert {reader.decide(made, {"x": x})["out"] for x in yes} == {1.0}
    assert {reader.decide(made, {"x": x})["out"] for x in no} <= {2.0}


def test_of_a_characteristic_the_first_attribute_that_holds_counts():
    attributes = "".join(
        f'<Attribute partialScore="{points}">{asked}</Attribute>'
        for points, asked in [(5.0, predicate("isMissing")), (7.0, predicate("lessOrEqual", 1.0)), (9.0, "<True/>")]
    )
    twice = f"<Characteristics>{f'<Characteristic>{attributes}</Characteristic>' * 2}</Characteristics>"
    made = document(f'<Scorecard initialScore="0.5"><Output><OutputField name="out"/></Output>{twice}</Scorecard>')
    assert [reader.decide(made, {"x": x})["out"] for x in (None, 1.0, 2.0)] == [10.5, 14.5, 18.5]


def mining(method, *models):
    segments = "".join(f'<Segment id="{i}"><True/>{model}</Segment>' for i, model in enumerate(models))
    output = '<Output><OutputField name="out"/></Output>'
    return f'<MiningModel>{output}<Segmentation multipleModelMethod="{method}">{segments}</Segmentation></MiningModel>'


LEAVES = [
    f'<TreeModel><Output><OutputField name="s"/></Output><Node score="{score}"><True/></Node></TreeModel>'
    for score in (1, 2)
]


def test_segments_are_added_or_the_last_one_answers():
    assert reader.decide(document(mining("sum", *LEAVES)), {})["out"] == 3.0
    assert reader.decide(document(mining("modelChain", *LEAVES)), {})["out"] == 2.0


@pytest.mark.parametrize(("intercept", "pd"), [(0.0, 0.5), (800.0, 1.0), (-800.0, 0.0)])
def test_a_regression_of_an_earlier_output_is_a_logistic_one_of_any_size(intercept, pd):
    slope = '<NumericPredictor name="s" coefficient="2.0"/>'
    table = f'<RegressionTable intercept="{intercept - 2.0}">{slope}</RegressionTable>'
    line = f"<RegressionModel>{table}</RegressionModel>"
    assert reader.decide(document(mining("modelChain", LEAVES[0], line)), {})["out"] == pytest.approx(pd, abs=1e-15)


@pytest.mark.parametrize("expression", [apply("sqrt", 4.0), '<Aggregate field="x"/>'])
def test_what_the_writer_does_not_write_is_not_guessed_at(expression):
    with pytest.raises(KeyError):
        worked_out(expression, x=1.0)
