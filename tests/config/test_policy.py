"""`[policy]` and `[points]`: one rule declines, grades rise, points go down as risk goes up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from riskmodel.config import Points, PolicyRule, ReviewPolicy

EDGES = st.lists(st.floats(0.001, 0.999), min_size=1, max_size=25, unique=True)


def test_a_cutoff_or_the_rate_that_sets_it():
    assert PolicyRule(cutoff=0.3, grade_edges=[0.1]).approval_rate is None
    assert PolicyRule(approval_rate=0.8, grade_edges=[0.1]).cutoff is None
    for both in ({"cutoff": 0.3, "approval_rate": 0.8}, {}):
        with pytest.raises(ValidationError, match="must have either cutoff or approval_rate, however: "):
            PolicyRule(**both, grade_edges=[0.1])


@given(EDGES)
def test_edges_that_rise_are_taken_as_they_are_and_others_never(edges):
    assert PolicyRule(cutoff=0.3, grade_edges=sorted(edges)).grade_edges == sorted(edges)
    assert ReviewPolicy(grade_edges=sorted(edges)).grade_edges == sorted(edges)
    if len(edges) > 1:
        with pytest.raises(ValidationError, match="must rise and lie in"):
            PolicyRule(cutoff=0.3, grade_edges=sorted(edges, reverse=True))


@pytest.mark.parametrize("edges", [[], [0.1] * 2, [0.0, 0.5], [0.5, 1.0], [i / 100 for i in range(1, 27)]])
def test_no_edges_equal_ones_the_ends_and_more_grades_than_letters_are_refused(edges):
    with pytest.raises(ValidationError, match="grade_edges"):
        PolicyRule(cutoff=0.3, grade_edges=edges)


@pytest.mark.parametrize(("rate", "fits"), [(0.0, True), (0.99, True), (1.0, False), (-0.1, False)])
def test_not_everybody_is_referred(rate, fits):
    if fits:
        assert PolicyRule(cutoff=0.3, refer_rate=rate, grade_edges=[0.1]).refer_rate == rate
    else:
        with pytest.raises(ValidationError, match="refer_rate"):
            PolicyRule(cutoff=0.3, refer_rate=rate, grade_edges=[0.1])


@pytest.mark.parametrize("wrong", [{"pdo": 0.0}, {"pdo": -20.0}, {"base_odds": 0.0}])
def test_points_need_odds_and_a_step(wrong):
    with pytest.raises(ValidationError, match="greater than 0"):
        Points(**wrong)
