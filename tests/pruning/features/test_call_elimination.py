"""Calls go by what AUC they lose for their price, the loss never taken as less than noise."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.core import Column
from riskmodel.errors import RiskModelError
from riskmodel.pruning._features.call_elimination import affordable, charged_calls, rounds_of_calls

NOISE = np.array([-1.0, 0.0, 1.0]) * 1e-4


def additive(worth):
    """A judge whose calls are worth so much AUC each, whatever the others."""
    return lambda left: 0.5 + sum(worth[call] for call in left) + len(left) * NOISE


def test_of_two_that_lose_alike_the_dearer_goes_and_of_two_as_dear_the_weaker():
    price = np.array([1.0, 4.0, 4.0])
    made = rounds_of_calls(price, (), additive([0.02, 0.02, 0.05]))
    assert [r.left for r in made] == [(0, 1, 2), (0, 2), (0,)]
    np.testing.assert_allclose(made[0].worth, [0.02, 0.005, 0.0125])


def test_what_loses_nothing_is_told_apart_by_price_and_what_is_free_stays():
    price = np.array([1.0, 0.1, 3.0, 0.0])
    made = rounds_of_calls(price, (), additive([0.0, 0.0, 0.0, -0.1]))
    assert [r.left for r in made] == [(0, 1, 2, 3), (0, 1, 3), (1, 3), (3,)]


@given(st.lists(st.tuples(st.floats(0.01, 9), st.floats(0, 0.1)), min_size=2, max_size=6), st.integers(0, 5))
@settings(max_examples=30, deadline=None)
def test_rounds_are_nested_and_what_must_stay_stays(calls, fixed):
    price, worth = (np.array(part) for part in zip(*calls, strict=True))
    stays = {fixed % len(calls)}
    made = rounds_of_calls(price, stays, additive(worth))
    assert [len(r.left) for r in made] == list(range(len(calls), 0, -1))
    assert all(set(after.left) < set(before.left) for before, after in pairwise(made))
    assert set(made[-1].left) == stays
    for keep in (1.0, 0.5):
        left = made[affordable(made, price, keep)].left
        assert price[list(left)].sum() <= keep * price.sum() * (1 + 1e-9) or set(left) == stays


def test_no_more_is_tried_out_than_the_share_asks_for():
    asked = []
    rounds_of_calls(np.ones(4), (), lambda left: asked.append(left) or 0.5 + NOISE, keep=0.75)
    assert len(asked) == 1 + 4 + 1


def test_calls_are_vendors_and_single_features_and_the_rest_is_free():
    columns = [Column("a"), Column("b", cost=2.0, vendor="x"), Column("c", cost=0.5), Column("d", cost=2.0, vendor="x")]
    calls = charged_calls(columns)
    assert [(call.name, call.price, call.places) for call in calls] == [
        ("x", 2.0, (1, 3)),
        ("c", 0.5, (2,)),
        ("uncharged", 0.0, (0,)),
    ]
    assert [call.name for call in charged_calls(columns, gone=[1, 3])] == ["c", "uncharged"]
    with pytest.raises(
        RiskModelError, match=r"needs prices in data.vendors or data.costs, however: no feature has one"
    ):
        charged_calls(columns[:1])
