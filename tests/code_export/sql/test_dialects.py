"""Spellings read back to what was spelt, by a parser of each dialect that shares nothing with ours."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.code_export.sql.dialects import DIALECTS

sqlglot = pytest.importorskip("sqlglot")
PARSED_AS = {"ansi": None, "sqlserver": "tsql"}
every = pytest.mark.parametrize("name", list(DIALECTS))
TEXTS = st.text(st.sampled_from("abÄ'\"\\`[] %_0"), max_size=8)


def parsed(name, expression):
    return sqlglot.parse_one(f"SELECT {expression}", dialect=PARSED_AS.get(name, name)).expressions[0]


@every
@settings(max_examples=25, deadline=None)
@given(text=TEXTS)
def test_text_in_quotes_is_the_text(name, text):
    assert parsed(name, DIALECTS[name].string(text)).this == text


@every
@settings(max_examples=25, deadline=None)
@given(number=st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_to_itself(name, number):
    spelt = DIALECTS[name].value(number)
    assert float(spelt) == number
    assert "E" in spelt  # else a database takes it for a decimal, and rounds


@every
@pytest.mark.parametrize("column", ["income", 'uti\'l "x"', "a]b", "order", "Ä %"])
def test_a_column_in_quotes_is_the_column(name, column):
    if name == "bigquery" and '"' in column:
        pytest.skip("no column is called so there")
    [read] = parsed(name, DIALECTS[name].name(column)).find_all(sqlglot.exp.Column)
    assert read.name == column


@every
def test_a_value_is_read_as_a_number_and_a_level_as_text(name):
    number, level = parsed(name, DIALECTS[name].read("a")), parsed(name, DIALECTS[name].level("a"))
    assert [cast.this.name for cast in number.find_all(sqlglot.exp.Cast)][:1] == ["a"] or DIALECTS[name].nan
    kinds = {cast.to.this for cast in number.find_all(sqlglot.exp.Cast)}
    assert kinds <= {sqlglot.exp.DataType.Type.DOUBLE, sqlglot.exp.DataType.Type.FLOAT}
    text = next(level.find_all(sqlglot.exp.Cast)).to
    assert text.is_type(*sqlglot.exp.DataType.TEXT_TYPES)
