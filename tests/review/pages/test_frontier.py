"""The curve and the page of one pruned model show its figures, in words that cannot be markup."""

from dataclasses import replace

import pytest
from markupsafe import escape

from riskmodel.core import Change, Interval, Verdict
from riskmodel.evaluation.change.certificate import Certificate
from riskmodel.evaluation.change.comparison import judge
from riskmodel.evaluation.change.fidelity import Fidelity
from riskmodel.review.pages.frontier import Frontier, Point, curve, rows
from riskmodel.review.pages.pruned import certificate_lines, facts, page

NEAR = Fidelity(1000, 0.01, 0.008, 0.02, 0.05, 0.09, 0.3, 17, 900, 240)


def point(method, keep, leaves, delta, error=0.001):
    name = f"{method}@{keep:g}" if keep < 1 else method
    found = Point(name, method, keep, leaves // 10, leaves, Interval(0.78 + delta, 0.76, 0.80), NEAR)
    difference = judge(delta, error, 0.005)
    return found if method == "given" else replace(found, difference=difference, verdict=difference.verdict)


@pytest.fixture
def frontier():
    given = point("given", 1, 1000, 0.0)
    points = [
        point(method, keep, round(keep * 1000), delta - keep_loss)
        for keep, keep_loss in ((0.5, 0.0), (0.1, 0.004))
        for method, delta in (("level_scaling", 0.0005), ("prefix", -0.004), ("retrain", -0.001))
    ]
    change = Change("level_scaling@0.1", "given", "test", {"auc": judge(-0.002, 0.001, 0.005)})
    certificate = Certificate(NEAR, 3.25, {"age": -1, "income": 1}, ("age",), 800, 0.91, 3e-15, 0.0, 1e-9)
    tested = (given, points[3], points[4], points[5])
    record = {"seed": 0, "model": {"sha256": "ab" * 32}}
    return Frontier(
        "teacher.txt, pruned",
        "level_scaling",
        "level_scaling@0.1",
        0.005,
        (given, *points),
        tested,
        change,
        certificate,
        record,
    )


def test_every_size_is_one_point_at_its_own_auc_with_its_paired_bounds(frontier):
    lines = {trace.name: trace for trace in curve(frontier).data if trace.hovertext}
    assert list(lines) == ["level_scaling", "prefix (its first trees)", "retrain small (from scratch)"]
    assert list(lines["level_scaling"].x) == [100, 500]
    assert list(lines["level_scaling"].y) == pytest.approx([0.7765, 0.7805])
    assert list(lines["level_scaling"].error_y.array) == pytest.approx([1.6449e-3] * 2, rel=1e-3)


def test_given_and_written_are_named_and_the_margin_lies_below_the_given(frontier):
    figure = curve(frontier)
    assert [trace.text[0] for trace in figure.data if trace.text] == ["given", "written"]
    assert figure.layout.shapes[0].y0 == pytest.approx(0.775)
    stays = curve(replace(frontier, chosen="given"))
    assert [trace.text[0] for trace in stays.data if trace.text] == ["given"]


def test_one_line_tells_what_was_reached(frontier):
    assert frontier.reached == (
        "level_scaling@0.1: 100 of 1,000 leaves (10 times fewer), 10 of 100 trees; "
        "on test AUC -0.0020 (lower bound -0.0036, margin 0.005): non-inferior."
    )
    assert "stays as it is" in replace(frontier, chosen="given").reached


def test_the_page_holds_every_figure(frontier):
    html = page(frontier)
    for row in rows(frontier.points):
        assert row["name"] in html
    for name, value, meaning in certificate_lines(frontier.certificate):
        assert name in html
        assert value in html
        assert escape(meaning) in html
    assert "ab" * 32 in html
    assert html.count("non-inferior") > 2


def test_a_certificate_without_a_bound_says_so_and_names_what_was_lost(frontier):
    lines = {line[0]: line[1:] for line in certificate_lines(replace(frontier.certificate, margin_bound=None))}
    assert lines["Bound on |d margin|"][0] == "NOT EVALUATED"
    assert lines["Monotone features"] == ("1 of 2 stay", "lost: age")
    assert lines["Flips at the cutoff"][0].startswith("17 (1.7")
    assert lines["Distinct PDs"][0] == "900 to 240"


def test_a_program_finds_the_same(frontier):
    data = facts(frontier)
    assert data["change"]["auc"]["verdict"] == Verdict.NON_INFERIOR
    assert data["certificate"]["fidelity"]["p99"] == 0.05
    assert [row["name"] for row in data["test"]] == ["given", "level_scaling@0.1", "prefix@0.1", "retrain@0.1"]


def test_names_are_text_not_markup(frontier):
    hostile = "<img src=x onerror=alert(1)>"
    record = {"model": {"file": hostile}}
    html = page(replace(frontier, title=hostile, record=record, method=hostile, chosen="given"))
    assert hostile not in html


def test_the_same_frontier_gives_the_same_bytes(frontier):
    assert page(frontier) == page(frontier)
