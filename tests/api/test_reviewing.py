"""A reviewed change as data: verdict, table, sentence, page and JSON are those of the review."""

import json
from xml.etree import ElementTree

import pytest

from riskmodel.api.reviewing import ReviewedChange
from riskmodel.errors import DataError

ROW = {"delta": -0.001, "lower": -0.003, "upper": 0.001, "margin": 0.005, "verdict": "non-inferior"}
SEVERITIES = ("high", "medium", "low", "low", "info", "info")
DATA = {
    "verdict": "non-inferior",
    "changed": "12 of <900> decisions",
    "change": {"auc": ROW, "brier": {**ROW, "delta": 0.0, "verdict": "inconclusive"}, "rows": 900},
    "findings": [
        {"severity": s, "statement": f"{s} one & only"} for s in ("high", "medium", "low", "low", "info", "info")
    ],
}
MADE = ReviewedChange(DATA, '<html>a "page"</html>')


def test_the_table_has_a_row_a_figure_and_nothing_else():
    table = MADE.table()
    assert table["figure"].tolist() == ["auc", "brier"]
    assert table["verdict"].tolist() == ["non-inferior", "inconclusive"]


def test_one_figure_is_a_sentence_with_its_bounds():
    due = "auc is non-inferior: -0.00100, 95 % bounds -0.00300 and +0.00100, margin 0.005."
    assert MADE.why() == MADE.why("auc") == due


@pytest.mark.parametrize(("data", "listed"), [(DATA, "auc, brier"), ({**DATA, "change": {"rows": 9}}, "none")])
def test_a_figure_that_was_not_evaluated_is_refused(data, listed):
    with pytest.raises(DataError, match=f"^name must be among {listed}, however: 'rows'$"):
        ReviewedChange(data, "").why("rows")


def test_in_words_it_is_the_verdict_and_the_three_gravest_findings():
    lines = str(MADE).splitlines()
    assert lines[0] == "non-inferior: 12 of <900> decisions"
    assert [line.split()[0] for line in lines[1:]] == ["high", "medium", "low"]


def test_a_notebook_shows_five_findings_as_text():
    html = MADE._repr_html_()
    assert "12 of &lt;900&gt; decisions" in html
    assert html.count("<tr>") == 1 + 5
    assert "high one &amp; only" in html


def test_the_page_and_the_json_beside_it(tmp_path):
    place = MADE.report(tmp_path / "change.html")
    assert place.read_text() == MADE.html
    assert json.loads((tmp_path / "change.json").read_bytes()) == DATA
    with pytest.raises(DataError, match=r"must end in \.html"):
        MADE.report(tmp_path / "change.txt")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["change.html", "change.json"]


def test_shown_it_is_the_page_in_a_frame(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    MADE.show()
    assert 'srcdoc="&lt;html&gt;a &quot;page&quot;' in shown[0].data


def test_the_chart_is_a_document_of_its_own():
    assert ElementTree.fromstring(MADE.plot().svg).tag.endswith("svg")  # noqa: S314 - drawn a line before


def test_findings_and_verdict_are_those_of_the_data():
    assert MADE.findings is DATA["findings"]
    assert MADE.verdict == "non-inferior"
