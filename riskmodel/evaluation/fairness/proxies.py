"""Evidence of whether features stand in for a group that must not be scored by: one by one, and together.

A screen: what it finds is surfaced, and what it does not find is not proven absent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2_contingency
from scipy.stats.contingency import crosstab
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from threadpoolctl import threadpool_limits

from riskmodel.core import Column, Interval, Kind, Mask, Matrix, Vector
from riskmodel.core.evidence import Evidence, Method
from riskmodel.errors import DataError
from riskmodel.evaluation.fairness.subgroup_tests import Subgroup, by_parts
from riskmodel.evaluation.metrics import discrimination
from riskmodel.evaluation.requirements import require_rows, too_few
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats.binning import binned, edges
from riskmodel.stats.interval import of_noncentrality

PROXIES = Method(
    "fairness.proxies",
    "Proxy screen, feature by feature",
    "Cramér's V = sqrt(chi-square / (n min(B - 1, G - 1))), B bins of the feature (missing is one), G groups; Holm",
    "Cramér 1946; interval by inverting the noncentral chi-square (Smithson 2003)",
    "It sees one feature at a time. V is above 0 by chance alone: its interval says how far.",
    "the feature and the group are independent",
    needs_outcome=False,
)
JOINTLY = Method(
    "fairness.proxy_jointly",
    "Proxy screen, all features together",
    "AUC of a gradient boosting that predicts the group from the features, on rows that it was not fitted on (5 folds)",
    "practice; scikit-learn's HistGradientBoosting, interval DeLong, DeLong and Clarke-Pearson 1988",
    "At most 10,000 rows, drawn with the seed. The folds are taken as one sample.",
    "AUC = 0.5",
    needs_outcome=False,
)
_MOST = 10_000


def proxies(matrix: Matrix, features: Sequence[Column], masks: Mapping[str, Mask], limits: Thresholds) -> Evidence:
    """How much each feature (n x features) says about the group; rows of no group are left out."""
    rows, group = require_rows(**masks), _codes(masks)
    known = group >= 0
    if len(np.unique(group[known])) < 2:
        raise DataError("groups must be at least two to be compared, however: fewer have rows")
    bins = int(limits.setting("bins"))
    parts = [_part(c, matrix[known, i], group[known], bins, limits) for i, c in enumerate(features)]
    return by_parts(PROXIES, limits, parts, rows, "feature")


def _codes(masks: Mapping[str, Mask]) -> NDArray[np.intp]:
    codes = np.full(len(next(iter(masks.values()))), -1, dtype=np.intp)
    for i, mask in enumerate(masks.values()):
        codes[mask] = i
    return codes


def _part(column: Column, values: Vector, group: NDArray[np.intp], bins: int, limits: Thresholds) -> Subgroup:
    rows = len(values)
    if column.kind is Kind.NUMERIC:
        level = binned(values, edges(values, bins))
    else:
        level = np.where(np.isnan(values), -1, values).astype(np.intp)
    if rows < limits.setting("least_rows"):
        return Subgroup(column.name, rows, reason=f"{rows} rows.")
    figure, p_value = cramers_v(level, group)
    return Subgroup(
        column.name, rows, None, figure, p_value, "" if figure.value == figure.value else "It has one value."
    )


def cramers_v(one: NDArray[np.intp], other: NDArray[np.intp]) -> tuple[Interval, float]:
    """Cramér's V of two codes (n) with its interval, and the p-value of independence; NaN where one is constant."""
    counts = np.asarray(crosstab(one, other).count)
    fewest = min(counts.shape) - 1
    if not fewest:
        return Interval(*[float("nan")] * 3), float("nan")
    result = chi2_contingency(counts, correction=False)
    scale = len(one) * fewest
    low, high = of_noncentrality(float(result.statistic), int(result.dof))
    value = float(np.sqrt(result.statistic / scale))
    return Interval(value, min(value, np.sqrt(low / scale)), min(1.0, max(value, np.sqrt(high / scale)))), result.pvalue


def jointly(matrix: Matrix, masks: Mapping[str, Mask], limits: Thresholds, seed: int = 0) -> Evidence:
    """How well all features (n x features) together tell each group from the rest."""
    rows = require_rows(**masks)
    drawn = np.random.default_rng(seed).permutation(rows)[:_MOST]
    asked = list(masks.items())
    if len(asked) == 2 and (asked[0][1] != asked[1][1]).all():
        asked = asked[1:]  # of two groups that make up all rows, one tells as well as the other
    parts = [_subgroup(name, matrix[drawn], mask[drawn], limits, seed) for name, mask in asked]
    return by_parts(JOINTLY, limits, parts, rows, "group")


def _subgroup(name: str, matrix: Matrix, mask: Mask, limits: Thresholds, seed: int) -> Subgroup:
    member = mask.astype(np.int8)
    if few := too_few(member, limits):
        return Subgroup(name, int(mask.sum()), reason=few.replace("bads", "rows within").replace("goods", "without"))
    model = HistGradientBoostingClassifier(max_iter=30, random_state=seed)
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    with threadpool_limits(limits=1):  # threads that wait on a shared machine make it a hundred times slower
        score = cross_val_predict(model, matrix, member, cv=folds, method="predict_proba")[:, 1]
    return Subgroup(name, int(mask.sum()), None, discrimination.auc(member, score))
