from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from riskmodel import tables
from riskmodel.core import Column, Kind, Role

INCOME = Column("income")
JOB = Column("job", kind=Kind.CATEGORICAL, categories=("1", "2"))
LOAN = Column("loan", Role.ID)

CSV = "loan,income,job\n007,1200.5,2\n008,,1\n009,900,\n"


@pytest.fixture
def loans() -> pa.Table:
    return pa.table({"loan": ["007", "008", "009"], "income": [1200.5, None, 900.0], "job": ["2", "1", None]})


def _write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _all(path: Path, columns: list[Column], rows: int = 65_536) -> pa.Table:
    return pa.Table.from_batches(tables.batches(path, columns, rows))


def test_a_folder_of_parts_is_one_table_in_the_order_of_their_names(tmp_path, loans):
    _write(tmp_path / "b.csv", "job,income,loan\n,900,009\n")
    pq.write_table(loans.slice(0, 2), tmp_path / "a.parquet")
    assert tables.read(tmp_path, text=["loan", "job"]).equals(loans)


def test_parts_may_differ_in_the_size_of_a_number_the_kind_of_text_and_where_all_is_missing(tmp_path):
    small = pa.table({"n": pa.array([1], pa.int8()), "t": pa.array(["a"]).dictionary_encode(), "x": pa.nulls(1)})
    large = pa.table({"x": [2.5], "t": pa.array(["b"], pa.large_string()), "n": [1.5]})
    pq.write_table(small, tmp_path / "a.parquet")
    pq.write_table(large, tmp_path / "b.parquet")
    assert tables.read(tmp_path).to_pydict() == {"n": [1.0, 1.5], "t": ["a", "b"], "x": [None, 2.5]}


@pytest.mark.parametrize(
    ("folders", "expected"),
    [
        (["year=2023", "year=2024"], [2023, 2024]),
        (["year=023", "year=2024"], ["023", "2024"]),
        (["year=2023", "year=__HIVE_DEFAULT_PARTITION__"], [2023, None]),
        (["year=a%20b", "year=c"], ["a b", "c"]),
    ],
)
def test_folders_named_key_and_value_add_a_column(tmp_path, loans, folders, expected):
    for folder in folders:
        (tmp_path / folder).mkdir()
        pq.write_table(loans.slice(0, 1), tmp_path / folder / "0.parquet")
    read = tables.read(tmp_path)
    assert read["year"].to_pylist() == expected
    assert read.column_names == ["loan", "income", "job", "year"]
    streamed = _all(tmp_path, [Column("year", kind=Kind.CATEGORICAL), INCOME])
    assert streamed["year"].to_pylist() == [None if value is None else str(value) for value in expected]


def test_the_checksum_of_a_folder_tells_of_content_and_names(tmp_path):
    _write(tmp_path / "a", "1")
    _write(tmp_path / "b", "2")
    first = tables.sha256_of(tmp_path)
    _write(tmp_path / "_SUCCESS", "")
    assert tables.sha256_of(tmp_path) == first
    (tmp_path / "a").rename(tmp_path / "c")
    second = tables.sha256_of(tmp_path)
    _write(tmp_path / "c", "3")
    assert len({first, second, tables.sha256_of(tmp_path)}) == 3
