"""What `riskmodel prune` prints: every size with its figures uncut, what was reached, and where the files lie."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from stand_in_frontiers import stand_in_frontier

from riskmodel.cli.render import prune


@pytest.fixture
def frontier():
    return stand_in_frontier()


def printed(frontier, **options):
    console = Console(width=80, record=True, file=io.StringIO())
    prune.summary(frontier, Path("out/small.txt"), console, **options)
    return console.export_text()


def test_every_size_stands_with_its_figures(frontier):
    text = printed(frontier)
    for point in frontier.points:
        line = next(line for line in text.splitlines() if line.split()[:1] == [point.name])
        assert f"{point.leaves:,}" in line
        assert f"{point.auc.value:.4f}".rstrip("0") in line
        assert "…" not in line
        assert len(line.rstrip()) <= 80


def test_the_files_are_named_or_how_to_have_them(frontier):
    assert "Model: out/small.txt" in printed(frontier)
    unwritten = printed(replace(frontier, confirmed=False), written=False)
    assert "--anyway writes it" in unwritten
    assert "Model:" not in unwritten


def test_a_program_reads_the_verdict_and_its_bounds(frontier):
    answer = json.loads(prune.as_json(frontier, Path("small.txt")))
    auc = frontier.change.differences["auc"]
    assert answer["change"]["auc"] == {
        "verdict": str(auc.verdict),
        "delta": auc.delta,
        "lower": auc.lower,
        "upper": auc.upper,
        "margin": auc.margin,
    }
    assert answer["leaves"] == {"before": 1000, "after": 100}
    assert (answer["chosen"], answer["confirmed"]) == ("level_scaling@0.1", True)
    assert answer["output"] == "small.txt"
