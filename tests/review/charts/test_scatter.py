"""A mark stands at its own cost and worth, with the interval, colour and shape that it was given."""

import pytest
from drawings import wide, wide_and_small

from riskmodel.review.charts.scatter import Dot, Scatter, scatter


def made(**changes):
    dots = [
        Dot(100, 0.78, "lgbm", "not pruned", "lgbm: champion", role="champion"),
        Dot(25, 0.779, "lgbm", "trees", "lgbm/trees", 0.776, 0.781, "chosen"),
        Dot(400, 0.775, "neural", "not pruned", "neural", 0.77, 0.78),
    ]
    given = {"label": "Worth against cost", "titles": ("Cost (log scale)", "AUC"), "words": lambda x: f"{x:g} s"}
    return Scatter(**{**given, "dots": dots, **changes})


def test_cheaper_stands_to_the_left_and_worthier_above():
    drawn = wide(scatter(made()))
    (champion, chosen, neural) = drawn.points
    assert chosen[0] < champion[0] < neural[0]
    assert champion[1] < chosen[1] < neural[1]
    assert champion[0] - chosen[0] == pytest.approx(neural[0] - champion[0], abs=0.2)  # equal ratios


def test_colour_is_the_family_and_shape_the_way():
    drawn = made()
    assert drawn.colours["lgbm"] != drawn.colours["neural"]
    assert drawn.shapes["trees"] != drawn.shapes["not pruned"]
    assert {"lgbm", "neural", "trees", "not pruned"} <= set(wide(scatter(drawn)).words)


def test_one_way_alone_is_not_explained():
    dots = [Dot(1, 0.7, "a", "same", "a"), Dot(2, 0.71, "b", "same", "b")]
    assert "same" not in wide(scatter(made(dots=dots))).words


def test_champion_and_chosen_are_ringed_and_named():
    drawn = wide(scatter(made()))
    assert {"champion", "chosen"} <= set(drawn.words)
    assert drawn.place("chosen")[1] < drawn.points[1][1]


def test_the_level_is_a_line_below_the_champion_with_its_name():
    drawn = wide(scatter(made(level=(0.7755, "champion less margin"))))
    x, y, anchor = drawn.place("champion less margin")
    assert y > drawn.points[0][1]
    assert (x > 600, anchor) == (True, "end")


def test_the_front_rises_in_steps():
    svg = scatter(made(stairs=[(100, 0.78), (25, 0.779)]))
    assert "Pareto front" in wide(svg).words
    assert svg.count("<polyline") == 2


def test_joined_families_are_lines_in_the_order_of_cost():
    svg = str(scatter(made(joined=["lgbm"])))
    places = svg.split('<polyline points="')[1].split('"', maxsplit=1)[0].split()
    assert float(places[0].split(",")[0]) < float(places[1].split(",")[0])


def test_a_mark_without_an_interval_has_no_bar_and_all_tell_themselves():
    drawn = wide(scatter(made()))
    groups = [node for node in drawn.root.iter("g") if node.get("class") == "pt"]
    assert [sum(child.tag == "line" for child in group) for group in groups] == [0, 1, 1]
    assert drawn.tips == ["lgbm: champion", "lgbm/trees", "neural"]


def test_no_words_leave_the_paper_of_a_phone():
    assert [drawing.overflowing() for drawing in wide_and_small(scatter(made(level=(0.77, "margin"))))] == [[], []]


def test_colour_and_shape_that_say_the_same_are_explained_once():
    dots = [Dot(1, 0.7, "given", "given", "a"), Dot(2, 0.71, "prefix", "prefix", "b")]
    words = list(wide(scatter(made(dots=dots))).words)
    assert (words.count("given"), words.count("prefix")) == (1, 1)
