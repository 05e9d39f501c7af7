"""Terms of a simple scorecard: a feature, an average, a difference; no pair whose directions fight."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.core import Column, Kind
from riskmodel.scorers.simple.terms import AVERAGE, DIFFERENCE, SINGLE, ScorecardTerm, pairs, singles

FEATURES = (
    Column("a", monotone=1),
    Column("b", monotone=-1),
    Column("c"),
    Column("d", kind=Kind.CATEGORICAL, categories=("x",)),
    Column("e", monotone=1),
)
MATRIX = np.array([[1.0, 2, 3, 0, 5], [np.nan, 4, -1, 0, 2]])


@pytest.mark.parametrize(
    ("term", "due", "name"),
    [
        (ScorecardTerm((1,)), [2.0, 4.0], "b"),
        (ScorecardTerm((1, 2), AVERAGE), [2.5, 1.5], "(b + c) / 2"),
        (ScorecardTerm((1, 2), DIFFERENCE), [-1.0, 5.0], "b - c"),
        (ScorecardTerm((0, 2), AVERAGE), [2.0, np.nan], "(a + c) / 2"),
    ],
)
def test_a_term_is_its_value_and_its_name(term, due, name):
    np.testing.assert_array_equal(term(MATRIX), due)
    assert term.column(FEATURES).name == name


@pytest.mark.parametrize(
    ("places", "weights", "direction"),
    [
        ((0, 2), AVERAGE, 1),
        ((0, 2), DIFFERENCE, 1),
        ((2, 4), DIFFERENCE, -1),
        ((0, 1), DIFFERENCE, 1),
        ((0, 4), AVERAGE, 1),
        ((2,), SINGLE, 0),
    ],
)
def test_a_direction_is_the_one_that_both_agree_to(places, weights, direction):
    assert ScorecardTerm(places, weights).column(FEATURES).monotone == direction


def test_a_feature_alone_is_its_own_column():
    assert [term.column(FEATURES) for term in singles(FEATURES)] == list(FEATURES)


def test_pairs_are_of_numbers_whose_directions_do_not_fight():
    made = list(pairs(FEATURES, [4, 0, 1, 3]))
    assert made == [
        ScorecardTerm((0, 1), DIFFERENCE),  # their average would fight
        ScorecardTerm((0, 4), AVERAGE),
        ScorecardTerm((1, 4), DIFFERENCE),
    ]


@given(st.lists(st.sampled_from([-1, 0, 1]), min_size=2, max_size=5))
def test_a_pair_that_is_made_rises_and_falls_as_its_features_may(signs):
    features = [Column(f"f{i}", monotone=sign) for i, sign in enumerate(signs)]
    made = set(pairs(features, range(len(signs))))
    for first, second in combinations(range(len(signs)), 2):
        for weights in (AVERAGE, DIFFERENCE):
            towards = {
                sign * np.sign(w) for sign, w in zip((signs[first], signs[second]), weights, strict=True) if sign
            }
            assert (ScorecardTerm((first, second), weights) in made) is (len(towards) < 2)


@pytest.mark.parametrize(
    "data",
    [
        {"features": [0], "weights": [1.0, 0.0]},
        {"features": [0, 4], "weights": [0.5, 0.5]},
        {"features": [4, 0], "weights": [1.0, -1.0]},
    ],
)
def test_a_term_is_read_from_what_was_written(data):
    term = ScorecardTerm.from_data(data, 5)
    assert (list(term.features), list(term.weights)) == (data["features"], data["weights"])


@pytest.mark.parametrize(
    "data",
    [
        {"features": [5], "weights": [1.0, 0.0]},
        {"features": [-1], "weights": [1.0, 0.0]},
        {"features": [0.0], "weights": [1.0, 0.0]},
        {"features": [0, 1], "weights": [1.0, 0.0]},
        {"features": [0], "weights": [0.5, 0.5]},
        {"features": [0, 1], "weights": [2.0, 1.0]},
        {"features": [], "weights": [1.0, 0.0]},
        {"features": [0]},
        None,
    ],
)
def test_what_is_no_term_is_refused(data):
    with pytest.raises((ValueError, TypeError, KeyError)):
        ScorecardTerm.from_data(data, 5)
