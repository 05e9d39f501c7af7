"""The pages are for this machine only."""

import subprocess
from types import SimpleNamespace

import pytest

from riskmodel.errors import RiskModelError
from riskmodel.tracking import ui
from riskmodel.tracking.ui import ui_command


@pytest.fixture
def database(tmp_path):
    (tmp_path / "mlflow.db").touch()
    return f"sqlite:///{tmp_path / 'mlflow.db'}"


def test_the_server_binds_this_machine_alone_with_jobs_off(database, monkeypatch):
    seen = {}

    def run(command, env, check):
        seen.update(command=command, env=env)
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(subprocess, "run", run)
    ui(database, 5055)
    where = ["--host", "127.0.0.1", "--port", "5055", "--workers", "1"]
    assert seen["command"][1:] == ["-m", "mlflow", "server", *where]
    assert seen["env"]["MLFLOW_BACKEND_STORE_URI"] == database  # others can read the arguments of a process
    assert seen["env"]["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] == "false"
    assert seen["env"]["MLFLOW_DISABLE_TELEMETRY"] == "true"


def test_every_option_is_one_that_mlflow_has(database):
    from mlflow.cli import cli

    known = {option for parameter in cli.commands["server"].params for option in parameter.opts}
    assert {word for word in ui_command(database, 1) if word.startswith("--")} <= known


def test_an_interrupt_ends_it_quietly_and_a_failure_is_told(database, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "run", interrupted)
    ui(database)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=1))
    with pytest.raises(RiskModelError, match="is port 5055 in use"):
        ui(database, 5055)


def test_a_store_without_runs_or_on_a_server_is_refused(tmp_path):
    with pytest.raises(RiskModelError, match="there are no runs yet"):
        ui(f"sqlite:///{tmp_path / 'mlflow.db'}")
    with pytest.raises(RiskModelError, match="open it in a browser"):
        ui("http://mlflow.bank.example")
