"""A signal that asks a run to end is told, ends it with the shell's code, and leaves nothing of what was being made."""

import random
import signal
import subprocess
import sys
import time

import pytest
from batch.books import packed

from riskmodel import bundle
from riskmodel.cli import signals

MAIN = [sys.executable, "-c", "from riskmodel.cli import main; main()", "--quiet"]
CODES = [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]


@pytest.fixture(scope="module")
def model(fitted, tmp_path_factory):
    place = tmp_path_factory.mktemp("model") / "model"
    bundle.save(packed(fitted("scorecard")), place)
    return place


def heeding():
    """A shell starts what runs in the background with SIGINT ignored, and nohup with SIGHUP."""
    for number, _ in CODES:
        signal.signal(number, signal.SIG_DFL)


def started(model, folder):
    command = [*MAIN, "score", "--model", model, "--input", "-", "--output", folder / "out"]
    run = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=heeding)  # noqa: PLW1509 - no threads
    run.stdin.write(b"id,income,utilisation,purpose,months,noise\n" + b"a,0.1,0.2,car,3,0\n" * 5000)
    run.stdin.flush()
    return run


def ended(run, number):
    run.send_signal(number)
    error = run.stderr.read().decode()
    code = run.wait(60)
    run.stdin.close()
    run.stderr.close()
    return code, error


@pytest.mark.parametrize(("number", "code"), CODES)
def test_what_was_spooled_is_gone_when_a_signal_ends_the_run(model, tmp_path, number, code):
    run = started(model, tmp_path)
    while not list(tmp_path.glob(".out.*/stdin")):
        assert run.poll() is None, run.stderr.read()
        time.sleep(0.02)
    result, error = ended(run, number)
    assert (result, error.count("\n")) == (code, 1), error
    assert ("told to end" if number != signal.SIGINT else "interrupted") in error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.ci
def test_a_signal_at_any_instant_leaves_nothing(model, tmp_path):
    draw = random.Random(1)
    for _ in range(20):
        run = started(model, tmp_path)
        time.sleep(draw.uniform(0, 3))
        code, error = ended(run, signal.SIGTERM)
        assert code in (143, -signal.SIGTERM), error  # the latter while Python itself is starting
        assert list(tmp_path.iterdir()) == []


def test_nohup_is_heeded():
    before = {number: signal.getsignal(number) for number in (signal.SIGHUP, signal.SIGTERM)}
    try:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signals.listen()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGTERM) is signals._stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


IN_A_DESTRUCTOR = """
import os, signal, time
from riskmodel.cli import signals
signals.listen()

class Held:
    def __del__(self):
        os.kill(os.getpid(), signal.{name})
        time.sleep(0.05)

try:
    held = Held()
    del held
    time.sleep(30)
except KeyboardInterrupt as error:
    print(signals.exit_code(error))
"""


@pytest.mark.parametrize(("number", "code"), CODES)
def test_a_signal_that_falls_into_a_destructor_is_not_lost(number, code):
    asked = [sys.executable, "-c", IN_A_DESTRUCTOR.format(name=number.name)]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=25, check=True, preexec_fn=heeding)
    assert done.stdout == f"{code}\n"
    assert done.stderr == ""
