"""Tables as callers have them: the same rows from every library, and an answer in the library that was given."""

import datetime

import numpy as np
import pandas as pd
import polars
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from riskmodel.api import frames
from riskmodel.errors import DataError

TABLE = pa.table(
    {
        "income": [1.5, None, 3.25],
        "term": pa.array([12, 36, None], pa.int64()),
        "region": ["north", None, "süd"],
        "opened": [datetime.date(2020, 1, day) for day in (1, 2, 3)],
    }
)


@pytest.mark.parametrize("library", ["arrow", "polars", "lazy", "pandas", "path", "text"])
def test_the_same_rows_come_from_every_library(library, tmp_path):
    given = {
        "arrow": TABLE,
        "polars": polars.from_arrow(TABLE),
        "lazy": polars.from_arrow(TABLE).lazy(),
        "pandas": TABLE.to_pandas(types_mapper=pd.ArrowDtype),
        "path": saved(tmp_path),
        "text": str(saved(tmp_path)),
    }
    rows = frames.arrow(given[library])
    assert rows.column_names == TABLE.column_names
    assert rows["region"].to_pylist() == TABLE["region"].to_pylist()
    assert rows["income"].to_pylist() == TABLE["income"].to_pylist()


def saved(folder):
    pq.write_table(TABLE, folder / "rows.parquet")
    return folder / "rows.parquet"


def test_a_column_as_spelt_keeps_its_zeros(tmp_path):
    pa_csv.write_csv(pa.table({"id": ["007", "008"], "x": [1, 2]}), tmp_path / "rows.csv")
    assert frames.arrow(tmp_path / "rows.csv", as_spelt=("id",))["id"].to_pylist() == ["007", "008"]


@pytest.mark.parametrize("value", [3, None, [1, 2], object()])
def test_what_is_no_table_is_refused_by_its_kind(value):
    with pytest.raises(DataError, match=f"however: {type(value).__name__}"):
        frames.arrow(value)


def test_an_answer_has_the_index_and_the_library_of_the_rows():
    answer = pa.table({"pd": [0.1, 0.2, 0.3]})
    given = pd.DataFrame({"x": [1, 2, 3]}, index=["a", "c", "b"])
    assert frames.like(answer, given).index.tolist() == ["a", "c", "b"]
    assert isinstance(frames.like(answer, polars.DataFrame({"x": [1]})), polars.DataFrame)
    for given in ("rows.parquet", TABLE):
        assert isinstance(frames.like(answer, given), pa.Table)


def test_a_table_is_written_and_a_path_stays(tmp_path):
    place = frames.written(polars.from_arrow(TABLE), tmp_path, "rows")
    assert pq.read_table(place).num_rows == 3
    assert frames.written(place, tmp_path, "other") == place
    assert [path.name for path in tmp_path.iterdir()] == ["rows.parquet"]


def test_html_shows_values_as_text_and_marks_the_row():
    html = frames.table_html(
        [{"name": "<b>", "auc": 0.123456, "none": None}, {"name": "y", "auc": np.float64(1), "none": 3}],
        bold=lambda row: row["name"] == "y",
    )
    assert "<td>&lt;b&gt;</td><td>0.1235</td><td></td>" in html
    assert "<th>y</th><th>1</th><th>3</th>" in html
    assert frames.table_html([]) == ""
