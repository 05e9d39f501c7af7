import csv as records
import gzip
import hashlib
import shutil
import tracemalloc
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import feather

from riskmodel import tables
from riskmodel.core import Column, Kind, Role
from riskmodel.errors import DataError
from riskmodel.tables import _records

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


# ---------------------------------------------------------------------------------------------- read


@pytest.mark.parametrize("name", ["loans.csv", "loans.csv.gz", "loans.parquet", "loans"])
def test_every_format_gives_the_same_table_whatever_its_name(tmp_path, loans, name):
    for suffix, content in (("a", CSV.encode()), ("b", gzip.compress(CSV.encode()))):
        assert tables.read(_write(tmp_path / f"{suffix}{name}", content), text=["loan", "job"]).equals(loans)
    pq.write_table(loans, tmp_path / name)
    assert tables.read(tmp_path / name).equals(loans)


def test_a_csv_column_is_text_only_where_that_was_asked_for(tmp_path):
    read = tables.read(_write(tmp_path / "loans.csv", CSV), text=["job", "absent"])
    assert read.schema.types == [pa.int64(), pa.float64(), pa.string()]


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path):
    assert tables.read(_write(tmp_path / "bom.csv", b"\xef\xbb\xbfa,b\n1,2\n")).column_names == ["a", "b"]


def test_a_folder_name_with_an_equals_sign_adds_no_column(tmp_path, loans):
    (tmp_path / "year=2024").mkdir()
    pq.write_table(loans, tmp_path / "year=2024" / "part.parquet")
    assert tables.read(tmp_path / "year=2024" / "part.parquet").column_names == loans.column_names


def test_the_right_checksum_lets_the_table_through(tmp_path):
    path = _write(tmp_path / "loans.csv", CSV)
    assert tables.sha256_of(path) == hashlib.sha256(CSV.encode()).hexdigest()
    assert tables.read(path, hashlib.sha256(CSV.encode()).hexdigest()).num_rows == 3


def test_a_wrong_checksum_is_told_with_both_before_anything_is_parsed(tmp_path):
    path = _write(tmp_path / "loans.parquet", b"PAR1 but no more")
    with pytest.raises(DataError) as error:
        tables.read(path, "0" * 64)
    assert str(error.value) == f"{path}: sha256 must be {'0' * 64}, however: {tables.sha256_of(path)}"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"a,b\n", "the table has no rows"),
        (b"\n\n", "must have a header, however: nothing but blank lines"),
        (b"a,a\n1,2\n", "column names must differ, however: 'a' stands twice"),
        (b"a,b\n1,2\n3\n", "line 3: must have 2 fields, as the header has, however: 1"),
        (b"a,b\n1,\xff\xfe\n", r"line 2: column 'b' must be UTF-8, however: b'\\xff\\xfe'"),
        (b"b,c\nx,y\nx,caf\xe9\n", r"line 3: column 'c' must be UTF-8, however: b'caf\\xe9'"),
        (b"a\xff,b\n1,2\n", "utf-8"),
        ("a,b\n1,2\n".encode("utf-16"), "must be Parquet, Arrow, or CSV in UTF-8, however: UTF-16"),
        (b"PK\x03\x04\x00\x00", "however: a zip or Excel file"),
        (gzip.compress(b"a,b\n" + b"1,2\n" * 99, mtime=0)[:-15], "cannot be read"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_line(tmp_path, content, reason):
    path = _write(tmp_path / "bad.csv", content)
    with pytest.raises(DataError, match=reason) as error:
        tables.read(path, text=["b"])
    assert str(error.value).startswith(f"{path}: ")
    assert "\n" not in str(error.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"gone.csv: cannot be read: No such file or directory$"):
        tables.read(tmp_path / "gone.csv")
    with pytest.raises(DataError, match=r"the folder holds no table$"):
        tables.read(tmp_path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_truncated_parquet_is_refused(tmp_path, loans, share):
    pq.write_table(loans, tmp_path / "whole.parquet")
    whole = (tmp_path / "whole.parquet").read_bytes()
    with pytest.raises(DataError, match=r"part.parquet: cannot be read: "):
        tables.read(_write(tmp_path / "part.parquet", whole[: int(share * len(whole))]))


def test_a_parquet_with_a_name_twice_or_no_rows_is_refused(tmp_path, loans):
    pq.write_table(loans.rename_columns(["a", "b", "a"]), tmp_path / "twice.parquet")
    pq.write_table(loans.slice(0, 0), tmp_path / "none.parquet")
    with pytest.raises(DataError, match="'a' stands twice"):
        tables.read(tmp_path / "twice.parquet")
    with pytest.raises(DataError, match="has no rows"):
        tables.read(tmp_path / "none.parquet")


@given(content=st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_no_bytes_whatever_give_anything_but_a_table_or_one_line(tmp_path_factory, content):
    path = _write(tmp_path_factory.mktemp("any") / "file", content)
    assert "\n" not in _refusal(path)


def _refusal(path: Path) -> str:
    try:
        tables.read(path)
    except DataError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_whatever_parts_the_columns_is_found_by_how_evenly_it_does(tmp_path_factory, mark, data):
    """The oracle is Python's own writer, whose values may hold every delimiter."""
    cell = st.text(st.sampled_from("ab1,;|\t \n\"'"), min_size=1, max_size=5).filter(lambda text: text.strip('" \n'))
    rows = data.draw(st.lists(st.lists(cell, min_size=3, max_size=3), min_size=1, max_size=6))
    path = tmp_path_factory.mktemp("any") / "loans.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        records.writer(file, delimiter=mark, quoting=records.QUOTE_ALL).writerows([["x", "y", "z"], *rows])
    read = tables.read(path, text=["x", "y", "z"])
    assert [list(row.values()) for row in read.to_pylist()] == rows


def test_what_could_be_parted_in_two_ways_or_in_none_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"a comma and a semicolon both part every row into 2$"):
        tables.read(_write(tmp_path / "two.csv", "a;b,c\n1;2,3\n"))
    with pytest.raises(DataError, match=r"parted by a comma or .*, however: one column, 'a b c'$"):
        tables.read(_write(tmp_path / "none.csv", "a b c\n1 2 3\n"))


def test_a_feather_file_and_an_arrow_stream_keep_their_types(tmp_path, typed):
    feather.write_feather(typed, tmp_path / "feather")
    with pa.OSFile(str(tmp_path / "stream"), "wb") as sink, pa.ipc.new_stream(sink, typed.schema) as writer:
        writer.write_table(typed)
    pq.write_table(typed, tmp_path / "parquet")
    for name in ("feather", "stream", "parquet"):
        assert tables.read(tmp_path / name).equals(typed), name


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


# ------------------------------------------------------------------------------------------- batches


def _all(path: Path, columns: list[Column], rows: int = 65_536) -> pa.Table:
    return pa.Table.from_batches(tables.batches(path, columns, rows))


@pytest.mark.parametrize("name", ["loans.csv", "loans.csv.gz", "loans.parquet"])
def test_batches_together_are_the_asked_columns_in_the_asked_order(tmp_path, loans, name):
    content = CSV.encode()
    _write(tmp_path / name, gzip.compress(content) if name.endswith("gz") else content)
    if name.endswith("parquet"):
        pq.write_table(loans, tmp_path / name)
    batches = list(tables.batches(tmp_path / name, [JOB, LOAN, INCOME], rows=2))
    assert [batch.num_rows for batch in batches] == [2, 1]
    assert pa.Table.from_batches(batches).equals(loans.select(["job", "loan", "income"]))


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path, loans):
    (tmp_path / "b").mkdir()
    pq.write_table(loans.slice(1, 1), tmp_path / "b" / "1.parquet")
    pq.write_table(loans.slice(0, 1), tmp_path / "a.parquet")
    pq.write_table(loans.slice(0, 0), tmp_path / "empty.parquet")
    _write(tmp_path / "z.csv", "job,income,loan\n,900,009\n")
    _write(tmp_path / "_SUCCESS", "")
    _write(tmp_path / ".a.parquet.crc", "x")
    assert _all(tmp_path, [LOAN, INCOME, JOB]).equals(loans)


def test_a_late_fraction_or_first_value_in_a_csv_is_still_a_number(tmp_path, monkeypatch):
    """The types of a streamed CSV come from its first block alone."""
    monkeypatch.setattr(_records, "BLOCK_BYTES", 64)
    path = _write(tmp_path / "late.csv", "income,bonus\n" + "1,\n" * 99 + "2.5,7\n")
    late = _all(path, [INCOME, Column("bonus")])
    assert late.column("income").to_pylist() == [1.0] * 99 + [2.5]
    assert late.column("bonus").to_pylist() == [None] * 99 + [7.0]


def test_truth_values_of_a_csv_are_one_and_nought(tmp_path):
    path = _write(tmp_path / "flags.csv", "income\ntrue\nfalse\n")
    assert _all(path, [INCOME]).column("income").to_pylist() == [1.0, 0.0]


def test_a_csv_of_one_column_has_a_row_for_each_of_its_empty_lines(tmp_path):
    assert _all(_write(tmp_path / "one.csv", "income\n1\n\n3\n"), [INCOME])["income"].to_pylist() == [1.0, None, 3.0]


def test_text_among_late_numbers_is_told_while_iterating(tmp_path, monkeypatch):
    monkeypatch.setattr(_records, "BLOCK_BYTES", 64)
    path = _write(tmp_path / "late.csv", "income\n" + "1\n" * 99 + "lots\n")
    with pytest.raises(DataError, match=r"late.csv: line 101: column 'income' must be a number, however: 'lots'"):
        list(tables.batches(path, [INCOME]))


def test_a_column_missing_from_any_file_is_told_before_the_first_batch(tmp_path, loans):
    pq.write_table(loans, tmp_path / "a.parquet")
    pq.write_table(loans.rename_columns(["loan", "Incom", "job"]), tmp_path / "b.parquet")
    with pytest.raises(DataError, match=r"b.parquet: no column 'income'; did you mean 'Incom'\?$"):
        tables.batches(tmp_path, [INCOME, JOB])
    with pytest.raises(
        DataError, match=r"a.parquet: no column 'x' and 1 more; the columns are 'loan', 'income', 'job'$"
    ):
        tables.batches(tmp_path, [Column("x"), INCOME, Column("y")])


def test_an_empty_folder_a_missing_one_and_a_name_twice_are_refused_at_once(tmp_path):
    with pytest.raises(DataError, match="the folder holds no table"):
        tables.batches(tmp_path, [INCOME])
    with pytest.raises(DataError, match="No such file"):
        tables.batches(tmp_path / "gone", [INCOME])
    with pytest.raises(DataError, match="'income' stands twice"):
        tables.batches(_write(tmp_path / "twice.csv", "income,income\n1,2\n"), [INCOME])


def test_streaming_keeps_memory_bounded(tmp_path):
    """Twenty times the file, the same peak."""
    peaks = []
    for times in (1, 20):
        folder = tmp_path / str(times)
        folder.mkdir()
        pq.write_table(pa.table({"income": range(20_000)}), folder / "0.parquet")
        for i in range(1, times):
            shutil.copy(folder / "0.parquet", folder / f"{i}.parquet")
        before, peak = pa.total_allocated_bytes(), 0
        tracemalloc.start()
        for _ in tables.batches(folder, [INCOME], rows=1000):
            peak = max(peak, pa.total_allocated_bytes() - before)
        peaks.append(peak + tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]


def test_a_name_that_a_stray_quote_made_of_half_the_file_is_cut_short(tmp_path):
    (tmp_path / "loans.csv").write_bytes(b'"loan,bad\n' + b"1,0\n" * 500 + b'2",3\n4,5\n')
    with pytest.raises(DataError, match=r"no column 'bad'; the columns are 'loan,bad.{50,70}…', '3'$"):
        list(tables.batches(tmp_path / "loans.csv", [Column("bad")]))
