"""A mark stands at its own cost and worth, with the interval, colour and shape that it was given."""

import pytest
from drawings import wide, wide_and_small

from riskmodel.review.charts.palette import LETTER, MARKS
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
    assert all(abs(drawn.place(role)[1] - drawn.points[i][1]) < 40 for i, role in enumerate(("champion", "chosen")))


def test_the_level_is_a_line_below_the_champion_and_the_legend_names_it():
    drawn = wide(scatter(made(level=(0.7755, "champion less margin"))))
    (level,) = [
        line for line in drawn.root.iter("line") if line.get("stroke") == MARKS["fail"] and line.get("x1") > "0"
    ]
    assert float(level.get("y1")) > drawn.points[0][1]
    assert drawn.place("champion less margin")[1] < min(y for _, y in drawn.points)


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


def test_a_role_covers_neither_another_mark_nor_the_level():
    crowd = [Dot(40 + 2 * i, 0.7791 + 0.0002 * i, "lgbm", "trees", "near", 0.777, 0.783) for i in range(4)]
    given = Dot(400, 0.7769, "lgbm", "not pruned", "given", role="given")
    written = Dot(44, 0.7784, "lgbm", "trees", "written", 0.777, 0.78, "written")
    for drawn in wide_and_small(scatter(made(dots=[given, written, *crowd], level=(0.7765, "given less margin")))):
        level = next(float(n.get("y1")) for n in drawn.root.iter("line") if n.get("x2") and float(n.get("x1")) == 72
                     and n.get("stroke") == MARKS["fail"])  # fmt: skip
        for role in ("given", "written"):
            x, y, anchor = drawn.place(role)
            left = x - {"start": 0, "middle": 0.5, "end": 1}[anchor] * LETTER * len(role)
            inside = [p for p in drawn.points if left < p[0] < left + LETTER * len(role) and y - 12 < p[1] < y + 4]
            assert inside == []
            assert not y - 12 < level < y + 4
