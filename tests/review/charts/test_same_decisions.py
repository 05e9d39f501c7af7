"""Decisions against leaves: who is ringed, how far a bar runs, where the share asked lies."""

import pytest
from drawings import wide, wide_and_small
from stand_in_decisions import stand_in_decisions

from riskmodel.review.charts.same_decisions import ALIKE, _dot, curve


def test_every_size_tells_its_leaves_and_turned_decisions():
    tips = wide(curve(stand_in_decisions())).tips
    assert len(tips) == 4
    assert any("cut@0.1: 100 leaves; 100 of 5,000 decisions turn." in tip for tip in tips)


@pytest.mark.parametrize(("at", "role"), [(0, "given"), (1, ""), (2, "smaller"), (3, "")])
def test_the_given_and_the_chosen_one_are_ringed(at, role):
    answer = stand_in_decisions()
    assert _dot(answer.points[at], answer).role == role


def test_a_bar_runs_from_the_exact_bound_up_to_the_share():
    answer = stand_in_decisions()
    dot = _dot(answer.points[3], answer)
    assert (dot.x, dot.y, dot.high) == (100, pytest.approx(0.98), pytest.approx(0.98))
    assert 0.97 < dot.low < 0.98


def test_the_share_asked_is_told_and_nothing_leaves_the_paper():
    drawn = curve(stand_in_decisions())
    assert any("asked 0.998" in words for words in wide(drawn).words)
    assert {"Leaves (log scale)", ALIKE} <= set(wide(drawn).words)
    assert [one.overflowing() for one in wide_and_small(drawn)] == [[], []]
