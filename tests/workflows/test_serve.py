"""The command serves a bundle on this machine, and refuses the world without a token."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from batch.books import applications, packed

from riskmodel import bundle
from riskmodel.errors import RiskModelError
from riskmodel.serving import DecisionModel
from riskmodel.workflows.serve import serve

ROW = applications(1, 3).to_pylist()[0]


def test_beyond_this_machine_a_token_is_due(tmp_path, monkeypatch):
    monkeypatch.delenv("RISKMODEL_TOKEN", raising=False)
    with pytest.raises(RiskModelError, match=r"0\.0\.0\.0: a service beyond this machine must have a token"):
        serve(str(tmp_path), host="0.0.0.0")  # noqa: S104


def test_the_command_answers_and_ends_when_it_is_asked_to(fitted, tmp_path):
    saved = packed(fitted("scorecard"))
    bundle.save(saved, tmp_path / "small")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = str(Path(sys.executable).parent / "riskmodel")
    log = tmp_path / "decisions.jsonl"
    command = [program, "serve", "--model", str(tmp_path / "small"), "--port", str(port), "--log", str(log)]
    service = subprocess.Popen(command, env={**os.environ, "RISKMODEL_TOKEN": ""}, stderr=subprocess.PIPE, text=True)
    try:
        answer = _answered(f"http://127.0.0.1:{port}/decide", service)
        assert answer == json.loads(json.dumps(DecisionModel.from_bundle(saved).decide(ROW).as_json))
    finally:
        service.send_signal(signal.SIGINT)
    assert service.wait(30) == 0
    assert "Traceback" not in service.stderr.read()
    [line] = map(json.loads, log.read_text().splitlines())  # what it answered just before it ended is there
    assert {name: line[name] for name in answer} == answer


def _answered(address, service):
    request = urllib.request.Request(address, json.dumps(ROW).encode(), {"Content-Type": "application/json"})  # noqa: S310
    for _ in range(240):
        assert service.poll() is None, service.stderr.read()
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
                return json.load(answer)
        except OSError:
            time.sleep(0.25)
    raise AssertionError("the service did not answer")
