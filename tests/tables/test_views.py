"""Text as Polars lays it out is read as any other."""

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel import tables

TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=30)), min_size=1, max_size=20)


@given(TEXTS)
def test_a_view_has_the_same_values(texts):
    table = pa.table({"a": pa.array(texts, pa.string_view()), "n": list(range(len(texts)))})
    plain = tables.without_views(table)
    assert plain["a"].to_pylist() == texts
    assert pa.types.is_large_string(plain["a"].type)
    assert tables.without_views(plain) is plain


def test_inside_of_a_category_too():
    levels = pa.DictionaryArray.from_arrays(pa.array([1, 0, None]), pa.array(["x", "y"], pa.string_view()))
    plain = tables.without_views(pa.table({"a": levels}))
    assert plain["a"].to_pylist() == ["y", "x", None]
    assert pa.types.is_large_string(plain["a"].type.value_type)


@pytest.mark.parametrize("kind", [pl.String, pl.Categorical, pl.Enum(["b", "a", "c"])])
def test_a_polars_frame_is_a_table(kind, tmp_path):
    frame = pl.DataFrame({"level": ["a", None, "b"], "n": [1, 2, None]}).with_columns(pl.col("level").cast(kind))
    made = tables.of(frame)
    assert made["level"].to_pylist() == ["a", None, "b"]
    frame.write_ipc(tmp_path / "t.arrow", compression="uncompressed")
    assert tables.read(tmp_path / "t.arrow")["level"].to_pylist() == ["a", None, "b"]
