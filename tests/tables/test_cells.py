"""One cell is read in one way: missing by its spelling, a number by its value, a category by its text."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas._libs.parsers import STR_NA_VALUES

from riskmodel.core import Column, Kind, Role
from riskmodel.tables import NULLS
from riskmodel.tables._cells import CellRule, Reading, inferred, numbers_of, rule_of, rules_of, value_of, without_nulls

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def test_what_pandas_takes_for_missing_is_missing_here():
    assert set(NULLS) >= STR_NA_VALUES - {"None"}
    assert "None" not in NULLS  # no spelling of Arrow; a level somewhere


@given(NUMBERS)
def test_a_number_is_read_as_python_reads_it(number):
    for text in (repr(number), f" {number!r} ", repr(number) if repr(number).startswith("-") else f"+{number!r}"):
        values, wrong = numbers_of(pa.array([text]))
        assert values.to_pylist() == [float(number)]
        assert wrong.to_pylist() == [False]


@given(st.lists(TEXT, max_size=20))
def test_a_cell_is_a_number_missing_or_wrong_and_never_two_of_these(cells):
    values, wrong = numbers_of(pa.array(cells, pa.string()))
    for cell, value, is_wrong in zip(cells, values.to_pylist(), wrong.to_pylist(), strict=True):
        assert not (is_wrong and value is not None)
        if value is None and not is_wrong:
            assert cell.strip() in {null.strip() for null in NULLS}
        if value is not None:
            assert math.isfinite(value) or cell.strip().lower().find("e") > 0  # 1e999 is a number beyond all


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", 1.0), ("FALSE", 0.0), (" True ", 1.0), (".5", 0.5), ("5.", 5.0), ("1e3", 1000.0), ("-1E-2", -0.01)],
)
def test_truth_and_exponents_are_numbers(text, value):
    assert numbers_of(pa.array([text]))[0].to_pylist() == [value]


@pytest.mark.parametrize("text", ["1,5", "1 000", "0x10", "1_000", "inf", "\u0661", "--1", "1e", "yes", "12%", "1d5"])
def test_what_only_looks_like_a_number_is_wrong(text):
    values, wrong = numbers_of(pa.array([text]))
    assert (values.to_pylist(), wrong.to_pylist()) == ([None], [True])


def test_missing_is_what_a_column_spells_it():
    cells = pa.array(["-9", "NA", "7", None])
    values, wrong = numbers_of(cells, ("-9",))
    assert values.to_pylist() == [None, None, 7.0, None]
    assert wrong.to_pylist() == [False, True, False, False]


def test_text_keeps_all_but_its_spellings_of_missing():
    text = pa.array(["NA", "", "x", " NA", None])
    assert without_nulls(text, NULLS).to_pylist() == [None, None, "x", " NA", None]
    assert without_nulls(text, ("x",)).to_pylist() == ["NA", "", None, " NA", None]
    whole = pa.array(["a", "b"])
    assert without_nulls(whole, NULLS) is whole


@pytest.mark.parametrize(
    ("spellings", "value"),
    [
        (("7", "00007", "7.0", " 7 ", "+7", "7."), "7"),
        (("-0", "0", "0.0", "False", "false", "FALSE"), "0"),
        (("1", "True", "true", "1.000"), "1"),
        (("1.5", "1.50", "01.5"), "1.5"),
        (("caf\u00e9", "cafe\u0301", " caf\u00e9"), "caf\u00e9"),
        (("1E5",), "1E5"),  # more often a code than a number
        (("Car",), "Car"),
    ],
)
def test_spellings_of_one_value_are_one_level(spellings, value):
    assert {value_of(text) for text in spellings} == {value}


@given(TEXT)
def test_a_value_is_spelt_as_itself(text):
    assert value_of(value_of(text)) == value_of(text)


@given(st.integers(-(10**40), 10**40))
def test_no_digit_of_a_long_code_is_lost(code):
    assert value_of(str(code)) == str(code)


@pytest.mark.parametrize(
    ("column", "reading"),
    [
        (Column("x"), Reading.NUMBER),
        (Column("x", kind=Kind.CATEGORICAL), Reading.TEXT),
        (Column("x", Role.PROTECTED), Reading.NUMBER),
        (Column("x", Role.PROTECTED, Kind.CATEGORICAL), Reading.TEXT),
        (Column("x", Role.AMOUNT), Reading.NUMBER),
        (Column("x", Role.ID), Reading.TEXT),
        (Column("x", Role.BORROWER), Reading.TEXT),
        (Column("x", Role.TIME), Reading.INFERRED),
        (Column("x", Role.TARGET), Reading.INFERRED),
    ],
)
def test_a_column_is_read_as_what_it_is(column, reading):
    assert rule_of(column).reading is reading


def test_a_level_that_is_spelt_like_missing_stays_a_level():
    rule = rule_of(Column("x", kind=Kind.CATEGORICAL, categories=("NA", "car")))
    assert "NA" not in rule.spellings
    assert set(rule.spellings) == set(NULLS) - {"NA"}
    own = rule_of(Column("x", kind=Kind.CATEGORICAL, categories=("?", "car"), nulls=("?", "-")))
    assert own.spellings == ("", "-")
    assert rule_of(Column("x", kind=Kind.CATEGORICAL)).spellings == NULLS


def test_nobody_knows_a_column_that_is_not_listed():
    rules = rules_of([Column("x")])
    assert rules("other") == inferred("other") == CellRule()


def test_what_is_a_category_to_one_and_a_number_to_another_is_read_as_text():
    number, category = Column("x"), Column("x", kind=Kind.CATEGORICAL)
    for columns in ([number, category], [category, number]):
        assert rules_of(columns)("x").reading is Reading.TEXT


def test_an_indicator_never_decides_how_its_source_is_read():
    columns = [Column("late", nulls=("-",)), Column("late_is_96", source="late")]
    for order in (columns, columns[::-1]):
        assert rules_of(order)("late") == CellRule(Reading.NUMBER, ("-",))
    assert rules_of(columns[1:])("late").reading is Reading.NUMBER


def test_large_text_is_read_like_text():
    for kind in (pa.string(), pa.large_string()):
        values, wrong = numbers_of(pa.array(["1", "x", None], kind))
        np.testing.assert_array_equal(values.to_pylist(), [1.0, None, None])
        assert wrong.to_pylist() == [False, True, False]
