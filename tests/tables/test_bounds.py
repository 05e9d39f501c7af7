"""A small file cannot fill the memory: what it unpacks to is measured before it is spelt out."""

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from batch.books import applications, packed

from riskmodel import batch, bundle, limits, tables
from riskmodel.core import Column, Kind
from riskmodel.errors import DataError, RiskModelError

ROWS = 65_536


@pytest.fixture(autouse=True)
def as_before():
    yield
    limits._raised.clear()


def repeated(value, rows=ROWS):
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array([value]))


def bomb(path, name, letters, rows=ROWS):
    """Applications, all alike but for one column of one long text, which stands in the file once."""
    one = applications(1, 3)
    columns = {column: repeated(one[column][0].as_py(), rows) for column in one.column_names}
    table = pa.table({**columns, "bad": repeated(1, rows), name: repeated("x" * letters, rows)})
    pq.write_table(table, path, compression="zstd", store_schema=False)
    assert path.stat().st_size < 20_000
    return path


PEAK = """
import re, sys
from pathlib import Path
from riskmodel import cli
sys.argv = ["riskmodel", "--quiet", *sys.argv[1:]]
try:
    cli.main()
finally:
    # Not what the system says of a child, which begins with what its parent has.
    print(int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


def run(*arguments, most=None):
    """In a process of its own: exit code, error line, megabytes at the peak; `most` bounds its addresses, in MB."""
    before = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({most << 20}, {most << 20}))\n" if most else ""
    command = [sys.executable, "-c", before + PEAK, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    return done.returncode, done.stderr, int(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("column", ["loan", "purpose"])
def test_a_long_text_in_every_row_is_refused_before_it_is_spelt_out(fitted, tmp_path, column):
    bundle.save(packed(fitted("scorecard")), tmp_path / "model")
    path = bomb(tmp_path / "bomb.parquet", column, 73_000)
    code, error, megabytes = run("score", "--model", tmp_path / "model", "--input", path, "--output", tmp_path / "out")
    assert (code, error.count("\n")) == (1, 1), error
    assert "bytes must be at most" in error
    assert "=73000 allows it" in error
    assert megabytes < 1000
    assert not (tmp_path / "out").exists()


def test_what_a_limit_allows_is_scored_in_bounded_memory(fitted, tmp_path):
    bundle.save(packed(fitted("scorecard")), tmp_path / "model")
    path = bomb(tmp_path / "bomb.parquet", "loan", 20_000, 30_000)  # 600 MB of ids
    given = ("--model", tmp_path / "model", "--input", path, "--output", tmp_path / "out")
    code, error, megabytes = run("--limit", "id_bytes=20000", "score", *given)
    assert code == 0, error
    assert megabytes < 1000
    assert sum(pq.ParquetFile(part).metadata.num_rows for part in (tmp_path / "out").glob("part-*")) == 30_000


def test_a_batch_is_cut_where_its_text_is_long(tmp_path):
    path = bomb(tmp_path / "bomb.parquet", "loan", 60_000, 2_000)
    batches = list(tables.batches(path, [Column("loan", kind=Kind.CATEGORICAL), Column("income")]))
    assert sum(one.num_rows for one in batches) == 2_000
    assert max(one.nbytes for one in batches) < 1.1 * tables.BATCH_BYTES
    assert {one.column(0).type for one in batches} == {pa.string()}


@pytest.mark.parametrize(("column", "letters"), [("loan", 60_000), ("purpose", 60_000), ("other", 200_000)])
def test_a_whole_table_that_is_far_more_than_its_file_is_refused(tmp_path, column, letters):
    with pytest.raises(DataError, match=r"must be at most [\d,]+, however: [\d,]+; --limit \w+=\d+ allows it"):
        tables.read(bomb(tmp_path / "bomb.parquet", column, letters))


def test_many_equal_rows_are_refused_by_what_the_file_says_of_itself(tmp_path):
    pq.write_table(pa.table({f"x{i}": repeated(1.0, 10_000_000) for i in range(8)}), tmp_path / "rows.parquet")
    with pytest.raises(DataError, match="table bytes must be at most"):
        tables.read(tmp_path / "rows.parquet")
    limits.allow("table_bytes", 1 << 40)
    assert tables.read(tmp_path / "rows.parquet").num_rows == 10_000_000


LONG = {
    "a field": b"x,y\n1,2\n" + b"a" * 9_000_000 + b",2\n",
    "a field in quotes": b'x,y\n1,2\n"' + b"a\n" * 4_500_000 + b'",2\n',
    "a name": b"x," + b"a" * 9_000_000 + b"\n1,2\n",
}


@pytest.mark.parametrize("what", LONG)
@pytest.mark.parametrize("way", [tables.read, lambda path: list(tables.batches(path, [Column("x")]))])
def test_a_long_field_of_a_csv_is_refused_with_its_line(tmp_path, what, way):
    (tmp_path / "long.csv").write_bytes(LONG[what])
    with pytest.raises(DataError, match="line 1: " if what == "a name" else "line 3: a record must have at most"):
        way(tmp_path / "long.csv")


def test_a_field_that_a_limit_allows_is_read(tmp_path):
    limits.allow("record_bytes", 1 << 26)
    (tmp_path / "long.csv").write_bytes(LONG["a field in quotes"])
    assert len(tables.read(tmp_path / "long.csv")["x"][1].as_py()) == 9_000_000


@pytest.mark.slow
def test_a_refused_field_of_fifty_megabytes_ends_with_the_code_of_a_refusal(tmp_path):
    rows = b"".join(b"%d,%d\n" % (i, i % 2) for i in range(1000))
    (tmp_path / "long.csv").write_bytes(b"x,bad\n" + rows + b"a" * 50_000_000 + b",1\n")
    for _ in range(3):
        code, error, megabytes = run("init", tmp_path / "long.csv", "--target", "bad", "--output", tmp_path / "o.toml")
        assert (code, error.count("\n")) == (1, 1), error
        assert "line 1002: a record must have" in error
        assert megabytes < 1000


@pytest.mark.slow
def test_where_addresses_are_few_a_bomb_is_one_line(fitted, tmp_path):
    bundle.save(packed(fitted("scorecard")), tmp_path / "model")
    path = bomb(tmp_path / "bomb.parquet", "loan", 73_000)
    given = ("--model", tmp_path / "model", "--input", path, "--output", tmp_path / "out")
    code, error, _ = run("--limit", "id_bytes=100000", "score", *given, most=1500)
    assert (code, error.count("\n")) in ((1, 1), (0, 0)), error


def test_many_columns_and_long_names_are_refused(tmp_path):
    for header, what in ((",".join(f"c{i}" for i in range(20_001)), "columns"), ("x," + "y" * 10_001, "name letters")):
        (tmp_path / "wide.csv").write_text(f"{header}\n")
        with pytest.raises(DataError, match=f"{what} must be at most"):
            tables.names(tmp_path / "wide.csv")


@pytest.mark.parametrize("kind", [pa.list_(pa.int64()), pa.struct({"a": pa.int64()})])
def test_a_feature_of_lists_is_refused_before_it_is_read(fitted, tmp_path, kind):
    table = applications(20, 1)
    nested = pa.array([None] * 20, kind)
    pq.write_table(table.set_column(1, "income", nested), tmp_path / "nested.parquet")
    with pytest.raises(RiskModelError, match="'income' must have one value a row"):
        batch.score(packed(fitted("scorecard")), tmp_path / "nested.parquet", tmp_path / "out")
