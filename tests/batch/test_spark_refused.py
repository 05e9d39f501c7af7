"""What stands in the way of a run on Spark is told in one line, at once, and leaves nothing behind."""

import socket
import subprocess
import sys
from importlib.util import find_spec

import pyarrow.parquet as pq
import pytest
from batch.books import applications, packed
from batch.spark_cluster import HOST
from hypothesis import given
from hypothesis import strategies as st

from riskmodel import bundle
from riskmodel.batch.spark import model_archive
from riskmodel.errors import BundleError, RiskModelError


@pytest.fixture
def command(fitted, tmp_path):
    """Scores a book on a cluster; more options follow."""
    bundle.save(packed(fitted("scorecard")), tmp_path / "model")
    pq.write_table(applications(20, 1), tmp_path / "book.parquet")
    places = ("--model", tmp_path / "model", "--input", tmp_path / "book.parquet", "--output", tmp_path / "out")
    return ("score", "--engine", "spark", *places)


def refused(riskmodel, tmp_path, *command):
    code, _, message = riskmodel(*command)
    assert code == 1
    assert not (tmp_path / "out").exists()
    [line] = message.splitlines()
    return line


def test_no_java(riskmodel, command, tmp_path, monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refused(riskmodel, tmp_path, *command).endswith(
        "Spark needs Java 17 or later, however: no java in the search path"
    )
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    assert refused(riskmodel, tmp_path, *command).endswith("no java in /nowhere/bin")


@pytest.fixture
def java(tmp_path, monkeypatch):
    """Something that goes by the name."""
    (tmp_path / "jdk/bin").mkdir(parents=True)
    (tmp_path / "jdk/bin/java").touch(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))


def test_no_pyspark(riskmodel, command, tmp_path, monkeypatch, java):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    assert refused(riskmodel, tmp_path, *command) == "riskmodel: Spark needs pyspark: pip install 'riskmodel[spark]'"


@pytest.mark.skipif(find_spec("pyspark") is None, reason="no pyspark")
def test_no_master_answers(riskmodel, command, tmp_path, java):
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        master = f"spark://{HOST}:{probe.getsockname()[1]}"
        message = refused(riskmodel, tmp_path, *command, "--master", master)
    assert message == f"riskmodel: {master}: no Spark master answers: Connection refused"


@pytest.mark.parametrize("master", ["spark://127.0.0.1", "http://127.0.0.1:7077", "local[", "two words"])
def test_no_such_master(riskmodel, command, tmp_path, master):
    message = refused(riskmodel, tmp_path, *command, "--master", master)
    assert message == f"riskmodel: master must be local[N], spark://HOST:PORT, yarn or k8s://URL, however: {master}"


def test_an_altered_bundle_reaches_no_cluster(riskmodel, command, tmp_path):
    path = next(path for path in (tmp_path / "model").iterdir() if path.name != bundle.MANIFEST)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    assert f"{path}: is not what the manifest says" in refused(riskmodel, tmp_path, *command)


def test_options_of_the_other_engine_are_usage_errors(riskmodel, command):
    assert riskmodel(*command, "--resume")[0] == 2
    assert riskmodel(*command, "--threads", 2)[0] == 2
    assert riskmodel(*command, "--engine", "local", "--master", "local[2]")[0] == 2


@given(st.data())
def test_an_executor_opens_no_model_but_the_one_that_was_sent(fitted, data):
    content = model_archive.packed(packed(fitted("scorecard")))
    sha256 = model_archive.sha256_of(content)
    at = data.draw(st.integers(0, len(content) - 1))
    altered = content[:at] + bytes([content[at] ^ data.draw(st.integers(1, 255))]) + content[at + 1 :]
    with pytest.raises(BundleError, match="the model must be the one that was sent"):
        model_archive._made(altered, sha256)


def test_an_archive_is_opened_once_in_a_process(fitted):
    first, second = (model_archive.packed(packed(fitted(kind))) for kind in ("scorecard", "lgbm"))
    asked = []
    for content in (first, first, second, second):
        result = model_archive.chunk(lambda sent=content: asked.append(sent) or sent, model_archive.sha256_of(content))
        assert result is model_archive.chunk(lambda: b"", model_archive.sha256_of(content))
    assert asked == [first, second]


def test_a_worker_with_other_libraries_is_told_to_leave():
    model_archive.check_versions(model_archive.versions())
    with pytest.raises(RiskModelError, match=r"a worker must have numpy 0.1, as the driver, however: \d"):
        model_archive.check_versions({**model_archive.versions(), "numpy": "0.1"})


def test_the_executors_side_imports_neither_torch_nor_mlflow():
    code = "import sys, riskmodel.batch.spark.task; print(*{name.partition('.')[0] for name in sys.modules})"
    message = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "mlflow", "onnx", "onnxruntime", "pyspark", "shap"} & set(message)
