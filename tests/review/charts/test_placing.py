"""Words are put where they cover nothing, if there is such a place, and the least otherwise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.review.charts.palette import LETTER
from riskmodel.review.charts.placing import PLACES, Rectangle, beside

X, Y = np.mgrid[:150, :150]
FRAME = Rectangle(0, 0, 400, 300)
SIDES = st.integers(0, 60)
RECTANGLES = st.builds(
    lambda x, y, w, h: Rectangle(x, y, x + w, y + h), st.integers(0, 80), st.integers(0, 80), SIDES, SIDES
)


def pixels(*rectangles):
    """How many whole pixels all of these cover, one by one."""
    masks = [(r.left <= X) & (r.right > X) & (r.top <= Y) & (r.bottom > Y) for r in rectangles]
    return int(np.all(masks, axis=0).sum())


@settings(max_examples=30, deadline=None)
@given(one=RECTANGLES, other=RECTANGLES)
def test_shared_area_is_counted_in_pixels(one, other):
    assert one.shared(other) == other.shared(one) == pixels(one, other)
    assert one.area == one.shared(one) == pixels(one)


def test_free_words_stand_above_their_mark_in_the_middle():
    placed = beside(200, 150, "cut 12", [], FRAME)
    assert (placed.x, placed.y, placed.anchor) == (200, 134, "middle")
    assert placed.box.right - placed.box.left == pytest.approx(LETTER * 6)
    assert (placed.box.left + placed.box.right) / 2 == 200


def test_taken_places_are_passed_over_one_by_one():
    taken = []
    for _ in range(5):
        placed = beside(200, 150, "cut", taken, FRAME)
        assert all(placed.box.shared(other) == 0 for other in taken)
        taken.append(placed.box)


def test_words_stay_within_the_frame_where_they_can():
    for x, y in ((2, 150), (398, 150), (200, 2), (200, 298), (2, 2), (398, 298)):
        box = beside(x, y, "a long label", [], FRAME).box
        assert box.shared(FRAME) == box.area


def test_no_place_covers_less_than_the_one_that_is_taken():
    everything = [FRAME]
    placed = beside(200, 150, "cut", everything, FRAME)
    assert placed.box.shared(FRAME) == placed.box.area  # all are covered alike: inside is better than outside
    assert (placed.x - 200, placed.y - 150, placed.anchor) == PLACES[0]
