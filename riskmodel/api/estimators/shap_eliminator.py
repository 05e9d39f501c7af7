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
from riskmodel.pruning.algorithms.features import elimination
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
        What one round drops: the share, in (0, 1), of the features that are left, one at least, or a count from 1.
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

        def judge(left: tuple[int, ...]) -> tuple[Vector, Vector]:
            some = _safe_indexing(given, list(left), axis=1)
            model = boosters.fitted(self.estimator, _safe_indexing(some, fits), default[fits], None, seed)
            return _importance(model, _safe_indexing(some, judges)), np.zeros(0)

        made = elimination.rounds(range(self.n_features_in_), wanted, self.step, judge)
        self.importances_ = np.zeros(self.n_features_in_)
        last = np.zeros(self.n_features_in_, np.intp)  # round that a feature was in
        for turn, one in enumerate(made):
            self.importances_[list(one.left)], last[list(one.left)] = one.worth, turn
        self.ranking_ = 1 + last.max() - last
        self.support_ = last == last.max()
        return self

    def _wanted(self) -> int:
        """How many features stay. Raises: ValueError."""
        with rows.as_value_errors():
            elimination.check_step(self.step)
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
