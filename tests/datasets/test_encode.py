import datetime
import decimal
import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.core import Column, Kind, Role
from riskmodel.datasets import encode
from riskmodel.errors import DataError

NUMBER_TYPES = {
    pa.int8(): st.integers(-128, 127),
    pa.uint16(): st.integers(0, 65_535),
    pa.int32(): st.integers(-(2**31), 2**31 - 1),
    pa.int64(): st.integers(-(2**63), 2**63 - 1),
    pa.uint64(): st.integers(0, 2**64 - 1),
    pa.float32(): st.floats(width=32),
    pa.float64(): st.floats(),
    pa.bool_(): st.booleans(),
    pa.decimal128(9, 2): st.decimals(-9999, 9999, places=2),
    pa.dictionary(pa.int16(), pa.int64()): st.integers(-5, 5),
}
LEVEL_TYPES = {
    pa.int8(): st.integers(-2, 3),
    pa.int64(): st.integers(-2, 3),
    pa.float32(): st.sampled_from([-1.0, -0.0, 2.0, 2.5, math.nan]),
    pa.float64(): st.sampled_from([-1.0, 0.0, 2.0, 2.1, 1e300, math.nan]),
    pa.bool_(): st.booleans(),
    pa.decimal128(5, 2): st.sampled_from([decimal.Decimal("2.00"), decimal.Decimal("2.50")]),
    pa.string(): st.sampled_from(["", "a", "2", "2.0", "-1.00", "b"]),
    pa.large_string(): st.sampled_from(["", "a", "true", "1", "NA"]),
    pa.dictionary(pa.int8(), pa.string()): st.sampled_from(["a", "b", "2.0"]),
}
CATEGORIES = ("-1", "0", "2", "2.1", "2.5", "a", "true")


@st.composite
def columns(draw, types):
    """An Arrow column, whole or in chunks, with missing values."""
    kind = draw(st.sampled_from(list(types)))
    values = draw(st.lists(st.none() | types[kind], max_size=9))
    cut = draw(st.integers(0, len(values)))
    return pa.chunked_array([pa.array(values[:cut], kind), pa.array(values[cut:], kind)])


def slow_numbers(column: pa.ChunkedArray) -> list[float]:
    return [math.nan if value is None else float(value) for value in pd.Series(column.to_pylist(), dtype=object)]


def slow_codes(column: pa.ChunkedArray, categories: tuple[str, ...]) -> list[float]:
    def text(value: object) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, float | decimal.Decimal) and value == int(value) and abs(value) < 2**53:
            return str(int(value))
        if isinstance(value, str) and value.endswith((".0", ".00")):
            return value.split(".")[0]
        return str(float(value) if isinstance(value, decimal.Decimal) else value)

    known = pd.Series(range(len(categories)), index=list(categories), dtype=float)
    known["1"], known["false"] = known["true"], known["0"]  # the value is the same, and no other level has it
    values = pd.Series(column.to_pylist(), dtype=object)
    return [math.nan if pd.isna(value) else known.get(text(value), math.nan) for value in values]


@given(columns(NUMBER_TYPES))
@settings(max_examples=200, deadline=None)
def test_numbers_are_as_a_slow_version_has_them(column):
    encoded = encode.matrix(pa.table({"x": column}), [Column("x")])
    np.testing.assert_array_equal(encoded[:, 0], slow_numbers(column))


@given(columns(LEVEL_TYPES))
@settings(max_examples=200, deadline=None)
def test_categories_are_as_a_slow_version_has_them(column):
    encoded = encode.matrix(pa.table({"x": column}), [Column("x", kind=Kind.CATEGORICAL, categories=CATEGORIES)])
    np.testing.assert_array_equal(encoded[:, 0], slow_codes(column, CATEGORIES))


@given(st.lists(st.none() | st.text(max_size=3), max_size=30))
@settings(deadline=None)
def test_codes_lead_back_to_the_text_they_came_from(values):
    levels = encode.levels(pa.array(values, pa.string()), "x").to_pylist()
    categories = tuple(sorted(set(levels) - {None}))
    codes = encode.matrix(pa.table({"x": values}), [Column("x", kind=Kind.CATEGORICAL, categories=categories)])[:, 0]
    assert [None if math.isnan(code) else categories[int(code)] for code in codes] == levels


@pytest.mark.parametrize(
    "values",
    [
        pa.array([2, 1, None], pa.int8()),
        pa.array([2.0, 1.0, math.nan]),
        pa.array(["2", "1", ""]),
        pa.array(["2.0", "1.0", None]),
        pa.array([decimal.Decimal("2.0"), decimal.Decimal("1.0"), None]),
        pa.array([2, 1, None]).dictionary_encode(),
    ],
    ids=lambda values: str(values.type),
)
def test_a_level_is_the_same_however_it_was_stored(values):
    education = Column("EDUCATION", kind=Kind.CATEGORICAL, categories=("1", "2"))
    codes = encode.matrix(pa.table({"EDUCATION": values}), [education])[:, 0]
    np.testing.assert_array_equal(codes, [1, 0, math.nan])


@pytest.mark.parametrize("rows", [0, 1, 2047, 2048, 2049, 5000])
def test_the_matrix_has_the_asked_columns_in_their_order_row_by_row(rows):
    source = pd.DataFrame({"a": np.arange(rows), "b": np.arange(rows) * 0.5, "c": np.arange(rows) % 2 == 0})
    features = [Column("c"), Column("a"), Column("b")]
    whole = pa.Table.from_pandas(source)
    encoded = encode.matrix(whole, features)
    assert encoded.dtype == np.float64
    assert encoded.flags.c_contiguous
    np.testing.assert_array_equal(encoded, source[["c", "a", "b"]].to_numpy(dtype=float))
    parts = [encode.matrix(batch, features) for batch in whole.to_batches(max_chunksize=1000)]
    np.testing.assert_array_equal(np.concatenate([np.empty((0, 3)), *parts]), encoded)


def test_blank_and_not_a_number_are_no_levels():
    assert encode.levels(pa.array(["", "a", None]), "x").to_pylist() == [None, "a", None]
    assert encode.levels(pa.array([math.nan, 2.5, 1e300]), "x").to_pylist() == [None, "2.5", "1e+300"]


def test_infinity_passes_and_a_column_of_nulls_is_missing():
    table = pa.table({"a": [math.inf, -math.inf], "b": pa.nulls(2), "c": pa.nulls(2)})
    encoded = encode.matrix(table, [Column("a"), Column("b"), Column("c", kind=Kind.CATEGORICAL)])
    np.testing.assert_array_equal(encoded, [[math.inf, math.nan, math.nan], [-math.inf, math.nan, math.nan]])


@pytest.mark.parametrize(
    ("values", "kind", "reason"),
    [
        (pa.array(["1", "lots"]), Kind.NUMERIC, "column 'x' must be a number, however: 'lots'"),
        (pa.array([datetime.date(2024, 1, 1)]), Kind.NUMERIC, "must be a number, however: date32"),
        (pa.array(["1"]).dictionary_encode(), Kind.NUMERIC, "must be a number, however: dictionary"),
        (pa.array([[1]]), Kind.CATEGORICAL, "column 'x' must be a category, however: list"),
        (pa.array([b"\xff"]), Kind.CATEGORICAL, "must be a category, however: binary"),
    ],
)
def test_a_column_of_a_wrong_type_is_named(values, kind, reason):
    with pytest.raises(DataError, match=reason):
        encode.matrix(pa.table({"x": values}), [Column("x", kind=kind)])


def test_a_column_that_is_missing_or_stands_twice_is_named():
    twice = pa.table([[1], [2]], names=["x", "x"])
    with pytest.raises(DataError, match="column 'x' must stand once in the table, however: 2 times"):
        encode.matrix(twice, [Column("x")])
    with pytest.raises(DataError, match="column 'y' must stand once in the table, however: 0 times"):
        encode.matrix(twice.to_batches()[0], [Column("y")])


def test_attributes_are_numbers_text_or_dates():
    day = datetime.date(2024, 2, 1)
    table = pa.table(
        {"age": pa.array([40, None], pa.int8()), "sex": [1.0, None], "day": [day, day], "month": ["a", "b"]}
    )
    np.testing.assert_array_equal(encode.attribute(table, Column("age")), [40, math.nan])
    assert encode.attribute(table, Column("sex", kind=Kind.CATEGORICAL)).tolist() == ["1", None]
    assert encode.attribute(table, Column("day", Role.TIME)).dtype == np.dtype("datetime64[D]")
    assert encode.attribute(table, Column("month", Role.TIME)).tolist() == ["a", "b"]
