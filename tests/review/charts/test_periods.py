"""Bad rate and mean PD by period."""

import pytest
from drawings import wide, wide_and_small

from riskmodel.review.charts.periods import Period, periods


def drawn(count, first_new=2):
    pd = {"champion": 0.1, "challenger": 0.12}
    return [Period(f"2024-{i + 1:02}", i >= first_new, 0.11, 0.08, 0.15, pd, "90 rows.") for i in range(count)]


def test_both_axes_are_named_with_their_units():
    words = wide(periods("Bad rate", drawn(3))).words
    assert {"Share of rows (%)", "Period (month, quarter or sample)"} <= set(words)


def test_every_point_tells_itself():
    tips = wide(periods("Bad rate", drawn(3))).tips
    assert len(tips) == 3 * 3
    assert tips[0] == "2024-01: bad rate 11 % (8 % to 15 %). 90 rows."
    assert tips[-1] == "2024-03: mean PD of the challenger 12 %"


def test_the_marks_of_one_period_do_not_hide_one_another():
    _, champion, challenger = wide(periods("Bad rate", drawn(2))).points[:3]
    assert challenger[0] - champion[0] == pytest.approx(18)


@pytest.mark.parametrize(("count", "turned"), [(3, False), (15, True)])
def test_names_are_turned_where_they_would_touch(count, turned):
    broad, slim = wide_and_small(periods("Bad rate", drawn(count)))
    turns = [node for node in broad.root.iter("text") if "rotate(-45" in (node.get("transform") or "")]
    assert len(turns) == (count if turned else 0)
    assert broad.overflowing() == slim.overflowing() == []


@pytest.mark.parametrize(("first_new", "borders"), [(2, 1), (0, 0), (5, 0)])
def test_a_line_parts_reference_and_new_rows_where_there_are_both(first_new, borders):
    svg = wide(periods("Bad rate", drawn(5, first_new)))
    assert sum(1 for node in svg.root.iter("line") if node.get("stroke-dasharray")) == borders
