"""A boosted classifier that is fitted on most rows and pruned on the others, in scikit-learn's manners."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import MetaEstimatorMixin
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import check_is_fitted

from riskmodel.api.estimators import boosters, rows
from riskmodel.api.estimators.binary import BinaryClassifier
from riskmodel.api.pruning import prune
from riskmodel.core import Matrix, Outcome, Vector
from riskmodel.review.reports.frontier import Frontier
from riskmodel.review.reports.same_decisions import SameDecisions
from riskmodel.stats.sample_size import FOR_LEAF
from riskmodel.workflows.prune.in_memory import prune_trees
from riskmodel.workflows.prune.path import METHOD

HOLDOUT = 0.3


class PrunedClassifier(MetaEstimatorMixin, BinaryClassifier):
    """A boosted classifier that is fitted on some rows and pruned on the rest.

    Parameters
    ----------
    estimator
        LightGBM's, XGBoost's or CatBoost's classifier, GradientBoostingClassifier or HistGradientBoostingClassifier.
    keep
        The share of leaves that stays, in (0, 1].
    margin
        The loss of AUC that counts as none, in place of `keep`: the smallest model that a sealed part of the rows
        confirms. 0.005 where neither is given.
    method
        A pruner of trees, by its name.
    holdout
        The share of the rows, in (0, 1), that prunes and does not fit; by outcome alike.
    random_state
        Of the split, of the pruner, and of an estimator that has none of its own.

    Attributes
    ----------
    classes_
        The good and the bad.
    model_
        The pruned model, of the estimator's class, fitted to outcomes 0 and 1.
    is_pruned_
        False where the estimator stays whole, of which a warning says why: fewer than 10 bads or goods to prune on, or
        no smaller model confirmed within the margin.
    evidence_
        Of a margin: every size with its figures; else None.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.ensemble import GradientBoostingClassifier
    >>> X, y = make_classification(600, random_state=0)
    >>> small = PrunedClassifier(GradientBoostingClassifier(random_state=0), keep=0.2).fit(X, y)
    >>> small.predict_proba(X).shape
    (600, 2)
    """

    def __init__(
        self,
        estimator: Any,
        *,
        keep: float | None = None,
        margin: float | None = None,
        method: str = METHOD,
        holdout: float = HOLDOUT,
        random_state: Any = 0,
    ) -> None:
        self.estimator = estimator
        self.keep = keep
        self.margin = margin
        self.method = method
        self.holdout = holdout
        self.random_state = random_state

    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> PrunedClassifier:  # noqa: N803
        """Fits and prunes. Raises: ValueError, in one line that says what is wrong."""
        if self.keep is not None and self.margin is not None:
            raise ValueError("keep and margin each set the size: give one of them")
        if sample_weight is not None and self.keep is None:
            raise ValueError("sample_weight needs keep: no margin is confirmed on weighted rows in memory")
        if not hasattr(self.estimator, "fit"):
            raise ValueError(f"estimator must be a classifier with fit, however: {self.estimator!r}")
        sparse, missing = boosters.takes(self.estimator)
        given = rows.checked(self, X, reset=True, sparse=sparse, missing=missing)
        self.classes_, default = rows.outcome(y, given)
        weight, seed = rows.weights(sample_weight, given), rows.seed_of(self.random_state)
        self.evidence_: Frontier | SameDecisions | None = None
        if self._few(default, weight):
            self.model_, self.is_pruned_ = boosters.fitted(self.estimator, given, default, weight, seed), False
            return self
        fits, prunes = rows.parted(default, self.holdout, seed)
        part = None if weight is None else weight[fits]
        whole = boosters.fitted(self.estimator, _safe_indexing(given, fits), default[fits], part, seed)
        rest = _safe_indexing(given, prunes)
        with rows.as_value_errors():
            self._prune(whole, rest, default[prunes], None if weight is None else weight[prunes], seed)
        return self

    def _few(self, default: Outcome, weight: Vector | None) -> bool:
        """Whether too few rows would prune to judge a leaf by, which a warning says."""
        counted = default if weight is None else default[weight > 0]
        least = min(int(counted.sum()), len(counted) - int(counted.sum()))
        if few := np.floor(least * self.holdout) <= FOR_LEAF:
            warnings.warn(
                f"not pruned: holdout must leave more than {FOR_LEAF} bads and goods to prune on, however: "
                f"{least} x {self.holdout:g}",
                stacklevel=3,
            )
        return bool(few)

    def _prune(self, whole: Any, X: Any, default: Outcome, weight: Vector | None, seed: int) -> None:  # noqa: N803
        if self.keep is not None:
            self.model_ = prune_trees(
                whole, X, default, keep=self.keep, method=self.method, sample_weight=weight, seed=seed
            )
            self.is_pruned_ = True
            return
        made = prune(whole, X, default, margin=self.margin, method=self.method, seed=seed, progress=False)
        self.evidence_, self.is_pruned_ = made.evidence, made.model is not None
        self.model_ = whole if made.model is None else made.model
        if not self.is_pruned_:
            warnings.warn(f"not pruned: {made.evidence.reached}", stacklevel=4)

    def predict_proba(self, X: Any) -> Matrix:  # noqa: N803
        """PDs of rows (n x 2), in the order of `classes_`."""
        check_is_fitted(self)
        sparse, missing = boosters.takes(self.estimator)
        given = rows.checked(self, X, reset=False, sparse=sparse, missing=missing)
        return np.asarray(self.model_.predict_proba(given), np.float64)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse, tags.input_tags.allow_nan = boosters.takes(self.estimator)
        return tags
