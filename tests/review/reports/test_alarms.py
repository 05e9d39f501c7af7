"""A monitoring job tells the machine that started it whether an alarm rings."""

import json

import pytest

from riskmodel.review.dossier import assess
from riskmodel.review.evidence.subject import Earlier
from riskmodel.review.pages.change import save
from riskmodel.review.reports import alarms, change

RECORD = {"policy": "given", "data": {"since": "2024-06-01", "sha256": "ab" * 32}}


@pytest.fixture(scope="module")
def reviewed(subject):
    """The same rows later, calm and shifted."""
    from dataclasses import replace

    from riskmodel.evaluation.thresholds import standard

    def made(shift):
        then, now = subject(rows=900, seed=3, harm=False), subject(rows=900, seed=4, harm=False)
        for side in now.sides:
            side.matrix[:, 0] += shift
        earlier = Earlier(*then.sides, then.default, "rows before 2024-06-01")
        return change.memo(assess(replace(now, earlier=earlier), standard()), RECORD)

    return {"calm": made(0.0), "shifted": made(2.0)}


def test_a_failure_rings_and_is_listed_first(reviewed):
    raised = alarms.alarms(reviewed["shifted"])
    assert raised["rings"] is True
    assert raised["alarms"][0]["verdict"] == "fail"
    assert (raised["since"], raised["data_sha256"], raised["rows"]) == ("2024-06-01", "ab" * 32, 900)


def test_attention_is_listed_and_does_not_ring(reviewed):
    calm = reviewed["calm"]
    only = [{**reviewed["shifted"]["monitoring"]["alarms"][0], "verdict": "attention"}]
    assert alarms.rings(calm) is False
    assert alarms.rings({**calm, "monitoring": {**calm["monitoring"], "alarms": only}}) is False


def test_the_file_lies_beside_the_page_where_earlier_rows_are_at_hand(reviewed, subject, limits, tmp_path):
    save(reviewed["shifted"], tmp_path / "month.html")
    assert json.loads((tmp_path / "month.alarms.json").read_bytes())["rings"] is True
    bare = change.memo(assess(subject(rows=400, harm=False), limits), RECORD)
    save(bare, tmp_path / "bare.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "bare.html", "bare.json", "month.alarms.json", "month.html", "month.json"
    ]  # fmt: skip
