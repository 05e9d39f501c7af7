"""Two real trainings at once whose MLflow server, on PostgreSQL, is killed under them: nothing of either is lost."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import servers
from small_run import written

from riskmodel.scorers import checkpoints
from riskmodel.tracking import open_store

pytestmark = [
    pytest.mark.slow,
    pytest.mark.ci,
    pytest.mark.skipif(bool(servers.why_no_postgres()), reason=servers.why_no_postgres()),
]
RISKMODEL = [sys.executable, "-c", "from riskmodel.cli import main; main()", "--quiet"]
PATIENCE = 900  # seconds, on a loaded machine


@pytest.fixture
def server(tmp_path):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # PostgreSQL's user cannot enter pytest's own
        with servers.postgres(Path(folder) / "postgres") as database:
            running = servers.Server(database, tmp_path / "artifacts")
            running.start()
            yield running
            running.kill()


def started(*arguments):
    return subprocess.Popen([*RISKMODEL, *map(str, arguments)], stderr=subprocess.PIPE, text=True)


def ended(processes):
    return [(process.communicate(timeout=PATIENCE)[1], process.returncode) for process in processes]


def wait_for(true):
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.5)


@pytest.mark.ci
def test_a_server_that_is_killed_under_two_trainings_loses_neither(server, tmp_path):
    reports = [tmp_path / f"report-{seed}" for seed in (1, 2)]
    runs = [written(tmp_path / f"in-{seed}", seed=str(seed), keep="[0.5]") for seed in (1, 2)]
    trainings = [
        started("train", run, "--output", report, "--store", server.uri)
        for run, report in zip(runs, reports, strict=True)
    ]
    wait_for(lambda: all(any(checkpoints.place_of(report).glob("*")) for report in reports))  # they have begun
    assert not any((report / "run.json").exists() for report in reports)
    server.kill()
    for text, code in ended(trainings):
        assert code == 1, text
        assert "riskmodel sync" in text
    assert all((report / "run.json").exists() for report in reports)

    server.start()
    sent = [started("sync", report, "--store", server.uri) for report in reports]
    assert [code for _, code in ended(sent)] == [0, 0]
    store = open_store(server.uri)
    result = store.client.search_runs([store.experiment("small")], max_results=1000)
    assert [run.info.status for run in result if run.data.tags.get("role") == "study"] == ["FINISHED", "FINISHED"]
    for report in reports:
        variants = json.loads((report / "tracking.json").read_bytes())["variants"]
        own = [run for run in result if run.data.tags.get("mlflow.parentRunId") in _of(result, variants)]
        assert len(own) == len(variants)
        assert {run.info.status for run in own} == {"FINISHED"}
        assert sum(len(run.data.metrics) for run in own) == sum(len(variant["metrics"]) for variant in variants)


def _of(tracked, variants):
    """The parent whose children have the metrics of these variants."""
    wanted = sorted(variant["metrics"]["AUC"] for variant in variants)
    by_parent: dict[str, list[float]] = {}
    for run in tracked:
        if parent := run.data.tags.get("mlflow.parentRunId"):
            by_parent.setdefault(parent, []).append(run.data.metrics["AUC"])
    return {parent for parent, values in by_parent.items() if sorted(values) == wanted}
