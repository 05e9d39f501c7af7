"""The pages are for this machine only, and open at the trade-off."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from riskmodel.errors import RiskModelError
from riskmodel.tracking import views
from riskmodel.tracking.ui import Pages, pages, ui, ui_command

SHOWN = Pages("sqlite:///mlflow.db", 5055, "/#/experiments/1/runs")


def test_the_server_binds_this_machine_alone_with_jobs_off(monkeypatch):
    asked = {}

    def run(command, env, check):
        asked.update(command=command, env=env)
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(subprocess, "run", run)
    ui(SHOWN, browser=False)
    assert asked["command"][1:4] == ["-m", "mlflow", "server"]
    options = dict(zip(asked["command"][4::2], asked["command"][5::2], strict=True))
    assert options == {
        "--host": "127.0.0.1",
        "--port": "5055",
        "--workers": "1",
        "--allowed-hosts": "riskmodel.localhost:5055,localhost:5055,127.0.0.1:5055",
        "--cors-allowed-origins": "http://riskmodel.localhost:5055",
    }
    assert asked["env"]["MLFLOW_BACKEND_STORE_URI"] == SHOWN.uri  # others can read the arguments of a process
    assert asked["env"]["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] == "false"
    assert asked["env"]["MLFLOW_DISABLE_TELEMETRY"] == "true"


def test_every_option_is_one_that_mlflow_has():
    from mlflow.cli import cli

    known = {option for parameter in cli.commands["server"].params for option in parameter.opts}
    assert {word for word in ui_command(1) if word.startswith("--")} <= known


def test_an_interrupt_ends_it_quietly_and_a_failure_is_told(monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "run", interrupted)
    with pytest.raises(KeyboardInterrupt, match="no longer served"):
        ui(SHOWN, browser=False)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=1))
    with pytest.raises(RiskModelError, match="is port 5055 in use"):
        ui(SHOWN, browser=False)


def test_a_store_without_runs_is_refused(tmp_path):
    with pytest.raises(RiskModelError, match="there are no runs yet"):
        pages(f"sqlite:///{tmp_path / 'mlflow.db'}")


def test_it_opens_at_the_study_that_was_logged_last(store, monkeypatch):
    assert pages(store.uri, 5055).view == "/#/experiments?workflowType=machine_learning"
    for at, name in enumerate(("taiwan", "loans", "boats")):
        monkeypatch.setattr("time.time", lambda at=at: [30.0, 50.0, 40.0][at])
        views.show(store, store.experiment(name), "0a1b")
    result = pages(store.uri, 5055)
    view = views.address(store.experiment("loans"))
    assert result.address == f"http://riskmodel.localhost:5055{view}"
    assert result.plain == f"http://127.0.0.1:5055{view}"


def test_a_server_of_others_is_opened_and_not_served_again(monkeypatch):
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("it must not be served"))
    result = Pages("https://mlflow.bank.example/", 5000, "/#/experiments/1/runs")
    assert result.address == "https://mlflow.bank.example/#/experiments/1/runs"
    ui(result, browser=False)


@pytest.mark.parametrize(("display", "opened"), [("", []), (":0", [SHOWN])])
def test_a_browser_opens_where_there_is_a_screen(monkeypatch, display, opened):
    calls, room = [], sys.modules["riskmodel.tracking.ui"]  # the room has a function of that name
    at_once = SimpleNamespace(Thread=lambda target, args, **_: SimpleNamespace(start=lambda: target(*args)))
    monkeypatch.setattr(room, "threading", at_once)
    monkeypatch.setattr(room, "_opened", calls.append)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=0))
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    ui(SHOWN)
    assert calls == opened
