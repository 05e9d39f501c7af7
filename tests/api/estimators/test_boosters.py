"""A booster as a parameter: fitted as a copy, by its own seed where it has one, with weights only where there are."""

import numpy as np
import pytest
from lightgbm import LGBMClassifier
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier

from riskmodel.api.estimators.boosters import fitted, takes

X, DEFAULT = np.zeros((4, 1)), np.array([0, 1, 0, 1], np.int8)


class Noted(ClassifierMixin, BaseEstimator):
    """Remembers what it was fitted with."""

    def __init__(self, random_state=None, seed_free=1):
        self.random_state = random_state
        self.seed_free = seed_free

    def fit(self, rows, y, **more):
        self.given_ = rows, y, more
        return self


class Unseeded(ClassifierMixin, BaseEstimator):
    def fit(self, rows, y):
        self.given_ = rows, y
        return self


def test_the_given_one_stays_unfitted():
    given = Noted()
    made = fitted(given, X, DEFAULT, None, seed=3)
    assert not hasattr(given, "given_")
    assert given.random_state is None
    assert made.given_[:2] == (X, DEFAULT)


@pytest.mark.parametrize(("own", "given", "due"), [(None, 3, 3), (7, 3, 7), (0, 3, 0), (None, None, None)])
def test_its_own_seed_comes_first(own, given, due):
    assert fitted(Noted(random_state=own), X, DEFAULT, None, seed=given).random_state == due


def test_one_without_a_seed_is_given_none():
    assert fitted(Unseeded(), X, DEFAULT, None, seed=3).given_ == (X, DEFAULT)


def test_weights_are_handed_on_only_where_there_are_some():
    weight = np.array([1.0, 2.0, 3.0, 4.0])
    assert fitted(Noted(), X, DEFAULT, weight).given_[2] == {"sample_weight": weight}
    assert fitted(Noted(), X, DEFAULT, None).given_[2] == {}


@pytest.mark.parametrize(
    ("estimator", "due"),
    [
        (LGBMClassifier(), (True, True)),
        (HistGradientBoostingClassifier(), (False, True)),
        (GradientBoostingClassifier(), (True, False)),
    ],
)
def test_what_a_library_takes_is_what_it_says(estimator, due):
    assert takes(estimator) == due
