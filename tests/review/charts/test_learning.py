"""A learning curve: points where they belong, and a law that goes on beyond them."""

import numpy as np
import pytest
from drawings import wide, wide_and_small

from riskmodel.core import Interval
from riskmodel.review.charts.learning import STEPS, learning
from riskmodel.stats.learning_curve import PowerLaw

LAW = PowerLaw(0.8, 0.02, 0.5)
COUNTS = (1_000, 2_000, 4_000)


def curve(shift=0.0):
    return [(n, Interval(LAW.at(n / 4_000) + shift, 0.74 + shift, 0.82 + shift)) for n in COUNTS]


def drawn(**curves):
    return learning(curves or {"newest": curve()}, LAW, 4_000, 2.0)


def lines(picture):
    """(dashed, places) of every line of several points."""
    return [
        (bool(node.get("stroke-dasharray")), [tuple(map(float, p.split(","))) for p in node.get("points").split()])
        for node in picture.root.iter("polyline")
    ]


def test_each_point_tells_its_rows_and_interval():
    assert wide(drawn()).tips[0] == "newest: 1,000 rows, AUC 0.7600 (0.7400 to 0.8200)"
    assert len(wide(drawn()).tips) == len(COUNTS)


def test_doubling_the_rows_is_one_step_to_the_right_whatever_there_were():
    xs = np.array([x for x, _ in wide(drawn()).points])
    assert np.diff(xs)[0] == pytest.approx(np.diff(xs)[1], abs=0.1)
    assert np.diff(xs)[0] > 0


def test_the_law_passes_through_points_that_obey_it_and_ends_at_twice_the_rows():
    picture = wide(drawn())
    (dashed,) = [places for is_dashed, places in lines(picture) if is_dashed]
    assert len(dashed) == STEPS
    assert dashed[0] == pytest.approx(picture.points[0], abs=0.1)
    step = picture.points[2][0] - picture.points[1][0]
    assert dashed[-1][0] == pytest.approx(picture.points[2][0] + step, abs=0.1)
    assert dashed[-1][1] < picture.points[2][1]  # more rows help


def test_the_law_is_cut_where_the_frame_ends():
    steep = learning({"newest": curve()}, PowerLaw(0.8, 0.05, 1.0), 4_000, 2.0)
    (dashed,) = [places for is_dashed, places in lines(wide(steep)) if is_dashed]
    assert 0 < len(dashed) < STEPS


def test_ways_differ_in_colour_and_shape_and_are_named():
    picture = wide(drawn(newest=curve(), drawn=curve(-0.01)))
    marks = [list(node)[-1] for node in picture.root.iter("g") if node.get("class") == "pt"]
    assert [mark.tag for mark in marks] == ["circle"] * 3 + ["polygon"] * 3
    assert len({mark.get("fill") for mark in marks}) == 2
    assert {"newest", "drawn", "power law", "Rows of train", "AUC on selection"} <= set(picture.words)


def test_nothing_leaves_the_paper():
    assert [one.overflowing() for one in wide_and_small(drawn())] == [[], []]
