import datetime

import numpy as np
import pyarrow as pa
import pytest

from riskmodel.datasets.leakage.dates import as_days

FIRST, SECOND, THIRD = datetime.date(2018, 3, 1), datetime.date(2018, 12, 1), datetime.date(2020, 2, 1)


@pytest.mark.parametrize(
    "form", ["%Y-%m-%d", "%Y-%m", "%Y/%m/%d", "%Y/%m", "%d.%m.%Y", "%b-%Y", "%b-%y", "%Y-%m-%d %X"]
)
def test_text_in_the_usual_spellings_reads_as_dates(form):
    column = pa.array([FIRST.strftime(form), None, SECOND.strftime(form), "", FIRST.strftime(form)])
    expected = np.array([FIRST, "NaT", SECOND, "NaT", FIRST], "M8[D]")
    np.testing.assert_array_equal(as_days(column), expected)
    np.testing.assert_array_equal(as_days(column.dictionary_encode()), expected)


@pytest.mark.parametrize("kind", [pa.date32(), pa.date64(), pa.timestamp("us"), pa.timestamp("ns", tz="UTC")])
def test_arrow_dates_and_times_are_dates(kind):
    column = pa.array([FIRST, None, SECOND], pa.date32()).cast(pa.timestamp("us")).cast(kind)
    np.testing.assert_array_equal(as_days(column), np.array([FIRST, "NaT", SECOND], "M8[D]"))


@pytest.mark.parametrize("form", ["%Y%m", "%Y%m%d"])
def test_numbers_that_spell_months_or_days_are_dates(form):
    column = pa.array([float(FIRST.strftime(form)), None, float(SECOND.strftime(form)), float(THIRD.strftime(form))])
    np.testing.assert_array_equal(as_days(column), np.array([FIRST, "NaT", SECOND, THIRD], "M8[D]"))


@pytest.mark.parametrize(
    "values",
    [
        ["2018-03-01", "soon"],
        ["a", "b"],
        ["", None],
        ["12", "7"],
        [200_001.0, 214_512.0, 250_000.0],  # an income
        [201_801.5, 201_802.0, 201_803.0],
        [201_813.0, 201_801.0, 201_802.0],
        [201_801.0, 201_802.0],  # two values are rather a code
        [None, None],
        [True, False],
        [[1], [2]],
    ],
)
def test_anything_else_is_not(values):
    assert as_days(pa.array(values)) is None
