import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leaky_loans import clean

from riskmodel.datasets.leakage import SuspectSeverity
from riskmodel.datasets.leakage.duplicates import fingerprints, key

NUMBERS = st.sampled_from([None, 0.0, -0.0, 1.0, 2.5, 1e300])
TEXTS = st.sampled_from([None, "a", "b", "ab"])


@given(st.lists(st.tuples(NUMBERS, TEXTS, st.sampled_from([None, 1, 2])), min_size=1, max_size=60))
@settings(deadline=None, max_examples=50)
def test_rows_have_one_fingerprint_where_pandas_takes_them_for_copies(rows):
    frame = pd.DataFrame(rows, columns=["x", "t", "n"]).astype({"x": float, "t": object, "n": "Int64"})
    table = pa.table(
        {"x": pa.array(frame["x"], from_pandas=True), "t": pa.array(frame["t"], pa.string()), "n": frame["n"]}
    )
    assert len(np.unique(fingerprints(table, ["x", "t", "n"]))) == (~frame.duplicated()).sum()
    for name in table.column_names:
        assert ((key(table, name) == 0) == frame[name].isna()).all()


def test_values_that_change_places_change_the_fingerprint():
    table = pa.table({"x": [1.0, 2.0, None, 0.0], "y": [2.0, 1.0, 0.0, None]})
    assert len(np.unique(fingerprints(table, ["x", "y"]))) == 4


def suspected(suspects, screen, columns, **roles):
    return {s.column: s for s in suspects(columns, **roles) if s.screen == screen}


def test_a_borrower_on_both_sides_blocks_with_a_count(suspects):
    columns = clean(1500, 1)
    columns["person"] = np.where(np.arange(1500) < 60, np.arange(1500) // 2, np.arange(1500))
    one = suspected(suspects, "both sides of the split", columns, borrower="person")["person"]
    assert one.severity is SuspectSeverity.BLOCKS
    assert 5 <= one.figures["count"] <= 30
    assert f"has {one.figures['count']:.0f} borrowers in development that selection or test have too" in one.evidence


def test_a_missing_borrower_is_nobody(suspects):
    columns = clean(1500, 1)
    columns["person"] = np.where(np.arange(1500) % 3 == 0, np.nan, np.arange(1500.0))
    assert "person" not in suspected(suspects, "both sides of the split", columns, borrower="person")


@pytest.mark.parametrize(("twice", "severity"), [(10, SuspectSeverity.WARNS), (300, SuspectSeverity.BLOCKS)])
def test_an_id_on_both_sides_blocks_from_one_row_in_a_hundred(suspects, twice, severity):
    columns = clean(1500, 1)
    columns["loan"] = np.where(np.arange(1500) < twice, np.arange(1500) // 2, np.arange(1500)).astype(str)
    one = suspected(suspects, "both sides of the split", columns, id="loan")["loan"]
    assert one.severity is severity
    assert "data.borrower in place of data.id" in one.evidence


def test_copies_of_rows_are_counted_and_never_block(suspects):
    columns = clean(1500, 1)
    again = np.r_[np.arange(1500), np.arange(90)]
    columns = {name: values[again] for name, values in columns.items()} | {"loan": np.arange(1590)}
    duplicates = [s for s in suspects(columns, id="loan") if s.column == ""]
    assert {s.severity for s in duplicates} == {SuspectSeverity.WARNS}
    assert {s.screen for s in duplicates} == {"both sides of the split", "copies of rows"}
    (copies,) = (s for s in duplicates if s.screen == "copies of rows")
    assert copies.evidence == "90 of the 1,590 rows are copies of others in all but the id"


@pytest.mark.parametrize("kind", [pa.int64(), pa.uint64(), pa.int8()])
def test_whole_numbers_that_one_float_stands_for_stay_apart(kind):
    first = 100 if kind == pa.int8() else 2**60
    keys = key(pa.table({"id": pa.array([first, first + 1, None, first], kind)}), "id")
    assert keys[0] == keys[3] != keys[1]
    assert keys[2] == 0
