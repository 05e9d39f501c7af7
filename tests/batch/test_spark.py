"""A real cluster on loopback gives the rows of the local engine, and loses none when a worker is killed."""

import json
import os
import signal
import subprocess
import threading
import time
from contextlib import nullcontext
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from batch import spark_cluster
from batch.books import applications, contents, packed, scored

from riskmodel import batch, bundle
from riskmodel.batch import spark
from riskmodel.config import Scoring
from riskmodel.errors import DataError

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(spark_cluster.ABSENT is not None, reason=str(spark_cluster.ABSENT)),
]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with spark_cluster.running(tmp_path_factory.mktemp("cluster")) as started:
        yield started


@pytest.fixture(scope="module")
def session(cluster):
    """One application for all stories; tasks of about a hundred rows each."""
    with pytest.MonkeyPatch.context() as patched:
        for name, value in spark_cluster.environment().items():
            patched.setenv(name, value)
        with spark.opened(cluster.master) as opened:
            patched.setattr("riskmodel.batch.spark.source.SPAN_ROWS", 100)
            yield opened


def on_spark(session, model, source, output):
    return spark.score(model, source, output, session=lambda: nullcontext(session))


@pytest.fixture
def book(tmp_path):
    """Files of all kinds: several row groups, levels as a dictionary, keys in folders' names, other types, CSV."""
    folder, table = tmp_path / "the book", applications(700, 11)
    for name in ("plain", "purpose=car", "whole", "zz"):
        (folder / name).mkdir(parents=True)
    pq.write_table(table.slice(0, 450), folder / "plain" / "a.parquet", row_group_size=120)
    levels = table["purpose"].combine_chunks().dictionary_encode()
    pq.write_table(table.set_column(3, "purpose", levels).slice(450, 100), folder / "plain" / "b c.parquet")
    whole = table["months"].cast(pa.uint16())
    pq.write_table(table.set_column(4, "months", whole).slice(550, 50), folder / "whole" / "d.parquet")
    pq.write_table(table.slice(600, 30).drop_columns(["purpose"]), folder / "purpose=car" / "e.parquet")
    text = table.slice(630, 70).to_pylist()
    text[3]["income"], text[5]["purpose"] = "lots", "moon"
    pa_csv.write_csv(pa.table({n: [str(v) if v is not None else "" for v in (r[n] for r in text)] for n in text[0]}),
                     folder / "zz" / "f.csv")  # fmt: skip
    return folder


def same_rows(one, other):
    """The same rows with the same bytes and types, whatever the order of the parts."""
    assert one.schema == other.schema
    assert one.sort_by("id").equals(other.sort_by("id"))


def aside(folder):
    """What stands in the quarantine, by id; text where the file was text."""
    parts = [pq.read_table(path).to_pylist() for path in (folder / "quarantine").glob("*.parquet")]
    return sorted((row for part in parts for row in part), key=lambda row: row["id"])


def test_a_cluster_gives_the_rows_of_the_local_engine(session, fitted, book, tmp_path):
    model = packed(fitted("lgbm"), scoring=Scoring(unseen="quarantine", missing_value="quarantine"))
    here = batch.score(model, book, tmp_path / "local")
    there = on_spark(session, model, book, tmp_path / "spark")
    assert scored(tmp_path / "spark").num_rows > 600
    same_rows(scored(tmp_path / "spark"), scored(tmp_path / "local"))
    assert aside(tmp_path / "spark") == aside(tmp_path / "local")
    assert here["quarantine"]["income: wrong type"] == 1
    of_the_run = ("seconds", "threads")
    assert {k: v for k, v in there.items() if k not in of_the_run} == {
        k: v for k, v in here.items() if k not in of_the_run
    }
    manifests = [json.loads((tmp_path / name / "manifest.json").read_bytes()) for name in ("spark", "local")]
    for name in ("inputs", "rows", "bundle_sha256", "model_sha256", "policy"):
        assert manifests[0][name] == manifests[1][name]
    assert {part["name"]: part["sha256"] for part in manifests[0]["parts"]} == contents(
        tmp_path / "spark", ("run.json", "manifest.json")
    )


def test_without_an_id_column_a_row_has_its_number_in_the_book(session, fitted, tmp_path):
    model = bundle.pack(fitted("lgbm"), packed(fitted("lgbm")).policy, {}, {})
    (tmp_path / "in").mkdir()
    for name, rows in (("a", 300), ("b", 1), ("c", 900)):
        pq.write_table(applications(rows, rows), tmp_path / "in" / f"{name}.parquet", row_group_size=70)
    on_spark(session, model, tmp_path / "in", tmp_path / "spark")
    batch.score(model, tmp_path / "in", tmp_path / "local")
    result = scored(tmp_path / "spark")
    assert result["id"].type == pa.int64()
    assert pc.sum(result["id"]).as_py() == 1200 * 1201 // 2
    same_rows(result, scored(tmp_path / "local"))


def test_what_a_policy_refuses_on_an_executor_is_one_line_and_nothing_is_written(session, fitted, book, tmp_path):
    model = packed(fitted("lgbm"), scoring=Scoring(unseen="refuse"))
    with pytest.raises(DataError, match=r"^column 'purpose' must be among the 5 levels of train, however: .* in 1"):
        on_spark(session, model, book, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_finished_output_is_left_as_it_is(session, fitted, book, tmp_path, riskmodel):
    master = session.sparkContext.master
    bundle.save(packed(fitted("lgbm")), tmp_path / "model")
    command = ("score", "--engine", "spark", "--master", master, "--model", tmp_path / "model")
    code, stdout, errors = riskmodel(*command, "--input", book, "--output", tmp_path / "out")
    assert code == 0, errors
    assert "699 rows scored into" in stdout
    before = contents(tmp_path / "out", ())
    assert riskmodel(*command, "--input", book, "--output", tmp_path / "out")[0] == 0
    assert contents(tmp_path / "out", ()) == before
    code, _, errors = riskmodel("score", *command[5:], "--input", book, "--output", tmp_path / "out")
    assert (code, "must be scored with the same size of parts" in errors) == (1, True)


def test_a_fresh_worker_imports_neither_torch_nor_mlflow(session, fitted, tmp_path):
    """Asked of the very Python workers that scored."""
    pq.write_table(applications(50, 1), tmp_path / "book.parquet")
    on_spark(session, packed(fitted("lgbm")), tmp_path / "book.parquet", tmp_path / "out")

    def heavy(batches):
        import sys

        for _ in batches:
            results = [name for name in ("torch", "mlflow", "onnx", "riskmodel") if name in sys.modules]
            yield pa.RecordBatch.from_pydict({"names": [" ".join(results)]})

    with pytest.warns(FutureWarning, match="pandas"):
        rows = session.range(0, 4, 1, 4).mapInArrow(heavy, "names string").collect()
    stdout = {row.names for row in rows}
    assert "riskmodel" in stdout
    assert stdout <= {"riskmodel", ""}


def test_spark_submit_runs_the_pipeline_script(fitted, book, tmp_path):
    import pyspark

    bundle.save(packed(fitted("scorecard")), tmp_path / "model")
    submit = Path(pyspark.__file__).parent / "bin/spark-submit"
    script = Path(__file__).parents[2] / "pipelines/score_spark.py"
    places = ("--model", tmp_path / "model", "--input", book, "--output", tmp_path / "out")
    command = [submit, "--master", "local[1]", script, "score", "--engine", "spark", *places]
    environment = {**os.environ, **spark_cluster.environment()}
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("699 rows scored into")
    batch.score(bundle.read(tmp_path / "model"), book, tmp_path / "local")
    same_rows(scored(tmp_path / "out"), scored(tmp_path / "local"))


def test_a_worker_killed_in_mid_run_loses_nothing(session, fitted, tmp_path, cluster):
    """Runs last: the cluster has one worker less afterwards."""
    model = packed(fitted("lgbm"))
    (tmp_path / "in").mkdir()
    for i in range(30):
        pq.write_table(applications(500, i, 500 * i), tmp_path / "in" / f"{i:02d}.parquet")
    victim, attempts, done_when_killed = cluster.workers[0], tmp_path / "spark/.scoring/attempts", []

    def kill():
        while len(done := list(attempts.glob("*/*.parquet"))) < 5:
            time.sleep(0.005)
        os.killpg(victim.pid, signal.SIGKILL)
        done_when_killed.extend(done)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    record = on_spark(session, model, tmp_path / "in", tmp_path / "spark")
    killer.join(1)
    assert 5 <= len(done_when_killed) < 30
    assert victim.poll() == -signal.SIGKILL
    assert (
        session.sparkContext._jsc.sc().getExecutorMemoryStatus().size() == 2
    )  # the driver, and the worker that is left
    batch.score(model, tmp_path / "in", tmp_path / "local")
    assert record["rows"] == {"read": 15_000, "scored": 15_000, "quarantined": 0}
    same_rows(scored(tmp_path / "spark"), scored(tmp_path / "local"))
    assert not (tmp_path / "spark/.scoring").exists()
