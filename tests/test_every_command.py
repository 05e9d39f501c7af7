"""Each command with each kind of bad path, bytes and address: one line, exit code 1, and no file that was not there."""

import os
import pickle
import signal
import socket
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from batch.books import applications, packed
from samples import drawn
from small_run import toml

from riskmodel import bundle, cli
from riskmodel.bundle import signature

SECONDS = 60  # of a command that should be refused at once

REVIEW = ["review", "--champion", "model", "--challenger", "model", "--data", "table", "--output", "OUT"]
LABELLED = ["--data", "table", "--target", "bad", "--differ", "0.2"]
# What each command is called with; IN is what it reads, OUT what it writes.
WAYS = {
    "check": ["check", "IN:run"],
    "train": ["train", "IN:run", "--output", "OUT", "--store", "STORE"],
    "train into": ["train", "run", "--output", "OUT:", "--store", "STORE"],
    "init": ["init", "IN:table", "--target", "bad", "--output", "OUT"],
    "init into": ["init", "table", "--target", "bad", "--output", "OUT:"],
    "score with": ["score", "--model", "IN:model", "--input", "table", "--output", "OUT"],
    "score": ["score", "--model", "model", "--input", "IN:table", "--output", "OUT"],
    "score into": ["score", "--model", "model", "--input", "table", "--output", "OUT:"],
    "score for": ["score", "--model", "model", "--input", "table", "--output", "OUT", "--require-signature", "IN:key"],
    "score on spark": ["score", "--engine", "spark", "--model", "IN:model", "--input", "table", "--output", "OUT"],
    "prune": ["prune", "IN:native", "--data", "table", "--target", "bad", "--output", "OUT"],
    "prune on": ["prune", "native", "--data", "IN:table", "--target", "bad", "--output", "OUT"],
    "prune levels": ["prune", "native", "--data", "table", "--target", "bad", "--output", "OUT", "--levels", "IN:json"],
    "prune into": ["prune", "native", "--data", "table", "--target", "bad", "--output", "OUT:"],
    "review": ["review", "--champion", "IN:model", "--challenger", "model", "--data", "table", "--output", "OUT"],
    "review of": ["review", "--champion", "model", "--challenger", "IN:model", "--data", "table", "--output", "OUT"],
    "review on": ["review", "--champion", "model", "--challenger", "model", "--data", "IN:table", "--output", "OUT"],
    "review by": [*REVIEW, "--policy", "IN:run"],
    "review at": [*REVIEW, "--thresholds", "IN:run"],
    "review since": [*REVIEW, "--id", "loan", "--decisions", "IN:log"],
    "review into": ["review", "--champion", "model", "--challenger", "model", "--data", "table", "--output", "OUT:"],
    "export": ["export", "IN:model", "--output", "OUT"],
    "export on": ["export", "model", "--output", "OUT", "--data", "IN:table"],
    "export into": ["export", "model", "--output", "OUT:"],
    "narrow": ["narrow", "IN:model", "--output", "OUT"],
    "narrow into": ["narrow", "model", "--output", "OUT:"],
    "refer": ["refer", "IN:model", "--data", "table", "--target", "bad", "--bad-rate", "0.1", "--output", "OUT"],
    "refer on": ["refer", "model", "--data", "IN:table", "--target", "bad", "--bad-rate", "0.1", "--output", "OUT"],
    "refer into": ["refer", "model", "--data", "table", "--target", "bad", "--bad-rate", "0.5", "--output", "OUT:"],
    "rows": ["rows", "IN:run"],
    "widen": ["widen", "IN:monthly", "--input", "table", "--output", "OUT"],
    "widen on": ["widen", "monthly", "--input", "IN:table", "--output", "OUT"],
    "widen by": ["widen", "monthly", "--input", "table", "--history", "IN:table", "--output", "OUT"],
    "widen into": ["widen", "monthly", "--input", "table", "--output", "OUT:"],
    "cascade": ["cascade", "--cheap", "IN:model", "--full", "model", *LABELLED, "--output", "OUT"],
    "cascade to": ["cascade", "--cheap", "small", "--full", "IN:model", *LABELLED, "--output", "OUT"],
    "cascade on": ["cascade", "--cheap", "small", "--full", "model", "--data", "IN:table", "--target", "bad"],
    "promote": ["promote", "IN:model", "--as", "champion", "--because", "a test", "--store", "STORE"],
    "sign": ["sign", "IN:model", "--key", "private"],
    "sign with": ["sign", "model", "--key", "IN:private"],
    "sign new": ["sign", "--new", "--key", "OUT:"],
    "sync": ["sync", "IN:report", "--store", "STORE"],
    "serve": ["serve", "--model", "IN:model"],
    "serve for": ["serve", "--model", "model", "--require-signature", "IN:key"],
    "serve beside": ["serve", "--model", "model", "--challenger", "IN:model"],
    "synth into": ["synth", "--rows", "10", "--output", "OUT:"],
    "schema into": ["schema", "--output", "OUT:"],
    "fetch into": ["data", "fetch", "taiwan-credit", "--output", "OUT:"],
}


MONTHLY = """
name = "monthly"
policy = { approval_rate = 0.8, grade_edges = [0.1] }
scorers = [{ name = "card", kind = "scorecard" }]
[data]
path = "table"
target = "bad"
id = "loan"
[data.history]
path = "months"
time = "day"
months = 1
columns = ["income"]
"""


@pytest.fixture(scope="module")
def good(fitted, development, tmp_path_factory):
    """What each command would take."""
    place = tmp_path_factory.mktemp("good")
    scorer = fitted("lgbm")
    bundle.save(packed(scorer), place / "model")
    bundle.save(packed(scorer.refit(development, scorer.features[1:])), place / "small")
    (place / "native").write_bytes(scorer.files()["model.txt"])
    table = applications(300, 4)
    pq.write_table(table.append_column("bad", [drawn(300, 4).default]), place / "table")
    signature.new_keys(place / "private")
    (place / "key").write_bytes((place / "private.pub").read_bytes())
    (place / "run").write_text(toml(path='"table"', target='"bad"'))
    pq.write_table(table.select(["loan", "income"]).append_column("day", [["2024-05"] * 300]), place / "months")
    (place / "monthly").write_text(MONTHLY)
    return place


def fifo(path):
    os.mkfifo(path)
    return path


def loop(path):
    path.symlink_to(path)
    return path


def listening(path):
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path)[-100:] if len(str(path)) > 100 else str(path))
    return path


def holding(content):
    def made(path):
        path.write_bytes(content)
        return path

    return made


def folder_of(content):
    def made(path):
        path.mkdir()
        (path / "manifest.json").write_bytes(content)
        (path / "run.json").write_bytes(content)
        return path

    return made


def folder_with_a_pipe(path):
    path.mkdir()
    for name in ("manifest.json", "run.json", "a.csv"):
        os.mkfifo(path / name)
    return path


NOISE = np.random.default_rng(0).bytes(5000)
BAD_INPUTS = {
    "absent": lambda path: path / "none",
    "a pipe": fifo,
    "an endless device": lambda _: Path("/dev/zero"),
    "an empty device": lambda _: Path("/dev/null"),
    "a link to itself": loop,
    "an empty folder": lambda path: path.mkdir() or path,
    "a folder of nonsense": folder_of(b"{"),
    "a folder of a number": folder_of(b"3"),
    "a folder of deep JSON": folder_of(b"[" * 100_000),
    "a folder with a pipe": folder_with_a_pipe,
    "nothing": holding(b""),
    "noise": holding(NOISE),
    "a pickle": holding(pickle.dumps({"a": 1})),
    "half a Parquet": holding(b"PAR1" + NOISE),
    "half a gzip": holding(b"\x1f\x8b\x08\x00" + NOISE),
    "half a tree": holding(b"tree\nversion=v4\n"),
    "JSON of another thing": holding(b'{"a": 1, "bad": [1]}'),
    "deep JSON": holding(b"[" * 200_000),
    "UTF-16": holding("a,b\n1,2\n".encode("utf-16")),
    "a long name": lambda path: path / ("x" * 300),
    "a NUL byte": lambda path: f"{path}\0x",
    "no text": lambda _: "\udcff\udcfe",
    "s3": lambda _: "s3://bucket/key",
    "a file address": lambda path: f"file://{path}",
    "no model": lambda _: "models:/none@champion",
    "no version": lambda _: "models:/none/1",
    "half an address": lambda _: "models:/",
    "no run": lambda _: "runs:/abc/model",
    "an odd address": lambda _: "models:/../../x@y",
}
BAD_OUTPUTS = {
    "below a file": lambda path: holding(b"x")(path) / "out",
    "a pipe": fifo,
    "a device": lambda _: Path("/dev/full"),
    "below /proc": lambda _: Path("/proc/none/out"),
    "a link to itself": lambda path: loop(path) / "out",
    "a long name": lambda path: path / ("x" * 300),
    "a NUL byte": lambda path: f"{path}\0x",
    "s3": lambda _: "s3://bucket/key",
    "a file address": lambda path: f"file://{path}",
    "another's folder": folder_of(b"{"),
    "nothing": lambda _: "",
}


@pytest.fixture(autouse=True)
def in_time():
    """A command that waits for a pipe would wait for ever."""

    def late(*_):
        raise TimeoutError("took too long")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def listed(folder):
    """What stands there, and what is in it; pipes are not opened."""
    return {
        path: (path.is_file() and not path.is_symlink() and path.read_bytes()) for path in sorted(folder.rglob("*"))
    }


def arguments(way, good, tmp_path, bad):
    """The command line of a way, with one bad path in it."""
    given = []
    for word in WAYS[way]:
        name = word.partition(":")[2]
        if word.startswith("IN:") or word == "OUT:":
            given.append(bad)
        elif word == "OUT":
            given.append(tmp_path / "out")
        elif word == "STORE":
            given.append(f"sqlite:///{tmp_path / 'mlflow.db'}")
        else:
            given.append(good / word if (good / word).exists() and not name else word)
    return given


def refused(riskmodel, tmp_path, given):
    before = listed(tmp_path)
    code, out, err = riskmodel("--quiet", *given)
    assert code == 1, (code, out, err)
    assert out == ""
    assert err.count("\n") == 1, err
    assert "riskmodel's own" not in err
    assert "Traceback" not in err
    assert len(err) < 1200
    return listed(tmp_path).keys() - before.keys()


STORES = {"mlflow.db", "mlartifacts"}  # a store is made before a model is looked for in it


@pytest.mark.parametrize("bad", BAD_INPUTS)
@pytest.mark.parametrize("way", [way for way, words in WAYS.items() if any(w.startswith("IN:") for w in words)])
def test_a_bad_input_is_one_line(riskmodel, good, tmp_path, monkeypatch, way, bad):  # noqa: PLR0917
    monkeypatch.chdir(tmp_path)
    new = refused(riskmodel, tmp_path, arguments(way, good, tmp_path, BAD_INPUTS[bad](tmp_path / "bad")))
    assert {path.name for path in new} <= STORES


@pytest.mark.parametrize("bad", BAD_OUTPUTS)
@pytest.mark.parametrize("way", [way for way, words in WAYS.items() if "OUT:" in words])
def test_a_bad_output_is_one_line(riskmodel, good, tmp_path, monkeypatch, way, bad):  # noqa: PLR0917
    monkeypatch.chdir(tmp_path)
    new = refused(riskmodel, tmp_path, arguments(way, good, tmp_path, BAD_OUTPUTS[bad](tmp_path / "bad")))
    assert {path.name for path in new} <= STORES


STORE_WAYS = {
    "train": ["train", "run", "--output", "OUT"],
    "promote": ["promote", "model", "--as", "champion", "--because", "a test", "--name", "x"],
    "rollback": ["rollback", "x"],
    "score": ["score", "--model", "models:/x@champion", "--input", "table", "--output", "OUT"],
    "export": ["export", "models:/x@champion", "--output", "OUT"],
    "serve": ["serve", "--model", "models:/x@champion"],
    "ui": ["ui"],
}
BAD_STORES = {
    "no address": "nonsense",
    "nothing": "",
    "a folder": "./mlruns",
    "a missing driver": "mssql://u:secret@127.0.0.1:1/x",
    "nobody there": "postgresql://u:secret@127.0.0.1:1/x",
    "no folder": "sqlite:////none/there/x.db",
    "no database": "sqlite:///noise.db",
    "a NUL byte": "sqlite:///a\0b",
    "an odd port": "http://127.0.0.1:99999999/",
}


@pytest.mark.slow
@pytest.mark.parametrize("bad", BAD_STORES)
@pytest.mark.parametrize("way", STORE_WAYS)
def test_a_bad_store_is_one_line_without_its_password(riskmodel, good, tmp_path, monkeypatch, way, bad):  # noqa: PLR0917
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    (tmp_path / "noise.db").write_bytes(NOISE)
    given = [
        good / word if (good / word).exists() else tmp_path / "out" if word == "OUT" else word
        for word in STORE_WAYS[way]
    ]
    code, out, err = riskmodel("--quiet", *given, "--store", BAD_STORES[bad])
    assert (code, err.count("\n")) == (1, 1), err
    assert "secret" not in out + err
    assert not (tmp_path / "out").exists()


def test_every_command_is_tried():
    tried = {words[0] for words in (*WAYS.values(), *STORE_WAYS.values())}
    assert tried == set(cli.cli.commands)
