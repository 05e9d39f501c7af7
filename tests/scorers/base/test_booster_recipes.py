"""The search of boosters: seeded, within what was asked for, judged on tune alone."""

import numpy as np
import pytest
from samples import FEATURES, QUICK, drawn
from sklearn.metrics import log_loss

from riskmodel import scorers
from riskmodel.core import Development, Targets
from riskmodel.scorers.base.boosting import best


@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
def test_the_best_of_a_search_is_the_one_with_the_least_log_loss_on_tune(kind, development):
    recipe = scorers.recipe(kind, {**QUICK[kind], "rounds": 8})
    tried = [recipe, *recipe.drawn(1)[1:], *recipe.small(20)[:3]]
    ticks = []
    chosen = best(tried, development, FEATURES, 1, lambda: ticks.append(1))
    losses = [
        log_loss(development.tune.default, one.train(development, FEATURES, 1).score(development.tune)) for one in tried
    ]
    assert log_loss(development.tune.default, chosen.score(development.tune)) == pytest.approx(min(losses), rel=1e-6)
    assert len(ticks) == len(tried)


@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
def test_training_stops_by_tune_and_keeps_the_trees_up_to_its_best(kind):
    """Outcomes by chance: more trees only fit noise."""
    random = np.random.default_rng(0)
    train, tune = (drawn(rows, seed) for rows, seed in ((600, 5), (310, 6)))
    for sample in (train, tune):
        sample.default[:] = random.random(len(sample)) < 0.3
    scorer = scorers.recipe(kind, {"search": 0, "rounds": 300, "patience": 10, "rate": 0.3, "min_rows": 5}).fit(
        Development(train, tune), FEATURES, seed=0
    )
    assert len(scorer.ensemble.trees) < 20


@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
def test_outcomes_given_as_targets_teach_nearly_the_same(kind, development, fresh):
    recipe = scorers.recipe(kind, QUICK[kind])
    plain = recipe.fit(development, FEATURES, seed=2)
    taught = recipe.fit(development, FEATURES, seed=2, targets=Targets.outcomes(development))
    assert np.corrcoef(plain.raw_margin(fresh.matrix), taught.raw_margin(fresh.matrix))[0, 1] > 0.98


@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
def test_a_monotone_column_is_handed_to_the_library(kind, fitted, fresh):
    scorer = fitted(kind)
    rows = np.repeat(fresh.matrix[:40], 61, axis=0)
    rows[:, 3] = np.tile(np.arange(61), 40)
    margins = scorer.raw_margin(rows).reshape(40, 61)
    assert (np.diff(margins, axis=1) <= 1e-9).all()
    assert (np.diff(margins, axis=1) < 0).any()
