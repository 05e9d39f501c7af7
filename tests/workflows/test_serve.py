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


def test_a_place_that_another_program_has_is_refused_before_the_address_is_told(fitted, tmp_path, monkeypatch):
    monkeypatch.delenv("RISKMODEL_TOKEN", raising=False)
    bundle.save(packed(fitted("scorecard")), tmp_path / "small")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(RiskModelError, match=f"^127.0.0.1:{port}: cannot be listened at: Address already in use$"):
            serve(str(tmp_path / "small"), port=port, ready=lambda: pytest.fail("it was said to be ready"))


def test_a_log_to_which_no_line_can_be_added_is_refused_before_a_model_is_opened(tmp_path, monkeypatch):
    monkeypatch.delenv("RISKMODEL_TOKEN", raising=False)
    with pytest.raises(RiskModelError, match=f"^{tmp_path}: cannot be written: Is a directory$"):
        serve(str(tmp_path / "none"), log=tmp_path)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_the_command_ends_by_a_signal_once_it_has_answered(fitted, tmp_path, number, code):
    saved = packed(fitted("scorecard"))
    bundle.save(saved, tmp_path / "small")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = str(Path(sys.executable).parent / "riskmodel")
    log = tmp_path / "decisions.jsonl"
    command = [program, "serve", "--model", str(tmp_path / "small"), "--port", str(port), "--log", str(log)]
    environment = {**os.environ, "RISKMODEL_TOKEN": ""}
    settings = {"env": environment, "stderr": subprocess.PIPE, "text": True, "preexec_fn": _heeding}
    service = subprocess.Popen(command, **settings)
    try:
        answer = _answered(f"http://127.0.0.1:{port}/decide", service)
        assert answer == json.loads(json.dumps(DecisionModel.from_bundle(saved).decide(ROW).as_json))
        under_way = _half_sent(port)
    finally:
        service.send_signal(number)
    time.sleep(0.3)
    with under_way as connection:  # a request that had come before the signal is answered after it
        connection.sendall(json.dumps(ROW).encode())
        status = connection.makefile("rb").readline()
    assert status.split()[1] == b"200"
    assert service.wait(30) == code
    message = service.stderr.read()
    assert "Traceback" not in message
    assert message.endswith("; the requests that had come were answered\n"), message
    lines = [json.loads(line) for line in log.read_text().splitlines()]  # of what it answered last, too
    assert len(lines) == 2
    assert {name: lines[0][name] for name in answer} == answer


def _heeding():
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def _half_sent(port):
    connection = socket.create_connection(("127.0.0.1", port), 30)
    length = len(json.dumps(ROW).encode())
    head = f"POST /decide HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    connection.sendall(head.encode())
    time.sleep(0.3)
    return connection


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
