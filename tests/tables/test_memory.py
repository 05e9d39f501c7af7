from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa
import pytest

from riskmodel import tables
from riskmodel.errors import DataError


@pytest.fixture
def typed() -> pa.Table:
    noon = datetime(2024, 2, 29, 12, tzinfo=ZoneInfo("Europe/Vienna"))
    return pa.table(
        {
            "text": pa.array(["a", None], pa.large_string()),
            "level": pa.array(["x", None]).dictionary_encode(),
            "money": pa.array([Decimal("7.81"), None], pa.decimal128(3, 2)),
            "flag": pa.array([True, None]),
            "count": pa.array([7, None], pa.int16()),
            "seen": pa.array([noon, None], pa.timestamp("ms", "Europe/Vienna")),
        }
    )


def test_a_frame_in_memory_keeps_its_types(typed):
    frame = typed.to_pandas(types_mapper={pa.int16(): pd.Int16Dtype(), pa.bool_(): pd.BooleanDtype()}.get)
    assert (
        tables.of(frame.astype({"level": "category"}))
        .select(["money", "flag", "count"])
        .equals(typed.select(["money", "flag", "count"]))
    )
    assert tables.of(typed) is typed
    assert tables.of(pa.RecordBatchReader.from_batches(typed.schema, typed.to_batches())).equals(typed)


def test_a_named_index_is_a_column_and_another_is_not():
    frame = pd.DataFrame({"x": [1, 2]}, index=[7, 8])
    assert tables.of(frame).column_names == ["x"]
    assert tables.of(frame.rename_axis("loan")).to_pydict() == {"loan": [7, 8], "x": [1, 2]}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (pd.DataFrame({"x": [1, "a"]}), "column .x. must have one kind of value that tables have, however: int, str"),
        (pd.DataFrame({"x": [2**70]}), "column .x. must have one kind .*, however: int"),
        (pd.DataFrame({"x": [1j]}), "column .x. must have one kind .*, however: complex"),
        (pd.DataFrame([[1, 2]], columns=["x", "x"]), "'x' stands twice"),
        (pd.DataFrame([[1, 2]], columns=[0, "0"]), "'0' stands twice"),
        (pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")])), "several levels of names"),
        (pd.DataFrame({"x": []}), "has no rows"),
        (pd.DataFrame(), "has no columns"),
        ([1, 2], "must be pandas or Arrow, however: list"),
    ],
)
def test_what_is_no_table_in_memory_is_refused_in_one_line(given, message):
    with pytest.raises(DataError, match=message) as error:
        tables.of(given)
    assert "\n" not in str(error.value)
