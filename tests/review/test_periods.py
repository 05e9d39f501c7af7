"""The picture of bad rate and mean PD by period, and the names over a forest's limits."""

import re

import pytest

from riskmodel.review.charts.forest import NEAR, Bar, forest
from riskmodel.review.charts.periods import SLANTED, Period, periods


def drawn(count, first_new=2):
    pd = {"champion": 0.1, "challenger": 0.12}
    return [Period(f"2024-{i + 1:02}", i >= first_new, 0.11, 0.08, 0.15, pd, "90 rows.") for i in range(count)]


def places(svg, tag, key):
    return [float(x) for x in re.findall(rf'<{tag} {key}="([^"]+)"', svg)]


def test_both_axes_are_named_with_their_units():
    svg = periods("Bad rate", drawn(3))
    assert "Share of rows (%)" in svg
    assert "Period (month, quarter or sample)" in svg


def test_every_point_tells_itself():
    svg = periods("Bad rate", drawn(3))
    assert svg.count('class="pt"') == 3 * 3
    assert "2024-01: bad rate 11 % (8 % to 15 %). 90 rows." in svg
    assert "2024-03: mean PD of the challenger 12 %" in svg


def test_the_marks_of_one_period_do_not_hide_one_another():
    svg = periods("Bad rate", drawn(2))
    squares, circles = places(svg, "rect", "x")[:2], places(svg, "circle", "cx")[:2]
    assert [circle - (square + 4) for square, circle in zip(squares, circles, strict=True)] == [18, 18]


def test_many_names_are_turned_and_few_are_not():
    assert "rotate(-45" not in periods("Bad rate", drawn(SLANTED))
    assert periods("Bad rate", drawn(SLANTED + 1)).count("rotate(-45") == SLANTED + 1


@pytest.mark.parametrize(("first_new", "borders"), [(2, 1), (0, 0), (5, 0)])
def test_a_line_parts_reference_and_new_rows_where_there_are_both(first_new, borders):
    assert periods("Bad rate", drawn(5, first_new)).count("stroke-dasharray") == borders


def test_names_of_limits_do_not_run_into_one_another():
    svg = forest("Shift", ("Feature", "PSI (no unit)"), [Bar("income", 3.0, 2.0, 4.0)], [(0.1, "0.1"), (0.25, "0.25")])
    ends = {name: (float(x), anchor) for x, anchor, name in re.findall(
        r'<text x="([^"]+)" y="12" text-anchor="(\w+)"[^>]*>([^<]+)<', svg)}  # fmt: skip
    assert ends["Feature"][1] == "end"
    assert (ends["0.1"][1], ends["0.25"][1]) == ("end", "start")
    assert ends["0.25"][0] - ends["0.1"][0] < NEAR
    assert ends["Feature"][0] < ends["0.1"][0] - 20
