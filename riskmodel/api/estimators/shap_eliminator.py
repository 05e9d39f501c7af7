"""A selector of features by SHAP importance on rows that did not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, MetaEstimatorMixin
from sklearn.feature_selection import SelectorMixin
from sklearn.utils import ClassifierTags, _safe_indexing
from sklearn.utils.validation import check_is_fitted

from riskmodel.api.estimators import boosters, rows
from riskmodel.core import Vector
from riskmodel.explanation import importance
from riskmodel.workflows.prune.in_memory import read_with


class ShapEliminator(SelectorMixin, MetaEstimatorMixin, BaseEstimator):
    """Drops the features with the least mean |SHAP value|, fits the rest again, and so on.

    Parameters
    ----------
    estimator
        A boosted classifier, as `PrunedClassifier` takes it.
    n_features_to_select
        How many stay: a count, or a share in (0, 1).
    step
        The share, in (0, 1), of the features that are left which one round drops; one feature at least.
    holdout
        The share of the rows, in (0, 1), that importance is measured on and that does not fit.
    random_state
        Of the split, and of an estimator that has none of its own.

    Attributes
    ----------
    support_
        Whether each feature stays (features).
    importances_
        Mean |SHAP value| in log-odds (features), each from the last round that a feature was in.
    ranking_
        1 for what stays, more the earlier a feature went (features).

    References
    ----------
    Lundberg and Lee 2017; recursive elimination: Guyon et al. 2002.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.ensemble import GradientBoostingClassifier
    >>> X, y = make_classification(600, n_features=8, random_state=0)
    >>> selector = ShapEliminator(GradientBoostingClassifier(random_state=0), n_features_to_select=3)
    >>> selector.fit_transform(X, y).shape
    (600, 3)
    """

    def __init__(
        self,
        estimator: Any,
        *,
        n_features_to_select: float = 0.5,
        step: float = 0.2,
        holdout: float = 0.3,
        random_state: Any = 0,
    ) -> None:
        self.estimator = estimator
        self.n_features_to_select = n_features_to_select
        self.step = step
        self.holdout = holdout
        self.random_state = random_state

    def fit(self, X: Any, y: ArrayLike | None = None) -> ShapEliminator:  # noqa: N803 - as scikit-learn spells it
        """Selects. Raises: ValueError, in one line that says what is wrong."""
        sparse, missing = boosters.takes(self.estimator)
        given = rows.checked(self, X, reset=True, sparse=sparse, missing=missing)
        _, default = rows.outcome(y, given)
        wanted, seed = self._wanted(), rows.seed_of(self.random_state)
        fits, judges = rows.parted(default, self.holdout, seed)
        left: NDArray[np.intp] = np.arange(self.n_features_in_)
        self.importances_ = np.zeros(len(left))
        last = np.zeros(len(left), np.intp)  # round that a feature was in
        for turn in range(len(left)):
            some = _safe_indexing(given, left, axis=1)
            model = boosters.fitted(self.estimator, _safe_indexing(some, fits), default[fits], None, seed)
            self.importances_[left] = _importance(model, _safe_indexing(some, judges))
            last[left] = turn
            if len(left) <= wanted:
                break
            drop = min(max(1, int(self.step * len(left))), len(left) - wanted)
            left = np.sort(left[np.argsort(self.importances_[left], kind="stable")[drop:]])
        self.ranking_ = 1 + last.max() - last
        self.support_ = np.isin(np.arange(self.n_features_in_), left)
        return self

    def _wanted(self) -> int:
        """How many features stay. Raises: ValueError."""
        if not 0 < self.step < 1:
            raise ValueError(f"step must be in (0, 1), however: {self.step:g}")
        count = self.n_features_to_select
        if isinstance(count, (int, np.integer)) and 1 <= count <= self.n_features_in_:
            return int(count)
        if isinstance(count, float) and 0 < count < 1:
            return max(1, round(count * self.n_features_in_))
        raise ValueError(
            f"n_features_to_select must be 1 to {self.n_features_in_}, or a share in (0, 1), however: {count!r}"
        )

    def _get_support_mask(self) -> NDArray[np.bool_]:
        check_is_fitted(self)
        return self.support_

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.classifier_tags = ClassifierTags(multi_class=False)
        tags.input_tags.sparse, tags.input_tags.allow_nan = boosters.takes(self.estimator)
        return tags


def _importance(model: Any, X: Any) -> Vector:  # noqa: N803
    """Of each feature, on these rows; of a model without a split, 0."""
    with rows.as_value_errors():
        scorer, matrix = read_with(model, X)
        return importance(scorer, matrix)
