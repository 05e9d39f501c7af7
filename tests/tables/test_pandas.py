"""A frame goes to Arrow column by column: what Arrow lacks is told with its column, and by kinds, never by values."""

import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.errors import DataError
from riskmodel.tables._pandas import from_pandas


@given(st.lists(st.one_of(st.none(), st.floats(allow_nan=False)), min_size=1, max_size=8))
@settings(max_examples=30)
def test_numbers_stay_and_missing_is_null(values):
    frame = pd.DataFrame({"a": pd.Series(values, dtype="float64")})
    assert from_pandas(frame, "x").column("a").to_pylist() == values


def test_the_index_goes_and_names_become_text():
    frame = pd.DataFrame({1: [1, 2], "b": ["x", None], None: [True, False]}, index=[9, 9])
    table = from_pandas(frame, "x")
    assert table.column_names == ["1", "b", "None"]
    assert table.to_pylist() == [{"1": 1, "b": "x", "None": True}, {"1": 2, "b": None, "None": False}]
    assert table.schema.types[0] == pa.int64()


def test_an_empty_frame_keeps_its_columns():
    table = from_pandas(pd.DataFrame({"a": pd.Series([], dtype="float64")}), "x")
    assert (table.num_rows, table.column_names) == (0, ["a"])


def test_a_sparse_column_is_filled():
    frame = pd.DataFrame({"a": pd.arrays.SparseArray([0.0, 0.0, 2.5, np.nan], fill_value=0.0)}, index=list("wxyz"))
    assert from_pandas(frame, "x").column("a").to_pylist() == [0.0, 0.0, 2.5, None]


def test_categories_of_one_kind_stay_categories():
    frame = pd.DataFrame({"a": pd.Categorical(["u", None, "v"], categories=["v", "u"])})
    column = from_pandas(frame, "x").column("a")
    assert pa.types.is_dictionary(column.type)
    assert column.to_pylist() == ["u", None, "v"]
    assert column.chunk(0).dictionary.to_pylist() == ["v", "u"]


@pytest.mark.parametrize(
    ("levels", "spelt"),
    [([True, 2.5, "a", 3], ["true", "2.5", "a", "3"]), (["a", 1], ["a", "1"]), ([2.5, False], ["2.5", "false"])],
)
def test_categories_of_several_kinds_become_text_as_a_csv_spells_them(levels, spelt):
    frame = pd.DataFrame({"a": pd.Categorical([*levels, None], categories=levels)})
    assert from_pandas(frame, "x").column("a").to_pylist() == [*spelt, None]


@pytest.mark.parametrize(
    ("values", "kinds"),
    [
        ([1, "secret", None], "int, str"),
        ([object()], "object"),
        ([2**70], "int"),
        (["secret", datetime.date(2020, 1, 1), 1.5], "date, float, str"),
    ],
    ids=["mixed", "object", "huge", "dates"],
)
def test_what_tables_lack_is_refused_by_column_and_kinds(values, kinds):
    frame = pd.DataFrame({"good": [1.0] * len(values), "bad": pd.Series(values, dtype=object)})
    with pytest.raises(DataError) as refusal:
        from_pandas(frame, "loans")
    assert str(refusal.value) == f"loans: column 'bad' must have one kind of value that tables have, however: {kinds}"


def test_categories_that_no_table_has_are_refused_by_kinds_too():
    frame = pd.DataFrame({"a": pd.Categorical([(1, 2), "u"], categories=[(1, 2), "u"])})
    with pytest.raises(DataError, match=r"however: str, tuple$"):
        from_pandas(frame, "x")


def test_a_name_without_end_is_cut():
    frame = pd.DataFrame({"n" * 500: pd.Series([1, "a"], dtype=object)})
    with pytest.raises(DataError) as refusal:
        from_pandas(frame, "x")
    assert f"column '{'n' * 60}' must" in str(refusal.value)
