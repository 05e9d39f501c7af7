"""Scales hold every value, and their ticks are round and apart."""

from itertools import pairwise
from math import log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.review.charts.scale import Linear, Log, spanned, spanned_log

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=7)
COSTS = st.lists(st.floats(1e-3, 1e9), min_size=1, max_size=7)


@given(VALUES)
def test_a_straight_scale_holds_all_values_and_keeps_their_order(values):
    scale = spanned(values, 70, 700)
    places = [scale(value) for value in sorted(values)]
    assert places == sorted(places)
    assert all(70 <= place <= 700 for place in places)


@given(COSTS)
def test_a_scale_of_ratios_holds_all_costs_and_keeps_their_order(costs):
    scale = spanned_log(costs, 70, 700)
    places = [scale(cost) for cost in sorted(costs)]
    assert places == sorted(places)
    assert all(70 <= place <= 700 for place in places)


@given(COSTS, st.sampled_from([60.0, 90.0, 120.0]))
def test_ticks_of_ratios_lie_within_and_never_run_into_one_another(costs, room):
    scale = spanned_log(costs, 70, 700)
    ticks = scale.ticks(room)
    assert all(scale.low <= tick <= scale.high for tick in ticks)
    if len(ticks) > 1 and log10(scale.high / scale.low) * room < 630:
        assert min(abs(scale(b) - scale(a)) for a, b in pairwise(ticks)) >= room


def test_straight_ticks_are_round_and_few():
    assert Linear(0.0, 1.0, 0, 600).ticks() == [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert Linear(0.7741, 0.7823, 400, 20).ticks(55) == [0.776, 0.778, 0.78, 0.782]


def test_equal_ratios_are_equally_far_apart():
    scale = Log(1, 10_000, 0, 400)
    assert [scale(x) for x in (1, 10, 100, 1000)] == [0, 100, 200, 300]


def test_one_value_and_none_at_all_still_make_a_scale():
    assert spanned([5.0], 0, 100)(5.0) == pytest.approx(50)
    assert spanned([None], 0, 100).low < spanned([None], 0, 100).high
    assert spanned_log([], 0, 100).ticks()
