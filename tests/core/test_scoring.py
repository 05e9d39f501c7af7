"""Points: the base odds have the base points, and so many more double the odds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.core import Scale

SCALES = st.builds(Scale, st.floats(1, 100), st.floats(0, 1000), st.floats(0.5, 200))


@given(SCALES)
def test_the_base_odds_have_the_base_points_and_the_doubled_ones_pdo_more(scale):
    margin = -np.log([scale.base_odds, 2 * scale.base_odds, scale.base_odds / 2])  # log-odds of default
    points = scale.points(margin)
    expected = scale.base_points + scale.pdo * np.array([0, 1, -1])
    np.testing.assert_allclose(points, expected, rtol=1e-9, atol=1e-6)


@given(SCALES, st.floats(-8, 8), st.floats(-8, 8))
def test_what_is_added_to_the_margin_adds_to_the_points(scale, start, change):
    whole = scale.points(np.array([start + change]))[0]
    assert whole == pytest.approx(scale.start(start) + scale.change(change), abs=1e-6)


@given(SCALES, st.floats(-8, 8), st.floats(0.01, 5))
def test_more_risk_is_fewer_points(scale, margin, more):
    assert scale.points(np.array([margin + more]))[0] < scale.points(np.array([margin]))[0]


def test_the_usual_scale():
    assert Scale().points(np.log([1 / 50]))[0] == pytest.approx(600)
    assert Scale().points(np.log([1 / 100]))[0] == pytest.approx(620)
    assert Scale().points(np.array([0.0]))[0] == pytest.approx(600 - 20 * np.log(50) / np.log(2))
