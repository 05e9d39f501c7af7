"""A real MLflow server on PostgreSQL and on SQLite: nothing is lost by two at once or by a server that goes."""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import servers
import stand_in_studies
from batch.books import packed

from riskmodel import bundle
from riskmodel.core import Calibration
from riskmodel.errors import RiskModelError
from riskmodel.tracking import Audit, address, log_report, model, open_store, switch
from riskmodel.tracking.model import ModelNotes
from riskmodel.workflows import sync
from riskmodel.workflows.progress import Stages

pytestmark = pytest.mark.slow
VARIANTS = 20
LOADER = "riskmodel.workflows.pyfunc"
SEND = "import sys; from pathlib import Path; from riskmodel.tracking import open_store, log_report; "
SEND += "log_report(open_store(sys.argv[1]), Path(sys.argv[2]))"
SEND_AND_KILL = f"""
import os, sys
from pathlib import Path
from riskmodel.tracking import log_report, open_store
sent = []
def tick():
    sent.append(1)
    if len(sent) == int(sys.argv[4]):
        os.killpg(int(sys.argv[3]), 9)
log_report(open_store(sys.argv[1]), Path(sys.argv[2]), "{LOADER}", tick)
"""


@pytest.fixture(scope="module", params=[pytest.param("postgresql", marks=pytest.mark.ci), "sqlite"])
def server(request, template, tmp_path_factory):
    """A server that no test leaves down."""
    # Not below pytest's own folder, which PostgreSQL's user cannot enter.
    if request.param == "postgresql":
        if reason := servers.why_no_postgres():
            pytest.skip(reason)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            Path(folder).chmod(0o755)
            with servers.postgres(Path(folder) / "postgres") as database:
                yield from _served(database, tmp_path_factory.mktemp("artifacts"))
    else:
        folder = tmp_path_factory.mktemp("sqlite")
        shutil.copy(template, folder / "mlflow.db")
        yield from _served(f"sqlite:///{folder / 'mlflow.db'}", folder / "artifacts")


def _served(database, artifacts):
    running = servers.Server(database, artifacts)
    running.start()
    yield running
    running.kill()


def report(folder, name, seed=0, fitted=None):
    """A finished run of twenty variants."""
    settings = stand_in_studies.settings().model_copy(update={"name": name})
    saved = packed(fitted("scorecard")) if fitted else None
    return stand_in_studies.written_report(settings, stand_in_studies.study_of(VARIANTS, seed), folder, saved)


def counted(store, name):
    """Variants, metrics, params and files by finished parent; and the states of the parents that are not."""
    runs = store.client.search_runs([store.experiment(name)], max_results=1000)
    parents = [run for run in runs if run.data.tags.get("role") == "study"]
    whole = {}
    for parent in (run for run in parents if run.info.status == "FINISHED"):
        own = [run for run in runs if run.data.tags.get("mlflow.parentRunId") == parent.info.run_id]
        whole[parent.info.run_id] = {
            "variants": len({run.data.tags["variant"] for run in own}),
            "finished": sum(run.info.status == "FINISHED" for run in own),
            "metrics": sum(len(run.data.metrics) for run in own),
            "params": sum(len(run.data.params) for run in own),
            "files": len(store.client.list_artifacts(parent.info.run_id)),
        }
    return list(whole.values()), sorted(run.info.status for run in parents if run.info.status != "FINISHED")


def test_two_at_once_lose_nothing(server, tmp_path):
    folders = [report(tmp_path / f"report-{seed}", "both", seed) for seed in (1, 2)]
    sent = [subprocess.Popen([sys.executable, "-c", SEND, server.uri, folder]) for folder in folders]
    assert [process.wait(500) for process in sent] == [0, 0]
    store = open_store(server.uri)
    whole, broken = counted(store, "both")
    assert broken == []
    alone = [json.loads((folder / "tracking.json").read_bytes())["variants"] for folder in folders]
    assert [result["variants"] for result in whole] == [result["finished"] for result in whole] == [VARIANTS, VARIANTS]
    for key in ("metrics", "params"):
        wanted = sorted(sum(len(variant[key]) for variant in variants) for variants in alone)
        assert sorted(result[key] for result in whole) == wanted


def test_a_server_that_goes_half_way_loses_nothing_that_sync_does_not_bring(server, fitted, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    undisturbed, folder = (report(tmp_path / name, name, fitted=fitted) for name in ("undisturbed", "killed"))
    store = open_store(server.uri)
    log_report(store, undisturbed, LOADER)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    arguments = [sys.executable, "-c", SEND_AND_KILL, server.uri, folder, str(server.number), str(VARIANTS // 2)]
    assert subprocess.run(arguments, capture_output=True, check=False, timeout=500).returncode == 1
    with pytest.raises(RiskModelError, match=r"cannot be opened"):
        sync.sync(folder, server.uri, Stages())
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    server.kill()
    server.start()
    first = sync.sync(folder, server.uri, Stages())
    assert sync.sync(folder, server.uri, Stages()) == first  # what is there is not sent again
    whole, broken = counted(store, "killed")
    assert whole == counted(store, "undisturbed")[0]
    assert whole[0]["variants"] == whole[0]["finished"] == VARIANTS
    assert broken == ["KILLED"]
    assert "RUNNING" not in {run.info.status for run in store.client.search_runs([store.experiment("killed")])}
    assert address.read("models:/killed/1", server.uri) == bundle.read(folder / "bundles" / "chosen")


def test_a_rollback_restores_the_earlier_hash(server, fitted, tmp_path):
    store, trail = open_store(server.uri), Audit(tmp_path / "audit.jsonl")
    for i in range(2):
        bundle.save(packed(fitted("scorecard").recalibrated(Calibration(i / 10, 1.0))), tmp_path / str(i))
        model.register_bundle(store, "loans", tmp_path / str(i), LOADER, ModelNotes("Loans.", f"Number {i}."))
    hashes = [bundle.read(tmp_path / str(i)).sha256 for i in range(2)]
    versions = [switch.version_at(store, "loans", number) for number in (1, 2)]
    for version in versions:
        switch.promote(store, trail, version, "champion", "a drill")
        assert address.read("models:/loans@champion", server.uri).sha256 == hashes[versions.index(version)]
    assert hashes[0] != hashes[1]
    switch.rollback(store, trail, "loans", "it rang")
    assert address.read("models:/loans@champion", server.uri).sha256 == hashes[0]
    for name in ("models:/loans/2", f"runs:/{store.client.get_model_version('loans', '2').run_id}/model"):
        assert address.read(name, server.uri).sha256 == hashes[1]
