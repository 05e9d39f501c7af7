"""Ids leave as keyed hashes: equal ids match within a file, and nobody can be looked up from outside of it."""

import hashlib
import hmac

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.tracking.ids import hashed


def through(folder, table):
    pq.write_table(table, folder / "source.parquet")
    hashed(folder / "source.parquet", folder / "target.parquet")
    return pq.read_table(folder / "target.parquet", partitioning=None)


@given(st.lists(st.one_of(st.none(), st.integers(0, 3), st.integers()), min_size=1, max_size=8))
@settings(max_examples=15)
def test_ids_match_where_they_did_and_nowhere_else(tmp_path_factory, ids):
    ids = [None if one is None else str(one) for one in ids]
    found = through(tmp_path_factory.mktemp("ids"), pa.table({"id": pa.array(ids, pa.string())}))["id"].to_pylist()
    assert [one is None for one in found] == [one is None for one in ids]
    assert len(set(found)) == len(set(ids))
    assert len(set(zip(ids, found, strict=True))) == len(set(ids))


@pytest.mark.parametrize("kind", [pa.int64(), pa.string(), pa.large_string()])
def test_an_id_is_the_hash_of_its_text_under_the_key_of_the_file(tmp_path, kind):
    table = pa.table({"pd": [0.1, 0.2], "id": pa.array([17, 4]).cast(kind), "grade": ["A", "B"]})
    found = through(tmp_path, table)
    key = hashlib.sha256(b"ids of " + (tmp_path / "source.parquet").read_bytes()).digest()
    assert found["id"].to_pylist() == [hmac.new(key, one, "sha256").hexdigest() for one in (b"17", b"4")]
    assert found.column_names == table.column_names
    assert found.drop_columns("id").equals(table.drop_columns("id"))


def test_one_id_in_two_files_is_two_hashes(tmp_path):
    first = through(tmp_path, pa.table({"id": ["a", "b"]}))["id"].to_pylist()
    second = through(tmp_path, pa.table({"id": ["a", "c"]}))["id"].to_pylist()
    assert first[0] != second[0]


def test_a_hash_without_the_file_is_of_no_use(tmp_path):
    found = through(tmp_path, pa.table({"id": ["17"]}))["id"][0].as_py()
    assert found not in {hashlib.sha256(b"17").hexdigest(), hmac.new(b"", b"17", "sha256").hexdigest()}


def test_a_table_without_ids_is_copied(tmp_path):
    table = pa.table({"pd": [0.1, None], "ids": ["x", "y"]})
    assert through(tmp_path, table).equals(table)
