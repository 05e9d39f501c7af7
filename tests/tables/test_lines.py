"""What a reader says is one line: of a library's error, of names twice, of a name that is mistyped."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.errors import DataError
from riskmodel.tables import check_names, in_one_line, near
from riskmodel.tables._lines import LONGEST

NAMES = ["income", "age", "purpose", "employment", "late", "amount"]


@pytest.mark.parametrize("error", [OSError, ValueError, OverflowError, TypeError, pa.ArrowInvalid])
@given(st.text(max_size=400))
def test_an_error_of_a_library_is_one_line_that_names_the_file(error, text):
    with pytest.raises(DataError) as refusal, in_one_line("loans.csv"):
        raise error(text)
    said = str(refusal.value)
    assert said.startswith("loans.csv: cannot be read: ")
    assert "\n" not in said
    assert len(said) <= len("loans.csv: cannot be read: ") + 200


def test_an_error_without_words_is_called_by_its_kind():
    with pytest.raises(DataError, match="cannot be read: OverflowError"), in_one_line("x"):
        raise OverflowError


def test_other_errors_go_through():
    with pytest.raises(ZeroDivisionError), in_one_line("x"):
        raise ZeroDivisionError
    with pytest.raises(DataError, match=r"^as it was$"), in_one_line("x"):
        raise DataError("as it was")


def test_names_differ_and_there_are_some():
    check_names("x", NAMES)
    with pytest.raises(DataError, match="the table has no columns"):
        check_names("x", [])
    with pytest.raises(DataError, match="column names must differ, however: 'age' stands twice"):
        check_names("x", ["age", "late", "age", "late"])


@pytest.mark.parametrize(("name", "meant"), [("incme", "income"), ("AGE", "age"), ("purposes", "purpose")])
def test_a_mistyped_name_is_told_what_it_may_have_meant(name, meant):
    assert near(name, NAMES).startswith(f"did you mean {meant!r}")


def test_where_nothing_is_near_the_first_columns_are_listed():
    assert near("xyzzy", NAMES) == ("the columns are 'income', 'age', 'purpose', 'employment', 'late' and 1 more")
    assert near("xyzzy", NAMES[:2]) == "the columns are 'income', 'age'"


def test_a_name_that_is_half_the_file_fills_no_screen():
    long = "q" * 5000
    with pytest.raises(DataError) as refusal:
        check_names("x", [long, long])
    assert len(str(refusal.value)) < LONGEST + 80
    assert len(near("xyzzy", [long])) < LONGEST + 80
