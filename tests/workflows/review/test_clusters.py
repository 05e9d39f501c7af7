"""Which rows a column says to belong together."""

import pyarrow as pa

from riskmodel.workflows.review.rows import Columns, _clusters

TABLE = pa.table(
    {
        "number": [5, 5, None, 7],
        "text": ["x", "x", "y", None],
        "day": ["2024-01-03", "2024-01-20", "2024-02-01", "2024-03-01"],
    }
)


def test_rows_of_one_borrower_belong_together_and_a_row_without_one_is_alone():
    for name in ("number", "text"):
        assert _clusters(TABLE, Columns(cluster=name)).tolist() == [0, 0, 1, 2]


def test_the_column_of_dates_makes_blocks_of_a_period():
    assert _clusters(TABLE, Columns(cluster="day", time="day")).tolist() == ["2024-01", "2024-01", "2024-02", "2024-03"]
