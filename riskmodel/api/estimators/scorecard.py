"""The scorecard in scikit-learn's manners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from riskmodel import scorers
from riskmodel.api import frames
from riskmodel.api.estimators import rows
from riskmodel.api.estimators.binary import BinaryClassifier
from riskmodel.core import Column, Development, Kind, Matrix, Sample, Scale, Vector
from riskmodel.datasets import encode
from riskmodel.evaluation import recalibrated


class ScorecardClassifier(BinaryClassifier):
    """A scorecard of numbers and categories: every feature in a few bins, every bin with its points.

    Columns of a frame that are no numbers are categories; missing values have a bin of their own.

    Parameters
    ----------
    max_bins
        Of a number, missing apart, in 2 to 100.
    min_share, rare_share
        The least share of rows in a bin of numbers; levels with less than the other share a bin.
    smoothing
        Rows at the sample's bad rate that are added to each bin.
    pdo, base_points, base_odds
        So many points stand for so many goods to a bad, and `pdo` more double the odds.
    monotone
        1 or -1 by feature, where more must never lower, or never raise, the PD.
    holdout
        The share of the rows, in (0, 1), that chooses the penalty and calibrates.
    random_state
        Of the split.

    Attributes
    ----------
    classes_
        The good and the bad.
    scorer_
        The scorer, as a run of the command line makes it.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> X, y = make_classification(600, random_state=0)
    >>> card = ScorecardClassifier(max_bins=5).fit(X, y)
    >>> card.table()["points"].iloc[0] > 0
    np.True_
    """

    def __init__(
        self,
        *,
        max_bins: int = 12,
        min_share: float = 0.02,
        rare_share: float = 0.02,
        smoothing: float = 1.0,
        pdo: float = 20.0,
        base_points: float = 600.0,
        base_odds: float = 50.0,
        monotone: Mapping[str, int] | None = None,
        holdout: float = 0.25,
        random_state: Any = 0,
    ) -> None:
        self.max_bins = max_bins
        self.min_share = min_share
        self.rare_share = rare_share
        self.smoothing = smoothing
        self.pdo = pdo
        self.base_points = base_points
        self.base_odds = base_odds
        self.monotone = monotone
        self.holdout = holdout
        self.random_state = random_state

    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> ScorecardClassifier:  # noqa: N803
        """Bins, fits and calibrates. Raises: ValueError, in one line that says what is wrong."""
        given = rows.checked(self, X, reset=True)
        self.classes_, default = rows.outcome(y, given)
        weight = rows.weights(sample_weight, given)
        rows.require_both(default, weight)
        with rows.as_value_errors():
            self._columns = _columns(self._tabular(given), self._names(), self.monotone or {})
            matrix = self._matrix(given)
            some = np.arange(len(default)) if weight is None else np.flatnonzero(weight)
            sample = Sample("given rows", self._columns, matrix, default, np.arange(len(default)), weight=weight)
            sample, seed = sample.take(some), rows.seed_of(self.random_state)
            train, tune = rows.parted(sample.default, self.holdout, seed)
            development = Development(sample.take(train, "train"), sample.take(tune, "tune"))
            recipe = scorers.recipe("scorecard", self._options())
            self.scorer_: Any = recalibrated(recipe.fit(development, self._columns, seed), development.tune)
        return self

    def predict_proba(self, X: Any) -> Matrix:  # noqa: N803
        """PDs of rows (n x 2), in the order of `classes_`."""
        matrix = self._read(X)
        pd_bad = self.scorer_.pd(matrix)
        return np.column_stack([1 - pd_bad, pd_bad])

    def decision_function(self, X: Any) -> Vector:  # noqa: N803
        """Log-odds of the bad (n), calibrated."""
        matrix = self._read(X)
        return self.scorer_.margin(matrix)

    def points(self, X: Any) -> Vector:  # noqa: N803
        """Points of rows (n): more is better."""
        return Scale(self.pdo, self.base_points, self.base_odds).points(self.decision_function(X))

    def table(self) -> pd.DataFrame:
        """The printed scorecard, a bin a row; the first is what every application starts with."""
        check_is_fitted(self)
        return pd.DataFrame(self.scorer_.table())

    def _read(self, X: Any) -> Matrix:  # noqa: N803
        check_is_fitted(self)
        return self._matrix(rows.checked(self, X, reset=False))

    def _matrix(self, given: Any) -> Matrix:
        """Rows x features. Raises: ValueError for a matrix where the fit had categories."""
        table = self._tabular(given)
        if isinstance(table, pa.Table):
            with rows.as_value_errors():
                return encode.matrix(table, self._columns)
        if texts := [column.name for column in self._columns if column.kind is Kind.CATEGORICAL]:
            raise ValueError(f"X must be a frame, since {texts[0]!r} is a category, however: {type(given).__name__}")
        return np.asarray(given, np.float64)

    def _tabular(self, given: Any) -> Any:
        """A frame as Arrow, under the names of the fit; a matrix as it is."""
        if not rows.is_frame(given):
            return given
        named = hasattr(self, "feature_names_in_") or not isinstance(given, pd.DataFrame)
        return frames.arrow(given if named else given.set_axis(self._names(), axis=1))

    def _names(self) -> list[str]:
        return [str(name) for name in getattr(self, "feature_names_in_", (f"x{i}" for i in range(self.n_features_in_)))]

    def _options(self) -> dict[str, Any]:
        names = ("max_bins", "min_share", "rare_share", "smoothing", "pdo", "base_points", "base_odds")
        return {name: getattr(self, name) for name in names}


def _columns(given: Any, names: list[str], monotone: Mapping[str, int]) -> tuple[Column, ...]:
    """What each feature is. Raises: ValueError for a direction of a feature that there is not."""
    if unknown := sorted(set(monotone) - set(names)):
        raise ValueError(f"monotone must name features of X, however: {unknown[0]!r}")
    if not isinstance(given, pa.Table):
        return tuple(Column(name, monotone=monotone.get(name, 0)) for name in names)
    return tuple(_column(given, name, monotone.get(name, 0)) for name in names)


def _column(table: pa.Table, name: str, monotone: int) -> Column:
    values = encode.column_of(table, name)
    if encode.is_number(values.type):
        return Column(name, monotone=monotone)
    levels = encode.levels(values, name).drop_null().unique().to_pylist()
    return Column(name, kind=Kind.CATEGORICAL, categories=tuple(sorted(levels)))
