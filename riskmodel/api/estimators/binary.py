"""What a classifier of goods and bads has in common: two classes, tags, decisions at one half."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from riskmodel.core import Matrix


class BinaryClassifier(ClassifierMixin, BaseEstimator):
    """A classifier of two classes, the later one in sorted order the bad."""

    classes_: NDArray[Any]

    @abstractmethod
    def predict_proba(self, X: Any) -> Matrix:  # noqa: N803 - as scikit-learn spells it
        """PDs of rows (n x 2)."""

    def predict(self, X: Any) -> NDArray[Any]:  # noqa: N803
        """The likelier class of each row (n)."""
        check_is_fitted(self)
        return self.classes_[np.argmax(self.predict_proba(X), axis=1)]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        return tags
