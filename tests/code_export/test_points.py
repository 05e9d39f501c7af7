"""A booster of small trees as points: whoever adds up the lines of the CSV decides as the model does."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
from code_export.cases import POLICY, saved
from samples import FEATURES, drawn

from riskmodel import pruning
from riskmodel.core import Calibration
from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.workflows.code_export import points_export


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(points_export, "MADE_UP", 3_000)


@pytest.fixture
def small(fitted, development):
    """A booster of at most two features a tree."""
    pruner, scorer = pruning.make("max_interaction", {}), fitted("lgbm")
    cut = pruner.apply(pruner.plan(scorer, development, 0.5), scorer, development)
    return replace(cut, calibration=Calibration(-0.2, 1.1))


def holds(row, suffix, values):
    """Whether the condition of a line holds, as a person reads it."""
    name, kind = row[f"feature{suffix}"], row[f"kind{suffix}"]
    if not name:
        return True
    value, column = values[name], next(one for one in FEATURES if one.name == name)
    if kind == "missing":
        return np.isnan(value)
    if kind == "other":
        return not np.isnan(value)
    if kind == "category":
        return not np.isnan(value) and row[f"category{suffix}"] == dict(enumerate(column.categories)).get(int(value))
    low, high = (float(row[f"{end}{suffix}"] or edge) for end, edge in (("above", "-inf"), ("up_to", "inf")))
    return not np.isnan(value) and low < value <= high


def test_the_lines_of_the_csv_add_up_to_the_decisions_of_the_model(small, tmp_path):
    output = tmp_path / "card.csv"
    certificate = points_export.export_points(saved(small, tmp_path / "bundle"), output)
    lines = list(csv.DictReader(output.read_text().splitlines()))
    sample = drawn(250, 31).matrix
    sample[::9, :] = np.nan
    at = certificate["points"]["at"]
    for row, pd in zip(sample, small.pd(sample), strict=True):
        values = dict(zip((column.name for column in FEATURES), row, strict=True))
        first = {}
        for line in lines:
            if holds(line, "", values) and holds(line, "_2", values):
                first.setdefault(line["table"], float(line["points"]))
        assert set(first) == {line["table"] for line in lines}
        points = sum(first.values())
        decision = "decline" if points <= at["declined"] else "refer" if points <= at["referred"] else "approve"
        assert decision == POLICY.decision(pd)
    assert certificate["parity"]["differing_answers"] == 0
    assert certificate["pd_monotone_in"]["months"] == -1  # as it was trained to be
    assert certificate == json.loads((tmp_path / "card.csv.json").read_bytes())
    page = (tmp_path / "card.csv.html").read_text()
    assert "everybody" in page
    assert "declined" in page
    decimals = certificate["points"]["decimals"]
    for line in lines:
        assert f"<td>{float(line['points']):.{decimals}f}</td>" in page
    for exact in at.values():  # rounded down: a sum at or below the exact figure is at or below the printed one
        unit = 10**decimals
        assert f"<td>{np.floor(exact * unit) / unit:.{decimals}f}</td>" in page


def test_decimals_are_as_few_as_decisions_need(small, tmp_path, monkeypatch):
    folder = saved(small, tmp_path / "bundle")
    needed = points_export.export_points(folder, tmp_path / "a.csv")["points"]["decimals"]
    assert needed > 0  # whole points turn some of 3,000 rows around the splits
    monkeypatch.setattr(points_export, "DECIMALS", range(needed))
    with pytest.raises(RiskModelError, match="points must decide as score does, however: with"):
        points_export.export_points(folder, tmp_path / "b.csv")
    assert not list(tmp_path.glob("b.csv*"))


def test_trees_of_many_features_and_what_has_none_are_refused(fitted, tmp_path):
    with pytest.raises(UnsupportedScorer, match="trees of at most two features"):
        points_export.export_points(saved(fitted("lgbm"), tmp_path / "one"), tmp_path / "a.csv")
    with pytest.raises(UnsupportedScorer, match="must be a sum of trees"):
        points_export.export_points(saved(fitted("mlp"), tmp_path / "two"), tmp_path / "a.csv")


def test_from_the_command_line(riskmodel, small, tmp_path):
    folder = saved(small, tmp_path / "bundle")
    code, out, err = riskmodel("--quiet", "export", folder, "--format", "scorecard", "--output", tmp_path / "card.csv")
    assert (code, err) == (0, "")
    assert "every decision and grade is that of score" in out.replace("\n", " ")
    code, _, err = riskmodel(
        "export", folder, "--format", "scorecard", "--missing", "-9", "--output", tmp_path / "card.csv"
    )
    assert code == 2
