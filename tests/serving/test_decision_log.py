"""The log grows by whole lines: all of a batch or none, after whatever a crash has left."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.serving.decision_log import DecisionLog


@dataclass
class Answer:
    as_json: dict


def answers(*names):
    return [(1_700_000_000.25 + i, Answer({"id": name})) for i, name in enumerate(names)]


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def log(tmp_path):
    return DecisionLog(tmp_path / "decisions.jsonl")


def test_a_line_says_what_was_answered_and_when_in_utc(log):
    log.write(answers("a"))
    assert lines(log.path) == [{"time": "2023-11-14T22:13:20.250+00:00", "id": "a"}]
    assert datetime.fromisoformat(lines(log.path)[0]["time"]).timestamp() == 1_700_000_000.25


@given(st.lists(st.lists(st.text(max_size=5), max_size=3), max_size=4))
@settings(max_examples=15)
def test_batches_follow_each_other(tmp_path_factory, batches):
    log = DecisionLog(tmp_path_factory.mktemp("log") / "decisions.jsonl")
    for batch in batches:
        log.write(answers(*batch))
    found = lines(log.path) if log.path.exists() else []
    assert [line["id"] for line in found] == [name for batch in batches for name in batch]


def test_a_line_that_was_cut_off_stays_and_spoils_no_other(log):
    log.path.write_bytes(b'{"id": "wh')
    log.write(answers("a", "b"))
    first, *rest = log.path.read_text().splitlines()
    assert first == '{"id": "wh'
    assert [json.loads(line)["id"] for line in rest] == ["a", "b"]


def test_a_file_that_was_moved_away_begins_anew(log):
    log.write(answers("a"))
    log.path.rename(log.path.with_suffix(".1"))
    log.write(answers("b"))
    assert [line["id"] for line in lines(log.path)] == ["b"]


def test_what_json_has_not_is_not_written_and_nothing_of_its_batch(log):
    log.write(answers("a"))
    with pytest.raises(ValueError, match="JSON compliant"):
        log.write([*answers("b"), (0.0, Answer({"pd": float("nan")}))])
    assert [line["id"] for line in lines(log.path)] == ["a"]


class Full:
    """A file on a disk with room for `room` bytes, which takes three at a time."""

    def __init__(self, file, room):
        self.file, self.room = file, room

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()

    def __getattr__(self, name):
        return getattr(self.file, name)

    def write(self, content):
        if self.room <= 0:
            raise OSError(28, "No space left on device")
        taken = self.file.write(content[: min(3, self.room)])
        self.room -= taken
        return taken


@pytest.mark.parametrize("room", [0, 1, 7])
def test_a_full_disk_leaves_none_of_a_batch(log, room, monkeypatch):
    log.write(answers("a"))
    before, opened = log.path.read_bytes(), Path.open
    with monkeypatch.context() as full:
        full.setattr(Path, "open", lambda *args, **more: Full(opened(*args, **more), room))
        with pytest.raises(OSError, match="No space left"):
            log.write(answers("b", "c"))
    assert log.path.read_bytes() == before


def test_a_disk_that_takes_little_at_a_time_gets_all_of_it(log, monkeypatch):
    opened = Path.open
    with monkeypatch.context() as slow:
        slow.setattr(Path, "open", lambda *args, **more: Full(opened(*args, **more), 10_000))
        log.write(answers("a", "b"))
    assert [line["id"] for line in lines(log.path)] == ["a", "b"]
