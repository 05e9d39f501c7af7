"""A threshold is reached on its worse side alone, and never by the value that sets it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.core.evidence import Mark, Method, Threshold

VALUES = st.floats(-10, 10)


@given(VALUES, VALUES)
def test_above_and_below_are_mirrors(value, level):
    above, below = (Threshold("x", 0.1, 0.2, worse, "convention") for worse in ("above", "below"))
    assert above.reached(value, level) is below.reached(-value, -level) is (value > level)


@given(VALUES, st.floats(0, 5), VALUES)
def test_away_counts_the_distance_either_way(distance, level, target):
    threshold = Threshold("x", 0.1, 0.2, "away", "convention", target)
    assert threshold.reached(target, level) is False
    far = level + abs(distance) + 1e-6
    assert threshold.reached(target + far, level)
    assert threshold.reached(target - far, level)


@pytest.mark.parametrize("worse", ["above", "below", "away"])
def test_the_level_itself_is_not_beyond(worse):
    assert not Threshold("x", 0.1, 0.2, worse, "convention").reached(0.25, 0.25)


def test_a_method_belongs_to_the_section_that_its_id_begins_with():
    assert Method("calibration.slope", "", "", "", "").section == "calibration"


def test_marks_that_are_no_pass_shout():
    assert [str(mark) for mark in Mark if str(mark).isupper()] == ["NOT SHOWN", "NOT EVALUATED"]
