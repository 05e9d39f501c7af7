"""Calls go by what AUC they lose for their price, the loss never taken as less than noise."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.core import Column
from riskmodel.errors import RiskModelError
from riskmodel.pruning.algorithms.features.call_elimination import affordable, charged_calls, front, tried_sets

NOISE = np.array([-1.0, 0.0, 1.0]) * 1e-4


def additive(worth):
    """A judge whose calls are worth so much AUC each, whatever the others."""
    return lambda left: 0.5 + sum(worth[call] for call in left) + len(left) * NOISE


def test_of_two_that_lose_alike_the_dearer_goes_and_of_two_as_dear_the_weaker():
    price = np.array([1.0, 4.0, 4.0])
    sets = tried_sets(price, (), additive([0.02, 0.02, 0.05]), width=1)
    assert [one.left for one in sets] == [(0, 1, 2), (0, 1), (0, 2), (1, 2), (0,), (2,)]
    assert [one.left for one in front(sets, price)] == [(0, 1, 2), (0, 2), (2,), (0,)]


def test_what_loses_nothing_goes_by_price_and_what_is_free_stays():
    price = np.array([1.0, 0.1, 3.0, 0.0])
    made = front(tried_sets(price, (), additive([0.0, 0.0, 0.0, -0.1])), price)
    assert [one.left for one in made] == [(0, 1, 2, 3), (3,)]  # with all the worth the rest is not worth its price


@given(st.lists(st.tuples(st.floats(0.01, 9), st.floats(0, 0.1)), min_size=2, max_size=6), st.integers(0, 5))
@settings(max_examples=30, deadline=None)
def test_the_front_falls_in_price_and_worth_and_what_must_stay_stays(calls, fixed):
    price, worth = (np.array(part) for part in zip(*calls, strict=True))
    stays = {fixed % len(calls)}
    made = front(tried_sets(price, stays, additive(worth)), price)
    assert made[0].left == tuple(range(len(calls)))
    assert all(stays <= set(one.left) for one in made)
    paid = [price[list(one.left)].sum() for one in made]
    assert all(after < before for before, after in pairwise(paid))
    assert all(after.scores.mean() < before.scores.mean() for before, after in pairwise(made[1:]))
    for keep in (1.0, 0.5):
        left = made[affordable(made, price, keep)].left
        assert price[list(left)].sum() <= keep * price.sum() * (1 + 1e-9) or left == made[-1].left


@given(st.lists(st.tuples(st.floats(0.01, 9), st.floats(0.0, 0.1)), min_size=2, max_size=6), st.randoms())
@settings(max_examples=30, deadline=None)
def test_a_beam_that_is_wide_enough_has_the_best_set_of_every_price(calls, random):
    """Against all subsets, of calls that say the same in part."""
    price, worth = (np.array(part) for part in zip(*calls, strict=True))
    shared = random.random() * worth.min()

    def judge(left):
        return 0.5 + sum(worth[call] for call in left) - shared * len(left) * (len(left) - 1) / 10 + NOISE

    made = front(tried_sets(price, (), judge, width=100), price)
    every = [s for size in range(1, len(price) + 1) for s in combinations(range(len(price)), size)]
    for left in every:
        as_cheap = [one for one in made if price[list(one.left)].sum() <= price[list(left)].sum() * (1 + 1e-12)]
        assert max(one.scores.mean() for one in as_cheap) >= judge(left).mean() - 1e-12


def test_no_more_is_tried_out_than_the_share_asks_for():
    asked = []
    tried_sets(np.ones(4), (), lambda left: asked.append(left) or 0.5 + NOISE, keep=0.75)
    assert len(asked) == 1 + 4


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
