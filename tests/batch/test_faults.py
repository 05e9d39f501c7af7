"""What goes wrong while a book is scored: nothing is lost, nothing stands twice, and one line says what it was."""

import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from batch.books import applications, contents, packed, scored

from riskmodel import batch, bundle
from riskmodel.batch import Job
from riskmodel.batch import workspace as workspaces
from riskmodel.batch import writer as writers
from riskmodel.config import Scoring
from riskmodel.errors import BundleError, RiskModelError

SMALL = Job(threads=2, part_rows=100)
AGAIN = Job(threads=1, part_rows=100, resume=True)


@pytest.fixture(scope="module")
def model(fitted):
    return packed(fitted("lgbm"))


@pytest.fixture
def book(tmp_path):
    """A folder of twelve parts of 100 rows; one row is set aside."""
    (tmp_path / "book").mkdir()
    for i in range(12):
        table = applications(100, i, first=100 * i)
        income = pa.array([float("inf"), *table["income"].to_pylist()[1:]]) if i == 2 else table["income"]
        pq.write_table(table.set_column(1, "income", income), tmp_path / "book" / f"{i:02d}.parquet")
    return tmp_path / "book"


@pytest.fixture
def due(model, book, tmp_path):
    batch.score(model, book, tmp_path / "due", SMALL)
    return contents(tmp_path / "due")


def refused(model, book, output, message, job=SMALL, heard=lambda _rows, _total: None):  # noqa: PLR0917
    with pytest.raises(RiskModelError, match=message) as caught:
        batch.score(model, book, output, job, heard)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def after(rows, action):
    """Does something once so many rows are done."""
    done = []

    def heard(now, _total):
        if now >= rows and not done:
            done.append(now)
            action()

    return heard


def raised(error):
    def action():
        raise error

    return action


# ------------------------------------------------------------------------------------------------ stopped


def stopped(model, book, output, rows=550):
    with pytest.raises(KeyboardInterrupt):
        batch.score(model, book, output, SMALL, after(rows, raised(KeyboardInterrupt)))


TORN = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"[" * 100_000,
    b"\xff\xfe",
    b'{"number": "1"}',
    b'{"number":1,"rows":1,"scored":1,"quarantined":0,"files":{"../../x":{"bytes":1,"sha256":""}},"tally":{}}',
]


@pytest.mark.parametrize("text", TORN)
def test_a_record_that_a_power_cut_has_torn_costs_its_part_alone(model, book, due, tmp_path, text):
    stopped(model, book, tmp_path / "out")
    records = sorted((tmp_path / "out" / ".scoring").glob("done-*.json"))
    assert len(records) >= 3
    records[1].write_bytes(text)
    kept = (tmp_path / "out" / "part-00000.parquet").stat().st_ino
    batch.score(model, book, tmp_path / "out", AGAIN)
    assert contents(tmp_path / "out") == due
    assert (tmp_path / "out" / "part-00000.parquet").stat().st_ino == kept


def test_a_record_of_other_rows_costs_its_part_alone(model, book, due, tmp_path):
    stopped(model, book, tmp_path / "out")
    path = tmp_path / "out" / ".scoring" / "done-00001.json"
    path.write_text(path.read_text().replace('"rows": 100', '"rows": 99'))
    batch.score(model, book, tmp_path / "out", AGAIN)
    assert contents(tmp_path / "out") == due


@pytest.mark.parametrize("text", TORN[:5])
def test_where_nobody_can_tell_what_a_run_was_about_it_starts_anew(model, book, due, tmp_path, text):
    stopped(model, book, tmp_path / "out")
    (tmp_path / "out" / ".scoring" / "identity.json").write_bytes(text)
    (tmp_path / "out" / "part-00099.parquet").write_bytes(b"of a run that nobody knows")
    batch.score(model, book, tmp_path / "out", AGAIN)
    assert contents(tmp_path / "out") == due


@pytest.mark.parametrize("name", ["manifest.json", "run.json"])
@pytest.mark.parametrize("text", TORN[:6])
def test_a_torn_manifest_of_a_finished_output_is_told_in_one_line(model, book, due, tmp_path, text, name):  # noqa: PLR0917
    (tmp_path / "due" / name).write_bytes(text)
    refused(model, book, tmp_path / "due", rf"{name}: is .*damaged; remove the output", AGAIN)


def test_a_manifest_that_was_torn_before_the_work_was_cleared_is_written_again(model, book, due, tmp_path):
    stopped(model, book, tmp_path / "out")
    (tmp_path / "out" / "manifest.json").write_bytes(b"")
    batch.score(model, book, tmp_path / "out", AGAIN)
    assert contents(tmp_path / "out") == due


def test_a_part_is_on_disk_before_its_record_is(model, book, tmp_path, monkeypatch):
    """The order of what is synced: the rows, their name, the record."""
    order = []
    for name in ("move", "write"):
        real = getattr(workspaces.atomic, name)

        def noted(*arguments, real=real):
            order.append(Path(arguments[-1] if isinstance(arguments[-1], Path) else arguments[0]).name)
            real(*arguments)

        monkeypatch.setattr(workspaces.atomic, name, noted)
    batch.score(model, book, tmp_path / "out", SMALL)
    assert order[:3] == ["identity.json", "part-00000.parquet", "done-00000.json"]
    assert order[-2:] == ["run.json", "manifest.json"]


@pytest.mark.parametrize("rows", [1, 150, 1199])
def test_interrupted_by_hand_it_goes_on_to_the_same_bytes(model, book, due, tmp_path, rows):
    with pytest.raises(KeyboardInterrupt):
        batch.score(model, book, tmp_path / "out", SMALL, after(rows, raised(KeyboardInterrupt)))
    if rows > 100:
        refused(model, book, tmp_path / "out", "a run was stopped here; --resume goes on where it was")
    batch.score(model, book, tmp_path / "out", AGAIN)
    assert contents(tmp_path / "out") == due


def test_interrupted_before_the_first_part_it_leaves_nothing(model, book, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        batch.score(model, book, tmp_path / "out", SMALL, after(0, raised(KeyboardInterrupt)))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book"]


def test_to_resume_what_never_began_is_to_begin(model, book, due, tmp_path):
    batch.score(model, book, tmp_path / "out", AGAIN)
    assert contents(tmp_path / "out") == due


def test_a_part_that_was_damaged_meanwhile_is_written_again(model, book, due, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        batch.score(model, book, tmp_path / "out", SMALL, after(350, raised(KeyboardInterrupt)))
    (tmp_path / "out" / "part-00001.parquet").write_bytes(b"PAR1")
    (tmp_path / "out" / "part-00000.parquet").unlink()
    batch.score(model, book, tmp_path / "out", AGAIN)
    assert contents(tmp_path / "out") == due


@pytest.mark.parametrize("what", ["model", "policy", "input", "size of parts"])
def test_it_does_not_go_on_with_anything_else(fitted, model, book, due, tmp_path, what):  # noqa: PLR0917
    with pytest.raises(KeyboardInterrupt):
        batch.score(model, book, tmp_path / "out", SMALL, after(350, raised(KeyboardInterrupt)))
    before = contents(tmp_path / "out")
    other, job, path = model, AGAIN, book / "11.parquet"
    if what == "model":
        other = packed(fitted("scorecard"))
    elif what == "policy":
        other = bundle.pack(fitted("lgbm"), bundle.Policy(0.5, 0.5, (0.1,)), {"id": "loan"}, {})
    elif what == "input":
        stat, whole = path.stat(), path.read_bytes()
        pq.write_table(applications(100, 77, first=1100), path)
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    else:
        job = Job(resume=True, part_rows=200)
    refused(other, book, tmp_path / "out", "must be scored with the same", job)
    assert contents(tmp_path / "out") == before
    if what == "input":
        path.write_bytes(whole)
    batch.score(model, book, tmp_path / "out", AGAIN)
    assert contents(tmp_path / "out") == due


def test_two_runs_on_one_output_are_refused(model, book, due, tmp_path):
    messages = []
    second = lambda: messages.append(refused(model, book, tmp_path / "out", "another run is writing here", AGAIN))  # noqa: E731
    batch.score(model, book, tmp_path / "out", SMALL, after(250, second))
    assert len(messages) == 1
    assert contents(tmp_path / "out") == due


# ------------------------------------------------------------------------------------------------ input


def truncated(path):
    path.write_bytes(path.read_bytes()[:-200])


def changed(path):
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 3] ^= 1
    path.write_bytes(whole)


@pytest.mark.parametrize("harm", [truncated, changed, Path.unlink])
@pytest.mark.parametrize("seed", range(4))
def test_an_input_that_changes_in_mid_run_is_told(model, book, due, tmp_path, harm, seed):  # noqa: PLR0917
    draw = random.Random(seed)
    path = book / f"{draw.randrange(10, 12)}.parquet"  # not read yet
    whole = path.read_bytes()
    message = refused(model, book, tmp_path / "out", path.name, heard=after(draw.randrange(1, 100), lambda: harm(path)))
    assert "must not change" in message or "cannot be read" in message or "No such file" in message
    path.write_bytes(whole)
    batch.score(model, book, tmp_path / "out", AGAIN)
    assert contents(tmp_path / "out") == due


def test_a_column_gone_in_one_part_is_told_before_anything_is_scored(fitted, model, book, tmp_path):
    path = book / "03.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["months"]), path)
    message = refused(model, book, tmp_path / "out", "no column 'months'")
    assert message.startswith(str(path))
    assert not (tmp_path / "out").exists()
    lenient = packed(fitted("lgbm"), scoring=Scoring(missing_column="missing"))
    record = batch.score(lenient, book, tmp_path / "out", SMALL)
    assert record["policies"]["months: missing column: missing"] == 100
    assert record["missing"]["months"]["share"] == pytest.approx(100 / 1199)


def test_types_that_differ_between_parts_mean_the_same(fitted, book, tmp_path):
    """Whole numbers, decimals, text and dictionaries of the same values give the same PDs."""
    scorer = packed(fitted("lgbm"), scoring=Scoring(missing_value="accept"))
    batch.score(scorer, book, tmp_path / "due", SMALL)
    months = [field.name for field in pq.read_schema(book / "00.parquet")].index("months")
    for i, kind in enumerate([pa.int8(), pa.float32(), pa.decimal128(6, 2), pa.string(), pa.uint64()]):
        table = pq.read_table(book / f"{i:02d}.parquet")
        values = table["months"].cast(pa.int64()) if kind == pa.string() else table["months"]
        table = table.set_column(months, "months", values.cast(kind, safe=False))
        purpose = table["purpose"].dictionary_encode() if i % 2 else table["purpose"].cast(pa.large_string())
        pq.write_table(table.set_column(3, "purpose", purpose), book / f"{i:02d}.parquet")
    batch.score(scorer, book, tmp_path / "out", SMALL)
    assert scored(tmp_path / "out")["pd"].equals(scored(tmp_path / "due")["pd"])
    assert scored(tmp_path / "out")["id"].equals(scored(tmp_path / "due")["id"])


def test_parts_without_rows_and_a_thousand_tiny_ones_are_scored(model, tmp_path):
    (tmp_path / "book").mkdir()
    whole = applications(1000, 4)
    for i in range(1000):
        pq.write_table(whole.slice(i, 0 if i % 10 == 3 else 1), tmp_path / "book" / f"{i:04d}.parquet")
    record = batch.score(model, tmp_path / "book", tmp_path / "out", SMALL)
    assert record["rows"]["scored"] == 900
    assert scored(tmp_path / "out")["id"].to_pylist() == [f"L{i}" for i in range(1000) if i % 10 != 3]
    assert len(list((tmp_path / "out").glob("part-*"))) == 9


@pytest.mark.parametrize("seed", range(5))
def test_of_bad_rows_none_is_lost(fitted, tmp_path, seed):
    """One in ten is infinite, of an unknown purpose or without an id; every row stands in exactly one place."""
    draw = np.random.default_rng(seed)
    table, kind = applications(1000, seed), draw.integers(0, 30, 1000)
    income = [float("inf") if k == 0 else v for k, v in zip(kind, table["income"].to_pylist(), strict=True)]
    purpose = ["moon" if k == 1 else v for k, v in zip(kind, table["purpose"].to_pylist(), strict=True)]
    table = table.set_column(1, "income", pa.array(income)).set_column(3, "purpose", pa.array(purpose))
    pq.write_table(table, tmp_path / "book.parquet", row_group_size=90)
    strict = packed(fitted("lgbm"), scoring=Scoring(unseen="quarantine"))
    record = batch.score(strict, tmp_path / "book.parquet", tmp_path / "out", SMALL)
    aside = pa.concat_tables(pq.read_table(p) for p in sorted((tmp_path / "out" / "quarantine").iterdir()))
    good = [f"L{i}" for i in range(1000) if kind[i] > 1]
    assert scored(tmp_path / "out")["id"].to_pylist() == good
    assert aside["id"].to_pylist() == [f"L{i}" for i in range(1000) if kind[i] <= 1]
    assert record["quarantine"] == {
        "income: wrong type": int((kind == 0).sum()), "purpose: unseen level": int((kind == 1).sum()),
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------ output


@pytest.mark.parametrize("full_at", [1, 4, 12])
def test_a_full_disk_keeps_what_is_finished(model, book, due, tmp_path, monkeypatch, full_at):  # noqa: PLR0917
    write, count = writers.pq.ParquetWriter.write_batch, []

    def full(self, *arguments, **more):
        count.append(1)
        if len(count) == full_at:
            raise OSError(28, "No space left on device")
        write(self, *arguments, **more)

    with monkeypatch.context() as patch:
        patch.setattr(writers.pq.ParquetWriter, "write_batch", full)
        refused(model, book, tmp_path / "out", "No space left on device")
    if full_at == 1:
        assert not (tmp_path / "out").exists()
    batch.score(model, book, tmp_path / "out", AGAIN)
    assert contents(tmp_path / "out") == due


FULL_DISK = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
from riskmodel import cli
sys.argv = ["riskmodel", "--quiet", "score", "--model", sys.argv[1], "--input", sys.argv[2], "--output", sys.argv[3]]
cli.main()
"""


def test_a_file_that_cannot_grow_is_told_in_one_line(fitted, book, tmp_path):
    bundle.save(packed(fitted("scorecard")), tmp_path / "model")
    command = [sys.executable, "-c", FULL_DISK, tmp_path / "model", book, tmp_path / "out"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book", "model"]


def test_an_output_that_cannot_be_written_is_told(model, book, tmp_path):
    (tmp_path / "file").write_text("in the way")
    refused(model, book, tmp_path / "file" / "out", "cannot be written")
    refused(model, book, tmp_path / "file", "must be a new folder or an earlier output")
    refused(model, book, Path("/proc/none/out"), "cannot be written")


@pytest.mark.slow
def test_a_bundle_with_one_byte_changed_is_refused_every_time(model, tmp_path):
    bundle.save(model, tmp_path / "model")
    draw = np.random.default_rng(0)
    files = sorted((tmp_path / "model").iterdir())
    sizes = np.array([path.stat().st_size for path in files])
    for place in draw.integers(0, sizes.sum(), 1000):
        which = int(np.searchsorted(np.cumsum(sizes), place, side="right"))
        whole = files[which].read_bytes()
        at = int(place - np.cumsum(sizes)[which] + sizes[which])
        files[which].write_bytes(whole[:at] + bytes([whole[at] ^ int(draw.integers(1, 256))]) + whole[at + 1 :])
        with pytest.raises(BundleError, match=files[which].name):
            bundle.read(tmp_path / "model")
        files[which].write_bytes(whole)
