"""Dates are read from whatever a bank's table has them in, and what is no date is refused in one line."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.datasets import split
from riskmodel.errors import DataError

UTC = dt.UTC


def read(values, kind=None):
    return split.dates(pa.table({"day": pa.array(values, kind)}), "day").astype(str).tolist()


@given(st.lists(st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)), min_size=1, max_size=30))
def test_every_spelling_of_a_day_is_that_day(days):
    expected = [day.isoformat() for day in days]
    moments = [dt.datetime.combine(day, dt.time(23, 59, 59)) for day in days]
    assert read(days) == read(days, pa.date64()) == read(moments) == expected
    assert read(expected) == read([f"{day}T23:59:59Z" for day in expected]) == expected
    assert read([f"{day:%Y%m%d}" for day in days]) == read([int(f"{day:%Y%m%d}") for day in days]) == expected
    months = [f"{day:%Y-%m}-01" for day in days]
    assert read([f"{day:%Y-%m}" for day in days]) == read([int(f"{day:%Y%m}") for day in days]) == months
    assert read([float(day.year) for day in days]) == [f"{day.year}-01-01" for day in days]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_a_time_belongs_to_its_own_day_before_1970_too(unit):
    assert (
        read([dt.datetime(1969, 12, 31, 0, 0), dt.datetime(1969, 12, 31, 23, 59)], pa.timestamp(unit))
        == ["1969-12-31"] * 2
    )


def test_a_time_with_a_zone_has_the_day_that_it_had_there():
    late = dt.datetime(2020, 5, 31, 23, 30, tzinfo=UTC)
    assert read([late], pa.timestamp("us", "Europe/Berlin")) == ["2020-06-01"]
    assert read([late], pa.timestamp("us", "UTC")) == ["2020-05-31"]


def test_categories_of_text_are_dates_too():
    assert read(pa.array(["2020-05", "2020-04", "2020-05"]).dictionary_encode()) == [
        "2020-05-01", "2020-04-01", "2020-05-01"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "kind", "reason"),
    [
        (["2020-01", None, "2020-02"], None, "'day' is missing in 1 rows, first in row 2"),
        ([dt.date(2020, 1, 1), dt.date(1650, 1, 1)], None, "between 1900 and 2199 .*, however: 1650-01-01 in row 2"),
        (["2020-01", "May-2018"], None, "however: May-2018 in row 2"),
        (["31.05.2018"], None, "however: 31.05.2018 in row 1"),
        (["2020-13"], None, "however: 2020-13 in row 1"),
        (["2021-02-29"], None, "however: 2021-02-29 in row 1"),
        (["2020-01", "  "], None, "in row 2"),
        ([202013], None, "however: 202013 in row 1"),
        ([1588291200], None, "however: 1588291200 in row 1"),
        ([201801.5], None, "however: 201801.5 in row 1"),
        ([float("nan")], None, "however: nan in row 1"),
        ([2**63 - 1], None, "in row 1"),
        ([dt.time(12, 0)], None, "however: 12:00:00 in row 1"),
    ],
)
def test_what_is_no_date_is_refused_with_its_row(values, kind, reason):
    with pytest.raises(DataError, match=reason.replace("however: ", "however: '?").replace(" in row", "'? in row")):
        read(values, kind)


def test_a_million_rows_of_few_dates_are_read_by_their_distinct_values():
    text = np.array(["2018-05", "2018-06"], dtype=object)[np.arange(200_000) % 2]
    assert set(read(text)) == {"2018-05-01", "2018-06-01"}
