"""Shapley values and interactions against the definition, coalition by coalition, against rows and over train."""

from itertools import chain, combinations
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import random_ensemble, trying

from riskmodel.trees.shap.leaf_games import LeafGames
from riskmodel.trees.shap.treeshap import TreeShap

PLAYERS = range(3)


def worth(ensemble, row, reference, weight, coalition):
    """The mean margin where the coalition is as in the row and the others as in the reference rows."""
    mixed = reference.copy()
    mixed[:, list(coalition)] = row[list(coalition)]
    return float(np.average(ensemble.margins(mixed), weights=weight))


def games(ensemble, row, reference, weight=None):
    every = chain.from_iterable(combinations(PLAYERS, size) for size in range(4))
    return {frozenset(one): worth(ensemble, row, reference, weight, one) for one in every}


def by_definition(game):
    """Shapley values: what a player adds, over all orders in which they come."""
    values = np.zeros(3)
    for player in PLAYERS:
        for coalition in [one for one in game if player not in one]:
            share = factorial(len(coalition)) * factorial(2 - len(coalition)) / factorial(3)
            values[player] += share * (game[coalition | {player}] - game[coalition])
    return values


def pair_by_definition(game, one, other):
    """The Shapley interaction index of two players."""
    total = 0.0
    for coalition in [c for c in game if not c & {one, other}]:
        share = factorial(len(coalition)) * factorial(1 - len(coalition)) / factorial(2)
        both = game[coalition | {one, other}] - game[coalition | {one}] - game[coalition | {other}] + game[coalition]
        total += share * both
    return total


def cases(seed, rules):
    ensemble = random_ensemble(seed, rules, trees=3)
    rows = trying(ensemble, 14, seed)
    return ensemble, rows[:5], rows[5:]


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 5_000))
def test_values_against_rows_are_those_of_the_definition(rules, seed):
    ensemble, rows, reference = cases(seed, rules)
    values = LeafGames(ensemble, reference).values(rows)
    for row, own in zip(rows, values, strict=True):
        np.testing.assert_allclose(own, by_definition(games(ensemble, row, reference)), atol=1e-9)


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 5_000))
def test_pairs_are_those_of_the_definition_and_rows_of_pairs_add_up(rules, seed):
    ensemble, rows, reference = cases(seed, rules)
    made = LeafGames(ensemble, reference)
    pairs = made.pairs(rows)
    np.testing.assert_allclose(pairs.sum(axis=2), made.values(rows), atol=1e-9)
    np.testing.assert_allclose(pairs, np.swapaxes(pairs, 1, 2), atol=1e-12)
    for row, own in zip(rows, pairs, strict=True):
        game = games(ensemble, row, reference)
        for one, other in combinations(PLAYERS, 2):
            assert 2 * own[one, other] == pytest.approx(pair_by_definition(game, one, other), abs=1e-9)


def test_reference_rows_count_by_their_weight():
    ensemble, rows, reference = cases(7, "lightgbm")
    weight = np.arange(1.0, len(reference) + 1)
    values = LeafGames(ensemble, reference, weight / weight.sum()).values(rows)
    due = [by_definition(games(ensemble, row, reference, weight)) for row in rows]
    np.testing.assert_allclose(values, due, atol=1e-9)


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
def test_over_train_they_are_those_of_the_walk(rules):
    ensemble, rows, _ = cases(3, rules)
    np.testing.assert_allclose(LeafGames(ensemble).values(rows), TreeShap(ensemble)(rows), atol=1e-7)


def test_a_row_against_itself_has_none_and_no_row_has_no_values():
    ensemble, rows, _ = cases(5, "lightgbm")
    assert np.abs(LeafGames(ensemble, rows[:1]).values(rows[:1])).max() < 1e-12
    assert LeafGames(ensemble, rows).values(rows[:0]).shape == (0, 3)
    assert LeafGames(ensemble, rows).pairs(rows[:0]).shape == (0, 3, 3)


def test_a_feature_that_no_tree_asks_for_adds_nothing():
    ensemble = random_ensemble(5, "lightgbm", features=(0, 1))
    rows = trying(ensemble, 12)
    made = LeafGames(ensemble, rows[6:])
    assert not made.values(rows[:6])[:, 2].any()
    assert not made.pairs(rows[:6])[:, 2].any()
