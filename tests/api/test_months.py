"""The months of a long table as columns of the applications, in the library that they came in."""

import pandas as pd
import polars
import pyarrow as pa
import pytest

from riskmodel.api.months import widen
from riskmodel.errors import DataError

LOANS = pd.DataFrame({"ID": [1, 2, 3], "applied": ["2024-04-15", "2024-04-02", "2024-04-09"]})
LONG = pd.DataFrame(
    {
        "who": [1, 1, 1, 2, 3],
        "month": ["2024-01", "2024-02", "2024-03", "2024-03", "2024-05"],
        "pay": [1.0, 2.0, 3.0, 9.0, 7.0],
    }
)


def wide(loans=LOANS, long=LONG, **changes):
    given = {"id": "ID", "time": "month", "columns": ["pay"], "months": 2, "history_id": "who", "date": "applied"}
    return widen(loans, long, **{**given, **changes})


@pytest.mark.parametrize("library", [lambda frame: frame, polars.from_pandas, pa.Table.from_pandas])
def test_each_month_before_the_application_is_a_column(library):
    made = wide(library(LOANS), library(LONG))
    assert type(made) is type(library(LOANS))
    table = made if isinstance(made, pd.DataFrame) else made.to_pandas()
    columns = [name for name in table.columns if name.startswith("pay")]
    values = table[columns].astype(float)
    assert values.iloc[0].tolist() == [2.0, 3.0]
    assert values.iloc[1].isna().tolist() == [True, False]
    assert values.iloc[2].isna().all()  # its one month lies after the application
    assert table["ID"].tolist() == [1, 2, 3]


def test_without_a_date_months_are_counted_back_from_the_last_of_each():
    made = wide(date=None)
    assert made[[name for name in made.columns if name.startswith("pay")]].iloc[2].dropna().tolist() == [7.0]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"months": 0}, "months"),
        ({"columns": []}, "columns"),
        ({"columns": ["absent"]}, "absent"),
        ({"time": "absent"}, "absent"),
        ({"id": "absent"}, "absent"),
        ({"long": pd.concat([LONG, LONG])}, "."),
    ],
)
def test_what_cannot_be_joined_is_refused_in_one_line(changes, why):
    with pytest.raises(DataError, match=why) as refused:
        wide(**changes)
    assert "\n" not in str(refused.value)


def test_the_index_of_the_applications_stays():
    made = wide(LOANS.set_axis(["a", "b", "c"]))
    assert made.index.tolist() == ["a", "b", "c"]
