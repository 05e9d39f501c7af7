"""A forest as what a booster starts from: log-odds to first order around its mean share, and PDs that stay its own."""

from dataclasses import replace

import numpy as np
import pytest
from random_trees import random_ensemble
from samples import FEATURES
from scipy.special import expit, logit

from riskmodel.core import Calibration
from riskmodel.scorers.foreign.forest_objects import straightened
from riskmodel.scorers.foreign.forest_scorer import LEAST, ForestScorer
from riskmodel.scorers.foreign.sklearn_forests import SINGLE
from riskmodel.scorers.lgbm import LgbmScorer

ROWS = np.random.default_rng(0).normal(size=(60, 3)).round(1)


def shares(seed, near=0.3, spread=0.01):
    """Trees whose leaves are shares of bads near one another."""
    made, draw = random_ensemble(seed, "lightgbm", features=(0, 1)), np.random.default_rng(seed)
    trees = [
        replace(t, value=np.where(t.is_leaf, near + spread * draw.uniform(-1, 1, len(t)), 0.0)) for t in made.trees
    ]
    return replace(made, trees=tuple(trees), intercept=0.0)


@pytest.mark.parametrize("near", [0.05, 0.3, 0.9])
@pytest.mark.parametrize("seed", range(3))
def test_near_the_mean_share_the_log_odds_are_those_of_the_mean_of_the_trees(near, seed):
    forest = shares(seed, near)
    mean = forest.tree_margins(ROWS).mean(axis=1)
    straight = straightened(forest)
    off = np.abs(straight.margins(ROWS) - logit(mean)).max()
    assert off < 0.5 * 0.01**2 / (near * (1 - near)) ** 2  # what is left is of second order
    assert np.ptp(straight.margins(ROWS)) > 0


def test_a_sum_over_the_rows_that_grew_it_is_the_mean_share():
    straight = straightened(shares(4))
    assert expit(straight.intercept) == pytest.approx(
        np.mean([np.average(t.value[t.is_leaf], weights=t.cover[t.is_leaf]) for t in shares(4).trees])
    )
    assert sum(tree.mean for tree in straight.trees) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_forest_of_one_class_alone_has_log_odds_that_are_numbers(share):
    straight = straightened(shares(2, share, 0.0))
    assert np.isfinite(straight.margins(ROWS)).all()
    assert np.sign(straight.intercept) == (1 if share else -1)


def test_thresholds_that_single_precision_does_not_hold_are_its_ends():
    forest = shares(5)
    wide = replace(forest.trees[-1], threshold=np.where(forest.trees[-1].is_leaf, 0.0, 1e300))
    straight = straightened(replace(forest, trees=(wide,)))
    assert np.abs(straight.trees[0].threshold).max() <= SINGLE


@pytest.fixture
def forest(fitted):
    """A forest that answers otherwise than the trees that a booster starts from."""
    given = fitted("lgbm")
    return ForestScorer(FEATURES, Calibration(), given.native, given.recipe, given.seed, every_other)


def every_other(rows):
    return np.where(np.arange(len(rows)) % 2, 1.0, 0.25)


def test_its_pds_are_the_forests_own_and_not_those_of_its_trees(forest, fresh):
    np.testing.assert_array_equal(forest.score(fresh)[:2], [0.25, 1.0])
    assert (forest.score(fresh) == forest.own_pd(fresh.matrix)).all()


def test_a_pd_of_one_has_the_log_odds_of_the_largest_that_has_some(forest, fresh):
    np.testing.assert_allclose(forest.raw_margin(fresh.matrix[:2]), [logit(0.25), logit(1 - LEAST)])


def test_with_other_trees_nothing_of_the_forest_is_left(forest, fresh):
    cut = forest.with_ensemble(forest.ensemble.keep_trees([0, 1, 2]))
    assert type(cut) is LgbmScorer
    np.testing.assert_allclose(cut.score(fresh), expit(cut.ensemble.margins(fresh.matrix)), rtol=1e-12)
