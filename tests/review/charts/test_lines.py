"""Curves of two sides, each point with its interval."""

from drawings import wide, wide_and_small

from riskmodel.review.charts.lines import Spot, lines

TITLES = ("Mean PD of the bin (%)", "Bad rate of the bin (%)")
SERIES = {
    "champion": [Spot(0.1, 0.12, 0.08, 0.16), Spot(0.3, 0.28, 0.2, 0.4)],
    "challenger": [Spot(0.1, 0.1), Spot(0.2, 0.22), Spot(0.4, 0.5)],
}


def test_every_point_tells_its_side_place_and_interval():
    drawn = wide(lines("Reliability", TITLES, SERIES, "right PDs"))
    assert drawn.tips[0] == "champion: 10 %, 12 % (8 % to 16 %)"
    assert drawn.tips[-1] == "challenger: 40 %, 50 %"
    assert len(drawn.tips) == 5


def test_the_sides_differ_in_shape_and_are_named_with_the_diagonal():
    svg = lines("Reliability", TITLES, SERIES, "right PDs")
    groups = [list(node)[-1].tag for node in wide(svg).root.iter("g") if node.get("class") == "pt"]
    assert groups == ["polygon"] * 2 + ["circle"] * 3
    assert {"champion", "challenger", "right PDs"} <= set(wide(svg).words)
    assert "right PDs" not in wide(lines("Reliability", TITLES, SERIES)).words


def test_points_rise_with_their_figures():
    (low, high) = wide(lines("Reliability", TITLES, SERIES)).points[:2]
    assert low[0] < high[0]
    assert low[1] > high[1]


def test_nothing_leaves_the_paper():
    assert [drawing.overflowing() for drawing in wide_and_small(lines("A", TITLES, SERIES, "right PDs"))] == [[], []]
