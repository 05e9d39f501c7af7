"""The audit grows and does nothing else: what is changed, taken out, put in or cut off is noticed."""

import json
from datetime import datetime

import pytest

from riskmodel.errors import RiskModelError
from riskmodel.tracking import audit
from riskmodel.tracking.audit import FIRST, Audit


@pytest.fixture
def trail(tmp_path):
    written = Audit(tmp_path / "audit.jsonl")
    with written.held():
        for version in ("1", "2", "3"):
            written.append({"model": "loans", "version": version, "because": "drill\n☂"})
    return written


def test_each_line_names_the_one_before_who_and_when(trail):
    entries = trail.entries()
    assert [entry["number"] for entry in entries] == [1, 2, 3]
    assert [entry["before_sha256"] for entry in entries] == [FIRST, entries[0]["sha256"], entries[1]["sha256"]]
    assert all(entry["who"] and entry["time"].endswith("+00:00") for entry in entries)
    assert len(trail.path.read_text().splitlines()) == 3


def test_a_new_line_leaves_the_old_ones_as_they_are(trail):
    before = trail.path.read_bytes()
    trail.append({"model": "loans"})
    assert trail.path.read_bytes().startswith(before)


def test_a_clock_that_is_set_back_changes_no_order(trail, monkeypatch):
    class Earlier(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2001, 1, 1, tzinfo=tz)

    monkeypatch.setattr(audit, "datetime", Earlier)
    trail.append({"model": "loans", "version": "4"})
    assert [entry["version"] for entry in trail.entries()] == ["1", "2", "3", "4"]
    assert trail.entries()[-1]["time"] < trail.entries()[0]["time"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda lines: [lines[0].replace('"version":"1"', '"version":"9"'), *lines[1:]], "line 1 is not what"),
        (lambda lines: [lines[0], lines[2]], "line 2 is not what"),
        (lambda lines: [lines[1], lines[0], lines[2]], "line 1 is not what"),
        (lambda lines: [lines[0], lines[0], *lines[1:]], "line 2 is not what"),
        (lambda lines: [lines[0].replace(",", ", ", 1), *lines[1:]], "line 1 is not what"),
        (lambda lines: ["[1]\n", *lines], "line 1 is damaged"),
        (lambda lines: [*lines[:2], lines[2][:-9]], "the last line is torn"),
    ],
)
def test_a_changed_line_stops_the_next(trail, change, message):
    trail.path.write_text("".join(change(trail.path.read_text().splitlines(keepends=True))))
    changed = trail.path.read_bytes()
    with pytest.raises(RiskModelError, match=message):
        trail.append({"model": "loans"})
    assert trail.path.read_bytes() == changed


def test_mlflow_is_told_what_it_lacks_and_notices_a_cut(trail, store):
    store.client.create_registered_model("loans")
    audit.compared(trail, store, "loans")
    tags = store.client.get_registered_model("loans").tags
    assert [json.loads(tags[f"audit.{number:06d}"])["version"] for number in (1, 2, 3)] == ["1", "2", "3"]
    lines = trail.path.read_text().splitlines(keepends=True)
    trail.path.write_text("".join(lines[:2]))
    assert len(trail.entries()) == 2  # the chain alone does not tell
    with pytest.raises(RiskModelError, match=r"must have loans's audit\.000003 as MLflow has it"):
        audit.compared(trail, store, "loans")
    trail.path.unlink()
    with pytest.raises(RiskModelError, match="as MLflow has it"):
        audit.compared(trail, store, "loans")
