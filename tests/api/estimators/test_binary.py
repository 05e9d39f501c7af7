"""A classifier of goods and bads decides at one half, in the words of its own classes, and only once it is fitted."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags

from riskmodel.api.estimators.binary import BinaryClassifier


class Given(BinaryClassifier):
    """PDs as they are handed in."""

    def fit(self, _rows, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):  # noqa: N803 - as scikit-learn spells it
        return np.column_stack([1 - X, X])


@pytest.mark.parametrize(
    ("y", "due"),
    [
        ([0, 1], [0, 0, 1, 1]),
        (["bad", "good"], ["bad", "bad", "good", "good"]),
        ([False, True], [False, False, True, True]),
    ],
)
def test_the_likelier_class_is_told_in_its_own_words_and_a_tie_is_a_good(y, due):
    made = Given().fit(None, y).predict(np.array([0.1, 0.5, 0.51, 0.9]))
    assert made.tolist() == due
    assert made.dtype == np.asarray(y).dtype


def test_before_it_is_fitted_it_says_nothing():
    with pytest.raises(NotFittedError):
        Given().predict(np.array([0.5]))


def test_scikit_learn_is_told_that_there_are_two_classes_and_gaps():
    tags = get_tags(Given())
    assert tags.estimator_type == "classifier"
    assert not tags.classifier_tags.multi_class
    assert tags.input_tags.allow_nan
