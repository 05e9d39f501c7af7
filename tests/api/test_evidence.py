"""A smaller model with its evidence: table, sentence, chart and page are of the same points."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from stand_in_frontiers import stand_in_frontier

from riskmodel.api.evidence import PrunedModel
from riskmodel.core import Verdict
from riskmodel.errors import DataError

FRONTIER = stand_in_frontier()
MADE = PrunedModel("a model", FRONTIER, None, "<html>the page</html>")


def test_the_table_has_every_size_the_given_model_first():
    table = MADE.table()
    assert table["name"].tolist() == [one.name for one in FRONTIER.points]
    assert table["leaves"].tolist() == [one.leaves for one in FRONTIER.points]
    assert {"auc", "delta_auc", "delta_low", "verdict"} <= set(table.columns)


def test_it_is_confirmed_as_its_evidence_is():
    assert MADE.confirmed is FRONTIER.confirmed
    inferior = {"auc": replace(FRONTIER.change.differences["auc"], verdict=Verdict.INFERIOR)}
    other = replace(FRONTIER, change=replace(FRONTIER.change, differences=inferior))
    assert PrunedModel(None, other, None, "").confirmed is other.confirmed


def test_why_is_what_was_reached_or_the_figures_of_one_size():
    assert MADE.why() == FRONTIER.reached == str(MADE)
    sentence = MADE.why("level_scaling@0.1")
    assert sentence.startswith("level_scaling@0.1: 100 leaves, 10 trees; AUC 0.77")
    assert "lower bound" in sentence
    assert sentence.endswith(f"{FRONTIER.points[4].verdict}.")


def test_a_size_that_was_not_tried_is_refused_with_those_that_were():
    with pytest.raises(DataError, match=r"name must be among given, level_scaling@0\.5, .*, however: 'tiny'"):
        MADE.why("tiny")


def test_the_chosen_size_stands_out_in_a_notebook():
    html = MADE._repr_html_()
    assert "<th>level_scaling@0.1</th>" in html
    assert "<td>given</td>" in html
    assert html.count("<tr>") == 1 + len(FRONTIER.points)


def test_the_chart_is_a_document_of_its_own():
    assert ElementTree.fromstring(MADE.plot().svg).tag.endswith("svg")  # noqa: S314 - drawn a line before


def test_the_page_is_written_whole_and_only_as_html(tmp_path):
    assert MADE.report(tmp_path / "small.html").read_text() == "<html>the page</html>"
    for name in ("small.pdf", "small"):
        with pytest.raises(DataError, match=r"must end in \.html, however: (\.pdf|nothing)"):
            MADE.report(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["small.html"]


def test_what_small_changes_turn_is_that_of_the_evidence():
    assert MADE.small_changes == FRONTIER.small_changes
