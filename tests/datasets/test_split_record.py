"""A split that was written down is used again as it was, or refused."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.config import SplitShares
from riskmodel.datasets import split
from riskmodel.errors import DataError

SHA256, OTHER = "a" * 64, "b" * 64


def drawn(rows: int = 400, seed: int = 0):
    """A table with ids, and its split by date with a gap."""
    rng = np.random.default_rng(seed)
    default = (rng.random(rows) < 0.3).astype(np.int8)
    when = np.datetime64("2020-01-01") + rng.integers(0, 300, rows)
    table = pa.table({"loan": [f"L{i:04}" for i in rng.permutation(rows)], "bad": default})
    return table, split.draw(default, SplitShares(gap_days=20), seed, when)


def as_lists(rows):
    return {name: part.tolist() for name, part in (rows.samples | dict(rows.left_out)).items()}


@given(st.integers(0, 99), st.sampled_from([None, "loan"]))
@settings(deadline=None, max_examples=15)
def test_a_split_comes_back_as_it_was_and_is_written_the_same_way_again(tmp_path_factory, seed, id_column):
    table, rows = drawn(seed=seed)
    path = tmp_path_factory.mktemp("split") / "split.parquet"
    path.write_bytes(split.recorded(rows, table, SHA256, id_column))
    again = split.replayed(path, table, SHA256, id_column)
    assert as_lists(again) == as_lists(rows)
    assert split.recorded(again, table, SHA256, id_column) == path.read_bytes()


@given(st.integers(0, 99))
@settings(deadline=None, max_examples=10)
def test_ids_find_their_samples_in_a_table_of_another_order(tmp_path_factory, seed):
    table, rows = drawn(seed=seed)
    path = tmp_path_factory.mktemp("split") / "split.parquet"
    path.write_bytes(split.recorded(rows, table, SHA256, "loan"))
    order = np.random.default_rng(seed).permutation(table.num_rows)
    again = split.replayed(path, table.take(order), OTHER, "loan")
    for name, part in again.samples.items():
        assert sorted(order[part]) == rows.samples[name].tolist()
        assert (np.diff(part) > 0).all()


def test_a_record_reads_as_a_table(tmp_path):
    table, rows = drawn()
    (tmp_path / "split.parquet").write_bytes(split.recorded(rows, table, SHA256, "loan"))
    written = pq.read_table(tmp_path / "split.parquet").to_pandas()
    assert written["id"].tolist() == table["loan"].to_pylist()
    assert written["position"].tolist() == list(range(400))
    assert np.flatnonzero(written["sample"] == "tune").tolist() == rows.tune.tolist()
    assert (written["sample"] == "left out").sum() == len(rows.left_out["in a gap of split.gap_days"])
    assert (written["why"].notna() == (written["sample"] == "left out")).all()


def _changed(table, **columns):
    for name, values in columns.items():
        table = table.set_column(table.column_names.index(name), name, pa.array(values))
    return table


@pytest.mark.parametrize(
    ("change", "sha256", "id_column", "reason"),
    [
        (lambda t: t.slice(1), SHA256, "loan", "is of a table of 399 rows, however: this one has 400"),
        (lambda t: t, OTHER, None, "is of the table aaaaaaaaaaaa, however: this one is bbbbbbbbbbbb"),
        (lambda t: t.drop_columns("id"), OTHER, "loan", "is of the table aaaaaaaaaaaa, however"),
        (lambda t: t.drop_columns("why"), SHA256, None, "must be a split that was written by a run, however: .*why"),
        (lambda t: t.replace_schema_metadata({}), SHA256, None, "must be a split that was written by a run"),
        (
            lambda t: t.replace_schema_metadata({"riskmodel": json.dumps({"version": 9, "table_sha256": SHA256})}),
            SHA256, None, "must be of version 1, however: 9",
        ),
        (lambda t: _changed(t, sample=["train", "holdout"] * 200), SHA256, None, "one of train, tune, .* 'holdout'"),
        (lambda t: _changed(t, sample=["train", None] * 200), SHA256, None, "one of train, tune, .* None"),
        (
            lambda t: _changed(t, position=[0, 0, *range(2, 400)]), SHA256, None,
            "must have each position once, however: 0 2 times",
        ),
        (lambda t: _changed(t, position=[-1, *range(1, 400)]), SHA256, None, "however: 0 0 times"),
        (lambda t: _changed(t, id=["X", *t["id"].to_pylist()[1:]]), OTHER, "loan", "'X' is not in it"),
        (lambda t: _changed(t, id=["X"] * 400), OTHER, "loan", "an id must name one row, however: not so in the split"),
    ],
)  # fmt: skip
def test_a_split_of_another_table_or_a_damaged_one_is_refused(tmp_path, change, sha256, id_column, reason):
    table, rows = drawn()
    path = tmp_path / "split.parquet"
    path.write_bytes(split.recorded(rows, table, SHA256, "loan"))
    pq.write_table(change(pq.read_table(path)), path)
    with pytest.raises(DataError, match=reason):
        split.replayed(path, table, sha256, id_column)


def test_a_table_whose_ids_stand_twice_is_not_matched_by_them(tmp_path):
    table, rows = drawn()
    path = tmp_path / "split.parquet"
    path.write_bytes(split.recorded(rows, table, SHA256, "loan"))
    twice = _changed(table, loan=[table["loan"][1].as_py(), *table["loan"].to_pylist()[1:]])
    with pytest.raises(DataError, match="an id must name one row, however: not so in the table"):
        split.replayed(path, twice, OTHER, "loan")


@pytest.mark.parametrize("content", [None, b"", b"PAR1 but not really"])
def test_a_file_that_is_no_split_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "split.parquet").write_bytes(content)
    with pytest.raises(DataError, match=r"split\.replay: .*split\.parquet must be a split that was written by a run"):
        split.replayed(tmp_path / "split.parquet", drawn()[0], SHA256)
