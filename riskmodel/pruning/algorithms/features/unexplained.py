"""How much of a margin a set of features cannot say: small boosters learn it from these features alone.

They are made for an order of features and thrown away; no model is made of them. A feature that others say again costs
nothing here, which no SHAP value shows. LightGBM (Ke et al. 2017) grows them, since it is the quickest at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from riskmodel.core import Column, Kind, Matrix, Vector

ROUNDS, BINS = 60, 63
SETTINGS = {
    "objective": "regression",
    "learning_rate": 0.1,
    "num_leaves": 16,
    "max_bin": BINS,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "seed": 0,
    "verbose": -1,
}
Rows = tuple[Matrix, Vector, Vector]


class Unexplained:
    """Rows to learn a margin on, and others to judge on.

    Parameters
    ----------
    features
        The columns.
    learnt, judged
        Of each: rows (n x features; NaN is missing), their margin in log-odds (n), and how much each counts (n), above
        0: the hessian of the log-loss.
    """

    def __init__(self, features: Sequence[Column], learnt: Rows, judged: Rows) -> None:
        self.learnt, self.judged = learnt, judged
        self.levels = frozenset(i for i, column in enumerate(features) if column.kind is Kind.CATEGORICAL)

    def __call__(self, places: Sequence[int]) -> tuple[float, Vector]:
        """Of the features at `places`, one at least: what they leave and how much each says.

        Returns
        -------
        The mean squared error of the margin on the judged rows, in log-odds squared; the gain of the splits on each.
        """
        booster = self._fitted(places)
        matrix, margin, weight = self.judged
        error = float(np.average((booster.predict(matrix[:, places]) - margin) ** 2, weights=weight))
        return error, np.asarray(booster.feature_importance("gain"), np.float64)

    def _fitted(self, places: Sequence[int]) -> Any:
        import lightgbm  # noqa: PLC0415 - heavy

        matrix, margin, weight = self.learnt
        levels = [i for i, place in enumerate(places) if place in self.levels]
        binned = {"max_bin": BINS, "verbose": -1}
        rows = lightgbm.Dataset(matrix[:, places], margin, weight=weight, categorical_feature=levels, params=binned)
        return lightgbm.train(SETTINGS, rows, ROUNDS)
