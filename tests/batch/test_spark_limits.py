"""What bounds a run on this machine bounds a worker's, too: limits, `--show-values`, rows and bytes of a batch.

Of Spark only the numbers of the parts are there: a worker's code is called as Spark calls it.
"""

import io
import sys
import zipfile
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from batch.books import applications, packed

from riskmodel import batch, bundle, limits, privacy
from riskmodel.batch import plan
from riskmodel.batch.chunk import Chunk
from riskmodel.batch.spark import model_archive, task
from riskmodel.batch.spark.source import RowSpans
from riskmodel.errors import DataError


@pytest.fixture(autouse=True)
def as_it_was():
    yield
    limits.take_over({})
    privacy.show_values(False)


@pytest.fixture
def model(fitted):
    return packed(fitted("scorecard"))


@pytest.fixture
def on_a_worker(monkeypatch):
    context = SimpleNamespace(TaskContext=SimpleNamespace(get=lambda: SimpleNamespace(taskAttemptId=lambda: 7)))
    monkeypatch.setitem(sys.modules, "pyspark", context)


def given_out(model, path, folder, id_column="loan"):
    """A task as the driver makes it, and the batches that Spark would hand to it."""
    chunk = Chunk.from_bundle(model)
    source = RowSpans.of_book(plan.book(path, chunk.features, chunk.rules, id_column, 1 << 20))
    archive = model_archive.packed(model)
    work = task.Task(
        source,
        SimpleNamespace(value=archive),
        model_archive.sha256_of(archive),
        str(folder),
        model_archive.versions(),
        task.ProcessSettings.of_this_process(),
    )
    return work, pa.table({"id": list(range(len(source.of)))}).to_batches()


def test_an_archive_has_the_same_bytes_each_time_so_that_a_worker_keeps_its_model(model):
    first = model_archive.packed(model)
    assert model_archive.packed(model) == first
    dates = {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(first)).infolist()}
    assert dates == {(1980, 1, 1, 0, 0, 0)}  # no clock


def long_ids(path):
    table = applications(50, 2)
    pq.write_table(table.set_column(0, "loan", pa.array([f"{i:01500d}" for i in range(50)])), path)
    return path


def test_what_the_driver_was_told_a_worker_heeds_and_no_more(model, tmp_path, on_a_worker):
    limits.allow("id_bytes", 2000)
    privacy.show_values()
    work, batches = given_out(model, long_ids(tmp_path / "book.parquet"), tmp_path)
    limits.take_over({"cell_bytes": 1})  # of an earlier job in the same worker
    privacy.show_values(False)
    [report] = work(iter(batches))
    assert '"scored": 50' in report["report"][0].as_py()
    assert limits.raised() == {"id_bytes": 2000}
    assert privacy.shows_values()


def test_an_id_that_is_too_long_is_refused_on_a_worker_as_here(model, tmp_path, on_a_worker):
    path = long_ids(tmp_path / "book.parquet")
    work, batches = given_out(model, path, tmp_path)
    with pytest.raises(DataError, match="id bytes must be at most 1,024") as there:
        list(work(iter(batches)))
    with pytest.raises(DataError, match="id bytes must be at most 1,024") as here:
        batch.score(model, path, tmp_path / "out")
    assert str(there.value) == str(here.value)


def test_a_batch_of_many_bytes_is_scored_in_pieces_with_the_same_rows(model, tmp_path, on_a_worker, monkeypatch):
    pq.write_table(applications(300, 3), tmp_path / "book.parquet")
    batch.score(model, tmp_path / "book.parquet", tmp_path / "here", batch.Job(id_column="purpose"))
    sizes = []
    for place in ("riskmodel.tables._bounds.BATCH_BYTES", "riskmodel.tables.BATCH_BYTES"):
        monkeypatch.setattr(place, 400)
    monkeypatch.setattr(Chunk, "__call__", counting(Chunk.__call__, sizes))
    work, batches = given_out(model, tmp_path / "book.parquet", tmp_path, "purpose")
    list(work(iter(batches)))
    assert sum(sizes) == 300
    assert max(sizes) < 200
    there = pq.read_table(tmp_path / "attempt-7" / "part-00000.parquet")
    assert there.equals(pq.read_table(tmp_path / "here" / "part-00000.parquet"))


def counting(call, sizes):
    def counted(self, rows, *others):
        sizes.append(rows.num_rows)
        return call(self, rows, *others)

    return counted


def test_rows_without_an_id_column_keep_their_numbers_over_pieces(fitted, tmp_path, on_a_worker, monkeypatch):
    model = bundle.pack(fitted("scorecard"), packed(fitted("scorecard")).policy, {}, {})
    pq.write_table(applications(300, 3), tmp_path / "book.parquet")
    monkeypatch.setattr("riskmodel.tables._bounds.BATCH_BYTES", 400)
    work, batches = given_out(model, tmp_path / "book.parquet", tmp_path, None)
    list(work(iter(batches)))
    assert pq.read_table(tmp_path / "attempt-7" / "part-00000.parquet")["id"].to_pylist() == list(range(300))
