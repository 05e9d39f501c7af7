"""`riskmodel synth`: counts as people write them, settings as they are, and a rate that is reached."""

import pytest
from cli.commands.recorder import recorded

from riskmodel.datasets.synthetic import World


@pytest.fixture
def made(monkeypatch):
    recorded(monkeypatch, "riskmodel.workflows.synth.in_words", "in words")
    return recorded(monkeypatch, "riskmodel.workflows.synth.synth", {})


@pytest.mark.parametrize(("text", "rows"), [("5000", 5000), ("1e6", 1_000_000), ("2.5e3", 2500), ("1", 1)])
def test_a_count_may_be_written_with_an_exponent(text, rows, made, riskmodel):
    assert riskmodel("synth", "--rows", text, "--output", "folder")[0] == 0
    assert made.arguments[:3] == (rows, 0, World(40))


@pytest.mark.parametrize("text", ["0", "-5", "1.5", "many", "inf", "nan", "1e999", ""])
def test_what_is_no_count_is_refused(text, made, riskmodel):
    code, _, err = riskmodel("synth", f"--rows={text}", "--output", "folder")
    assert code == 2
    assert "must be a whole number of at least 1, such as 5000 or 1e6" in " ".join(err.split())
    assert made.calls == []


def test_every_setting_of_the_world_is_handed_on(made, riskmodel):
    line = ["--features", "20", "--gap", "0.3", "--drift", "0.1", "--shift", "0.2", "--noise", "0.05"]
    line += ["--missing", "2", "--returning", "0.25", "--duplicates", "0.01", "--leak", "--seed", "7"]
    assert riskmodel("synth", "--rows", "100", "--out", "folder", *line)[0] == 0
    due = World(20, gap=0.3, drift=0.1, shift=0.2, noise=0.05, missing=2, returning=0.25, duplicates=0.01, leak=True)
    assert made.arguments[1:3] == (7, due)


def test_a_rate_moves_the_world_until_it_is_reached(made, riskmodel):
    assert riskmodel("synth", "--rows", "100", "--out", "folder", "--target-rate", "0.3")[0] == 0
    assert made.arguments[2] != World(40)
