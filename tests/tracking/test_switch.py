"""Aliases follow promotions and rollbacks; what is not confirmed needs a reason; every switch leaves its line."""

import json

import pytest
from batch.books import packed

from riskmodel import bundle
from riskmodel.core import Calibration
from riskmodel.errors import RiskModelError
from riskmodel.tracking import Audit, model, switch
from riskmodel.tracking.evidence import FILE
from riskmodel.tracking.model import ModelNotes


@pytest.fixture
def trail(tmp_path):
    return Audit(tmp_path / "audit.jsonl")


@pytest.fixture
def versions(store, fitted, tmp_path):
    """Three of one name: by a run that confirmed it, by one that found it inconclusive, and by nobody's."""
    numbers = []
    for i, verdict in enumerate(("non-inferior", "inconclusive", None)):
        scorer = fitted("scorecard").recalibrated(Calibration(i / 10, 1.0))
        bundle.save(packed(scorer), tmp_path / str(i))
        tags = {}
        if verdict is not None:
            parent = store.client.create_run(store.experiment("loans")).info.run_id
            said = {"verdict": verdict, "decided_by": "auc", "p_value": 0.01, "lower": -0.0026, "margin": 0.005}
            choice = {"champion": "xgb", "chosen": "small", "test": {"small": said}}
            store.client.log_text(parent, json.dumps(choice), FILE)
            tags = {"mlflow.parentRunId": parent}
        run = store.client.create_run(store.experiment("loans"), tags=tags).info.run_id
        logged = model.log_model(store, run, tmp_path / str(i), "riskmodel.workflows.pyfunc")
        words = ModelNotes("Loans.", "AUC on test 0.7900.", {"variant": "small"})
        numbers.append(model.register(store, "loans", logged, words).rpartition("/")[2])
    return [switch.version_at(store, "loans", number) for number in numbers]


def test_the_confirmed_one_is_promoted_with_its_evidence(store, trail, versions):
    entry = switch.promote(store, trail, versions[0], "champion")
    assert switch.aliases_of(store, "loans") == {"champion": "1"}
    made = store.client.get_model_version("loans", "1")
    assert "small against xgb on the test sample: non-inferior" in made.description
    assert made.description.startswith("AUC on test 0.7900.")
    assert "Promote to champion at" in made.description
    assert (made.tags["confirmed"], made.tags["lower"], made.tags["margin"]) == ("true", "-0.0026", "0.005")
    assert (entry["confirmed"], entry["before_version"]) == (True, None)
    assert entry["bundle_sha256"] == versions[0].tags["bundle_sha256"]


@pytest.mark.parametrize("place", [1, 2])
def test_without_confirmation_a_reason_is_due_and_recorded(store, trail, versions, place):
    for reason in ("", "  "):
        with pytest.raises(RiskModelError, match=rf"models:/loans/{place + 1}: must be confirmed by the test"):
            switch.promote(store, trail, versions[place], "challenger", reason)
    assert (switch.aliases_of(store, "loans"), trail.entries()) == ({}, [])
    switch.promote(store, trail, versions[place], "challenger", "asked for by the committee")
    [entry] = trail.entries()
    assert (entry["because"], entry["confirmed"]) == ("asked for by the committee", False)
    assert store.client.get_model_version("loans", str(place + 1)).tags["confirmed"] == "false"


def test_a_rollback_brings_the_earlier_hash_back_once(store, trail, versions):
    switch.promote(store, trail, versions[0], "champion")
    switch.promote(store, trail, versions[1], "challenger", "shadow")
    switch.promote(store, trail, versions[1], "champion", "drill")
    assert switch.aliases_of(store, "loans") == {"champion": "2", "previous": "1"}
    entry = switch.rollback(store, trail, "loans", "it rang")
    assert switch.aliases_of(store, "loans") == {"champion": "1"}
    assert entry["bundle_sha256"] == versions[0].tags["bundle_sha256"]
    assert entry["before_bundle_sha256"] == versions[1].tags["bundle_sha256"]
    with pytest.raises(RiskModelError, match="no earlier champion"):
        switch.rollback(store, trail, "loans")
    assert [e["action"] for e in trail.entries()] == ["promote", "promote", "promote", "rollback"]


def test_what_has_the_alias_already_changes_nothing(store, trail, versions):
    switch.promote(store, trail, versions[0], "champion")
    assert switch.promote(store, trail, versions[0], "champion") is None
    with pytest.raises(RiskModelError, match="must be another than the champion"):
        switch.promote(store, trail, versions[0], "challenger")
    assert len(trail.entries()) == 1


def test_a_damaged_audit_lets_nothing_be_switched(store, trail, versions):
    switch.promote(store, trail, versions[0], "champion")
    trail.path.write_text(trail.path.read_text().replace("loans", "boats"))
    with pytest.raises(RiskModelError, match="line 1 is not what was written"):
        switch.promote(store, trail, versions[1], "champion", "drill")
    assert switch.aliases_of(store, "loans") == {"champion": "1"}


def test_a_switch_that_fails_says_so_in_the_audit(store, trail, versions, monkeypatch):
    def refuse(*_):
        raise ConnectionError("gone")

    monkeypatch.setattr(store.client, "set_registered_model_alias", refuse)
    with pytest.raises(ConnectionError):
        switch.promote(store, trail, versions[0], "champion")
    assert [e["action"] for e in trail.entries()] == ["promote", "promote failed"]


def test_a_version_is_known_by_its_bytes(store, versions, tmp_path):
    assert switch.version_of(store, bundle.read(tmp_path / "1")) == versions[1]
    assert switch.version_of(store, bundle.read(tmp_path / "1"), "boats") is None
