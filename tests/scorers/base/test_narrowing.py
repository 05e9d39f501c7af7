"""A scorer without the features that it never reads says the same to the last bit; what reads all is refused."""

from dataclasses import replace

import numpy as np
import pytest
from random_trees import random_ensemble, trying
from toy_scorer import ToyScorer

from riskmodel.errors import UnsupportedScorer
from riskmodel.scorers.base.narrowing import narrow, renumbered


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
@pytest.mark.parametrize(("features", "places"), [((0, 1), (1, 0)), ((2,), (2,)), ((0, 2), (0, 2)), ((1,), (1, 2))])
def test_trees_of_fewer_columns_are_the_same_trees(rules, features, places):
    ensemble = random_ensemble(4, rules, features=features)
    rows = trying(ensemble, 200)
    narrower = renumbered(ensemble, places)
    assert narrower.n_features == len(places)
    np.testing.assert_array_equal(narrower.margins(rows[:, list(places)]), ensemble.margins(rows))
    assert {place for tree in narrower.trees for place in tree.used_features} <= set(range(len(places)))


def test_the_given_trees_stay():
    ensemble = random_ensemble(4, "lightgbm", features=(2,))
    before = [tree.feature.copy() for tree in ensemble.trees]
    renumbered(ensemble, (2,))
    assert all((tree.feature == old).all() for tree, old in zip(ensemble.trees, before, strict=True))


def test_what_reads_every_feature_is_refused_by_its_kind():
    with pytest.raises(UnsupportedScorer, match="a toy scorer reads every feature that it has"):
        narrow(ToyScorer.of([1.0, 2.0, 3.0]))


def test_a_scorer_that_reads_none_is_refused(fitted):
    scorer = fitted("lgbm")
    nothing = scorer.with_ensemble(replace(scorer.ensemble, trees=(), intercept=0.1))
    with pytest.raises(UnsupportedScorer, match="the scorer must read a feature, however: it gives every row the same"):
        narrow(nothing)
