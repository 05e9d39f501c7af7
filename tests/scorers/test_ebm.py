"""What interpret trained is kept as trees, and gives interpret's own PDs; interpret is the oracle."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from interpret.glassbox import ExplainableBoostingClassifier
from samples import FEATURES, QUICK, drawn

from riskmodel import scorers
from riskmodel.core import Column, Development, Kind, Targets
from riskmodel.errors import ConfigError, RiskModelError
from riskmodel.scorers import ebm
from riskmodel.scorers.base.boosting import Lesson
from riskmodel.scorers.ebm import EbmRecipe


@pytest.fixture(scope="module")
def development():
    return Development(drawn(1203, 1), drawn(601, 2))


@pytest.mark.parametrize("options", [{}, {"bags": 2, "pairs": 0, "leaves": 2}, {"bins": 64, "pair_bins": 16}])
def test_it_gives_interprets_own_pds(monkeypatch, development, options):
    machines = []

    class Kept(ExplainableBoostingClassifier):
        def fit(self, *args, **settings):
            machines.append(self)
            return super().fit(*args, **settings)

    monkeypatch.setattr(ebm, "_library", lambda: Kept)
    scorer = scorers.recipe("ebm", QUICK["ebm"] | options).fit(development, FEATURES, seed=3)
    rows = drawn(907, 4).matrix
    rows[::5, :] = np.nan
    known = rows.copy()
    rows[1::5, 2], known[1::5, 2] = 99, np.nan  # a level that no train sample had counts as missing
    theirs = machines[0].predict_proba(ebm._frame(known, FEATURES))[:, 1]
    np.testing.assert_allclose(scorer.pd(rows), theirs, atol=1e-12, rtol=0)
    np.testing.assert_allclose(scorer.native_pd(rows), theirs, atol=1e-12, rtol=0)
    assert {len(tree.used_features) for tree in scorer.ensemble.trees} <= {1, 2}
    assert scorer.complexity().trees == len(machines[0].term_features_)


def test_a_direction_holds_over_all_numbers(development):
    scorer = scorers.recipe("ebm", QUICK["ebm"]).fit(development, FEATURES, seed=3)
    rows = np.repeat(drawn(40, 9).matrix, 61, axis=0)
    rows[:, 3] = np.tile(np.arange(61), 40)
    assert (np.diff(scorer.pd(rows).reshape(40, 61), axis=1) <= 1e-12).all()


def test_a_small_one_keeps_the_terms_that_say_most(development):
    whole = scorers.recipe("ebm", QUICK["ebm"]).fit(development, FEATURES, seed=3)
    small = whole.refit(development, FEATURES, size=0.25)
    assert small.ensemble.n_leaves <= 0.25 * whole.ensemble.n_leaves
    assert 0 in small.ensemble.used_features  # income moves the PD most
    assert "noise" not in [FEATURES[place].name for place in small.ensemble.used_features]


def test_too_few_cells_for_any_term_leave_the_mean(development):
    scorer = EbmRecipe(rounds=5, bags=1, pairs=0, bins=8, cells=1).fit(development, FEATURES, seed=0)
    assert np.ptp(scorer.pd(drawn(50, 3).matrix)) == 0


def test_a_category_of_no_level_says_nothing(development):
    features = (FEATURES[0], Column("purpose", kind=Kind.CATEGORICAL, categories=()))
    parts = [drawn(800, seed) for seed in (1, 2)]
    for part in parts:
        part.matrix[:, 2] = np.nan
    scorer = EbmRecipe(rounds=5, bags=1, pairs=1).fit(Development(*parts), (FEATURES[0], FEATURES[2]), seed=0)
    assert np.isfinite(scorer.pd(np.array([[0.0, np.nan]]))).all()
    assert features[1].categories == ()


def test_it_scores_without_interpret(development, monkeypatch):
    scorer = scorers.recipe("ebm", QUICK["ebm"]).fit(development, FEATURES, seed=3)
    monkeypatch.setitem(sys.modules, "interpret.glassbox", None)
    again = scorers.load("ebm", scorer.features, scorer.calibration, scorer.files())
    rows = drawn(300, 8).matrix
    np.testing.assert_array_equal(again.pd(rows), scorer.pd(rows))
    with pytest.raises(RiskModelError, match=r"training an EBM needs interpret: pip install 'riskmodel\[ebm\]'"):
        EbmRecipe(rounds=3).fit(development, FEATURES, seed=0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"leaves": 1}, "options.leaves: must be greater than or equal to 2, however: 1"),
        ({"rate": 2}, "options.rate: must be less than or equal to 1, however: 2"),
        ({"bins": 2}, "options.bins: must be greater than or equal to 3, however: 2"),
        ({"interactions": 3}, "options.interactions: unknown key; allowed are search, rounds"),
        ({"bags": 0.5}, "options.bags: must be a whole number, however: 0.5"),
    ],
)
def test_a_wrong_option_is_told_in_one_line(options, message):
    with pytest.raises(ConfigError, match=message):
        scorers.recipe("ebm", options)


def lesson(weight=None):
    """Three rows of train and two of tune, whose soft targets are easy to share out."""
    train, tune = drawn(3, 1, "train"), drawn(2, 2, "tune")
    if weight is not None:
        train = replace(train, weight=np.array(weight))
    return Lesson(Development(train, tune), FEATURES, Targets(np.array([0.25, 1.0, 0.0]), np.array([0.5, 0.0])))


def test_a_soft_target_is_a_bad_and_a_good_each_by_its_share():
    rows, outcome, weight, tune = ebm._rows(lesson())
    made = sorted(zip(tune.tolist(), outcome.tolist(), weight.tolist(), strict=True))
    train = [(False, 0, 0.75), (False, 0, 1.0), (False, 1, 0.25), (False, 1, 1.0)]
    assert made == [*train, (True, 0, 0.5), (True, 0, 1.0), (True, 1, 0.5)]
    assert rows.shape == (7, len(FEATURES))


def test_what_a_row_weighs_is_shared_out_too_and_a_row_of_no_weight_is_not_learnt():
    _, outcome, weight, tune = ebm._rows(lesson([4.0, 0.0, 2.0]))
    made = sorted(zip(outcome[~tune].tolist(), weight[~tune].tolist(), strict=True))
    assert made == [(0, 2.0), (0, 3.0), (1, 1.0)]


@pytest.mark.parametrize(("bags", "learns"), [(1, 80), (3, 48)])
def test_every_bag_learns_from_its_share_of_train_and_stops_on_all_of_tune(bags, learns):
    tune = np.arange(100) >= 80
    made = EbmRecipe(bags=bags, row_share=0.6)._bags(tune, seed=1)
    assert made.shape == (100, bags)
    assert (made[tune] == -1).all()
    assert ((made[~tune] == 1).sum(axis=0) == learns).all()
    assert set(np.unique(made[~tune])) <= {0, 1}
    assert len({tuple(bag) for bag in made.T}) == bags


def test_the_search_starts_from_the_recipe_and_repeats_itself_by_the_seed():
    recipe = EbmRecipe(search=5, pairs=3)
    tried = recipe.drawn(7)
    assert tried == recipe.drawn(7) != recipe.drawn(8)
    assert (len(tried), tried[0]) == (5, replace(recipe, search=0))
    assert {one.search for one in tried} == {0}


@pytest.mark.parametrize(("pairs", "shapes"), [(0, 4), (10, 8)])
def test_small_machines_are_coarse_or_fine_with_pairs_or_without(pairs, shapes):
    tried = EbmRecipe(pairs=pairs).small(60)
    assert len({(one.bins, one.pairs) for one in tried}) == len(tried) == shapes
    assert {one.cells for one in tried} == {60}
    assert all(one.pair_bins <= one.bins for one in tried)
    assert EbmRecipe(pairs=pairs).taught(60, (4,)) == tried
