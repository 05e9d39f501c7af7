"""Bars lie where their figures do; marks, meanings and limits are told."""

import pytest
from drawings import wide, wide_and_small

from riskmodel.review.charts.forest import NEAR, Bar, forest

TITLES = ("Feature", "Shift since the earlier rows (no unit)")
BARS = [
    Bar("income", 0.3, 0.2, 0.4, "fail", "900 rows."),
    Bar("a name that is far too long to stand beside its bar: Brier score", 0.1, 0.05, 0.15, "attention"),
    Bar("months", 0.01, None, None),
    Bar("nothing known", None, None, None, "NOT EVALUATED", "Too few."),
]


@pytest.fixture
def drawn():
    return wide(forest("Shift", TITLES, BARS, [(0.1, "0.1"), (0.25, "0.25")]))


def test_lines_stand_in_the_order_given_and_values_at_their_places(drawn):
    (first, second, third, _) = drawn.points
    assert first[1] < second[1] < third[1]
    assert third[0] < second[0] < first[0]
    assert (first[0] - second[0]) / (second[0] - third[0]) == pytest.approx(0.2 / 0.09, rel=0.02)


def test_each_line_tells_its_figure_interval_mark_and_more(drawn):
    assert drawn.tips == [
        "income: 0.3 (0.2 to 0.4), fail. 900 rows.",
        f"{BARS[1].name}: 0.1 (0.05 to 0.15), attention.",
        "months: 0.01, pass.",
        "nothing known: NOT EVALUATED. Too few.",
    ]


def test_a_long_name_keeps_its_beginning_and_its_end(drawn):
    (short,) = [words for words in drawn.words if "…" in words]
    assert short.startswith("a name that is")
    assert short.endswith("bar: Brier score")


def test_marks_that_occur_are_explained_once(drawn):
    assert [words for words in drawn.words if words in {"pass", "attention", "fail", "NOT EVALUATED"}] == [
        "fail", "attention", "pass"
    ]  # fmt: skip


def test_a_verdict_is_said_in_its_own_word():
    svg = wide(forest("Verdicts", TITLES, [Bar("AUC", 0, -1, 1, "attention", "", "inconclusive")]))
    assert svg.tips == ["AUC: 0 (-1 to 1), inconclusive."]
    assert "inconclusive" in svg.words


def test_names_of_limits_do_not_run_into_one_another():
    svg = wide(forest("Shift", TITLES, [Bar("income", 3.0, 2.0, 4.0)], [(0.1, "0.1"), (0.25, "0.25")]))
    low, high = svg.place("0.1"), svg.place("0.25")
    assert (low[2], high[2]) == ("end", "start")
    assert high[0] - low[0] < NEAR
    assert svg.place("Feature")[0] < low[0] - 20


def test_a_name_of_capitals_begins_on_the_paper():
    name = "MARRIAGE=1, EDUCATION=2"
    drawing = wide(forest("Slices", TITLES, [Bar(name, 1.0, 0.5, 1.5), Bar("short", 1, 0, 2)]))
    end, _, anchor = drawing.place(name)
    assert anchor == "end"
    assert end >= sum(8.9 if letter.isupper() else 7 for letter in name)


def test_a_phone_has_names_above_their_bars_and_nothing_leaves_the_paper():
    broad, slim = wide_and_small(forest("Shift", TITLES, BARS, percent=True))
    assert slim.overflowing() == broad.overflowing() == []
    assert slim.place("income")[1] < slim.points[0][1]
    assert broad.tips == slim.tips
    assert broad.tips[0].startswith("income: 30 % (20 % to 40 %)")
