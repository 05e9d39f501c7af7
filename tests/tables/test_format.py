"""A file is what its first bytes say, whatever it is called; all else is refused by name."""

import gzip
import io
import os
import zipfile

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from riskmodel.errors import DataError
from riskmodel.tables import format_of

TABLE = pa.table({"a": [1, 2], "b": ["x", "y"]})
CSV = b"a,b\n1,x\n2,y\n"


def parquet():
    sink = io.BytesIO()
    pq.write_table(TABLE, sink)
    return sink.getvalue()


def feather():
    sink = io.BytesIO()
    pa.feather.write_feather(TABLE, sink, compression="uncompressed")
    return sink.getvalue()


def stream():
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, TABLE.schema) as writer:
        writer.write_table(TABLE)
    return sink.getvalue()


def zipped():
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("a.csv", CSV)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (parquet(), "parquet"),
        (feather(), "arrow"),
        (stream(), "arrow stream"),
        (CSV, "csv"),
        (b"\xef\xbb\xbf" + CSV, "csv"),
        (gzip.compress(CSV, mtime=0), "csv.gz"),
        (b"a", "csv"),
    ],
)
@pytest.mark.parametrize("name", ["loans", "loans.csv", "loans.parquet", "loans.xlsx"])
def test_the_name_of_a_file_says_nothing(tmp_path, content, expected, name):
    (tmp_path / name).write_bytes(content)
    assert format_of(tmp_path / name) == expected


@pytest.mark.parametrize(
    ("content", "other"),
    [
        (zipped(), "a zip or Excel file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel file"),
        (b"PAREsomething", "encrypted Parquet"),
        (b"FEA1" + b"\0" * 20, "Feather of version 1"),
        (b"ORC\x08", "ORC"),
        (b"BZh91AY", "compressed with bzip2"),
        (b"\xfd7zXZ\x00", "compressed with xz"),
        (b"\x28\xb5\x2f\xfd\x00", "compressed with zstd"),
        (CSV.decode().encode("utf-16"), "UTF-16"),
        (CSV.decode().encode("utf-16-be"), "neither"),
        (b"\x80\x04\x95\x00\x00", "neither"),  # a pickle
        (b"a,b\n1,\0\n", "neither"),
    ],
)
def test_what_is_another_thing_is_refused_by_its_name(tmp_path, content, other):
    (tmp_path / "loans.csv").write_bytes(content)
    with pytest.raises(DataError, match=rf"loans.csv: must be Parquet, Arrow, or CSV in UTF-8, however: {other}"):
        format_of(tmp_path / "loans.csv")


def test_an_empty_file_is_said_to_be_empty(tmp_path):
    (tmp_path / "loans.csv").touch()
    with pytest.raises(DataError, match="the file is empty"):
        format_of(tmp_path / "loans.csv")


def test_nobody_waits_for_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="must be a file or a folder, however: neither"):
        format_of(tmp_path / "pipe")


def test_a_file_that_is_not_there_is_told_in_one_line(tmp_path):
    with pytest.raises(DataError, match=r"absent: cannot be read: No such file or directory$"):
        format_of(tmp_path / "absent")
