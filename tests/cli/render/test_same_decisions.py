"""What `riskmodel prune --same-decisions` prints: every size, the price, and where the files lie."""

import json
from pathlib import Path

import pytest
from stand_in_decisions import stand_in_decisions

from riskmodel.cli.render import same_decisions


@pytest.fixture
def printed(capsys, monkeypatch):
    """The text of an answer in a terminal of 80 columns, or as JSON."""
    monkeypatch.setenv("COLUMNS", "80")

    def show(answer, *, as_json=False, written=True):
        same_decisions.show(answer, Path("out/small.txt"), as_json=as_json, written=written)
        return capsys.readouterr().out

    return show


def test_every_size_stands_with_its_turned_decisions_and_bound(printed):
    answer = stand_in_decisions()
    lines = printed(answer).splitlines()
    for point in answer.points:
        cells = next(line.split() for line in lines if line.split()[:1] == [point.name])
        same = point.agreement
        assert cells == [
            point.name,
            f"{point.leaves:,}",
            f"{same.turned:,}",
            f"{same.share:.3%}",
            f"{same.lower:.3%}",
            "0.0020",
        ]


def test_what_was_reached_its_price_and_the_files_are_told_whole(printed):
    answer = stand_in_decisions()
    text = printed(answer)
    assert answer.reached in text
    assert answer.price in text
    assert "Model: out/small.txt" in text
    withheld = printed(answer, written=False)
    assert "No model is written; --anyway writes it." in withheld
    assert "Model:" not in withheld


def test_a_program_reads_test_and_not_selection(printed):
    answer = stand_in_decisions()
    data = json.loads(printed(answer, as_json=True))
    same = answer.tested[1].agreement
    assert data["same_decisions"] == {
        "asked": 0.998, "cutoff": 0.2, "rows": 5_000, "turned": 3, "alike": same.share, "lower": same.lower,
        "everyone": False,
    }  # fmt: skip
    assert (data["leaves"], data["trees"]) == ({"before": 1_000, "after": 250}, {"before": 100, "after": 25})
    assert (data["chosen"], data["confirmed"], data["output"]) == ("cut@0.25", True, "out/small.txt")
    assert data["small_changes"] == {"verdict": "NOT EVALUATED", "reason": "It was not asked."}
