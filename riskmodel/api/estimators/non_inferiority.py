"""The cheapest candidate of a grid that is no worse than the champion, as `refit` of GridSearchCV."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from riskmodel.config import Margins
from riskmodel.core import Difference, Matrix, Vector
from riskmodel.evaluation.change.comparison import judge
from riskmodel.stats.holm import ALPHA, holm

Results = Mapping[str, Any]
Cost = str | Callable[[Mapping[str, Any]], float]


@dataclass(frozen=True)
class NonInferiority:
    """Picks the cheapest candidate whose cross-validated score is non-inferior to the champion's.

    Each cheaper candidate is tested on the differences of its folds' scores, by the corrected one-sided t-test; Holm's
    steps keep the chance of any false pass at 5 % over all of them. The scores then have chosen: report the model on
    other rows.

    Parameters
    ----------
    cost
        What counts as cheap: a parameter whose number is the cost, such as `"keep"`, or a function of a candidate's
        parameters.
    champion
        Parameters of the one that must not be lost against; None is the candidate with the highest mean score.
    margin
        The loss that counts as none, in units of the score; for `scoring="roc_auc"` of AUC.
    test_share
        The share of the rows that each split tests on; None is k-fold's, one over the number of splits.
    metric
        The score's name where there are several.

    References
    ----------
    Nadeau and Bengio 2003 (folds share rows: the variance of the mean is s^2 (1/k + test/train)); Holm 1979.

    Examples
    --------
    >>> choose = NonInferiority(cost="keep", margin=0.01)
    >>> choose({"params": [{"keep": 1.0}, {"keep": 0.1}, {"keep": 0.01}],
    ...         "split0_test_score": [0.80, 0.80, 0.71], "split1_test_score": [0.78, 0.779, 0.70],
    ...         "split2_test_score": [0.79, 0.79, 0.72]})
    1
    """

    cost: Cost
    champion: Mapping[str, Any] | None = None
    margin: float = Margins().auc
    test_share: float | None = None
    metric: str = "score"

    def __post_init__(self) -> None:
        if not 0 < self.margin < 1:
            raise ValueError(f"margin must be in (0, 1), however: {self.margin:g}")
        if self.test_share is not None and not 0 < self.test_share < 1:
            raise ValueError(f"test_share must be in (0, 1), however: {self.test_share:g}")

    def __call__(self, cv_results: Results) -> int:
        """The place of the chosen candidate. Raises: ValueError for one split, or a champion that is not there."""
        scores, costs = self._scores(cv_results), self._costs(cv_results)
        champion = self._champion(cv_results, scores)
        cheaper = [i for i in range(len(costs)) if costs[i] < costs[champion] and np.isfinite(scores[i]).all()]
        changes = [self._change(scores[i] - scores[champion]) for i in cheaper]
        adjusted = holm({i: change.p_value for i, change in zip(cheaper, changes, strict=True)})
        fit = [champion, *(i for i in cheaper if adjusted[i] <= ALPHA)]
        return min(fit, key=lambda i: (costs[i], -scores[i].mean(), i))

    def differences(self, cv_results: Results) -> list[Difference]:
        """Each candidate less the champion, with one-sided 95 % bounds that count no other candidate."""
        scores = self._scores(cv_results)
        champion = self._champion(cv_results, scores)
        return [self._change(row - scores[champion]) for row in scores]

    def _change(self, gains: Vector) -> Difference:
        count = len(gains)
        share = 1 / count if self.test_share is None else self.test_share
        error = np.sqrt(gains.var(ddof=1) * (1 / count + share / (1 - share)))
        return judge(float(gains.mean()), float(error), self.margin, units=count)

    def _scores(self, results: Results) -> Matrix:
        """Candidates x splits. Raises: ValueError."""
        names, place = [], 0
        while (name := f"split{place}_test_{self.metric}") in results:
            names.append(name)
            place += 1
        if len(names) < 2:
            raise ValueError(f"cv must give 2 splits of test_{self.metric}, however: {len(names)}")
        return np.column_stack([np.asarray(results[name], np.float64) for name in names])

    def _costs(self, results: Results) -> Vector:
        """Of each candidate. Raises: ValueError."""
        return np.array([self._cost(params) for params in results["params"]], np.float64)

    def _cost(self, params: Mapping[str, Any]) -> float:
        if callable(self.cost):
            return float(self.cost(params))
        value = params.get(self.cost)
        if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
            raise ValueError(f"cost must name a number among the parameters, however: {self.cost!r} is {value!r}")
        return float(value)

    def _champion(self, results: Results, scores: Matrix) -> int:
        finite = np.array([np.isfinite(row).all() for row in scores])
        if self.champion is None:
            if not finite.any():
                raise ValueError("a candidate must have a score in every split, however: none has")
            return int(np.argmax(np.where(finite, scores.mean(axis=1), -np.inf)))
        places = [i for i, params in enumerate(results["params"]) if dict(params) == dict(self.champion)]
        if len(places) != 1 or not finite[places[0]]:
            raise ValueError(f"champion must be one candidate with a score in every split, however: {self.champion!r}")
        return places[0]
