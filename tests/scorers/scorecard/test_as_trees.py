"""A scorecard as trees gives each row what its table gives, on every edge."""

import numpy as np
import pytest

from riskmodel.scorers.scorecard.as_trees import as_trees


@pytest.fixture
def card(fitted):
    return fitted("scorecard")


def test_every_row_gets_the_margin_of_its_bins(card, fresh):
    trees = as_trees(card.cards, card.intercept)
    np.testing.assert_allclose(trees.margins(fresh.matrix), card.raw_margin(fresh.matrix), rtol=0, atol=1e-12)


def test_on_an_edge_beside_it_missing_and_far_out(card):
    rows = card.probes(3000, seed=2)
    rows = rows[(np.abs(rows) > 1e-34).all(axis=1) | np.isnan(rows).any(axis=1)]
    rows[(np.abs(rows) <= 1e-34)] = 0.0
    trees = as_trees(card.cards, card.intercept)
    np.testing.assert_allclose(trees.margins(rows), card.raw_margin(rows), rtol=0, atol=1e-12)


def test_there_is_a_tree_for_each_feature_that_is_used(card):
    trees = as_trees(card.cards, card.intercept)
    used = [place for place, one in enumerate(card.cards) if one.is_used]
    assert [tree.used_features for tree in trees.trees] == [(place,) for place in used]
    assert [tree.n_leaves for tree in trees.trees] == [len(card.cards[place].bins) for place in used]
    assert trees.n_features == len(card.features)


def test_a_card_that_was_dropped_adds_nothing(card, fresh):
    from dataclasses import replace

    cards = tuple(replace(one, margins=(0.0,) * len(one.margins)) for one in card.cards)
    trees = as_trees(cards, -1.25)
    assert not trees.trees
    assert set(trees.margins(fresh.matrix[:9])) == {-1.25}
