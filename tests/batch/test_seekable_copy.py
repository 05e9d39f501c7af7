"""What can be read only once is read from a copy that is the same to the byte, and vanishes in the end."""

import gzip
import io
import os

import pytest

from riskmodel.batch.seekable_copy import STDIN, seekable
from riskmodel.errors import DataError

CONTENT = b"income,term\n1,2\n" * 70_000  # more than a block


@pytest.fixture
def output(tmp_path):
    return tmp_path / "out" / "scored"


def test_a_plain_file_is_read_where_it_lies(tmp_path, output):
    (tmp_path / "a.csv").write_bytes(CONTENT)
    with seekable(tmp_path / "a.csv", io.BytesIO(), output) as place:
        assert place == tmp_path / "a.csv"
    with seekable(tmp_path, io.BytesIO(), output) as place:
        assert place == tmp_path


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("way", ["a file", "a pipe", "memory"])
def test_the_copy_is_the_same_to_the_byte_and_vanishes(way, packed, tmp_path, output):
    sent = gzip.compress(CONTENT) if packed else CONTENT[:60_000]  # what a pipe holds
    source, stdin = STDIN, io.BytesIO(sent)
    if way == "a file":
        source = tmp_path / "a.csv.gz"
        source.write_bytes(sent if packed else gzip.compress(sent))
    elif way == "a pipe":
        read, write = os.pipe()
        os.write(write, sent)
        os.close(write)
        stdin = os.fdopen(read, "rb")
    with seekable(source, stdin, output) as place:
        assert place.read_bytes() == (CONTENT if packed else sent)
        assert place.name == ("a.csv" if way == "a file" else "stdin")
    assert not place.exists()
    stdin.close()


@pytest.mark.parametrize("source", ["file", "stdin"])
def test_what_unpacks_to_more_than_allowed_is_refused(source, tmp_path, output):
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(CONTENT))
    place, stdin = (packed, io.BytesIO()) if source == "file" else (STDIN, io.BytesIO(packed.read_bytes()))
    with seekable(place, stdin, output, len(CONTENT)):
        pass
    with (
        pytest.raises(DataError, match=r"must unpack to at most 1,119,999 bytes, however: it has more"),
        seekable(place, stdin if source == "file" else io.BytesIO(packed.read_bytes()), output, len(CONTENT) - 1),
    ):
        pytest.fail("it was opened")


def test_what_is_cut_off_is_refused(tmp_path, output):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(CONTENT)[:-20])
    with pytest.raises(DataError, match="is cut off or damaged"), seekable(tmp_path / "a.csv.gz", io.BytesIO(), output):
        pytest.fail("it was opened")
