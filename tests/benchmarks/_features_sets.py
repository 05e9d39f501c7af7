"""Every set of five of the ten features of Give Me Some Credit: what no choice of five can reach."""

from itertools import combinations

import lightgbm
import numpy as np
from sklearn.metrics import roc_auc_score

from riskmodel.core import Matrix, Sample
from tests.benchmarks._tables import cut

NAME, SIZE, ROWS, SEED = "Give Me Some Credit", 5, 50_000, 0
SETTINGS = {"objective": "binary", "learning_rate": 0.15, "num_leaves": 15, "lambda_l2": 10.0, "max_bin": 127}
FIXED = {"num_threads": 1, "seed": 0, "deterministic": True, "force_row_wise": True, "verbose": -1}
TREES = 60


def best_half() -> str:
    """The set of the most AUC on tune, and what it loses against all features there."""
    development, _ = cut(NAME, SEED)
    train, tune = development.train.take(np.arange(ROWS)), development.tune
    places = range(len(train.features))
    areas = {some: _area(train, tune, some) for some in combinations(places, SIZE)}
    best = max(areas, key=areas.__getitem__)
    lost = areas[best] - _area(train, tune, tuple(places))
    names = ", ".join(train.features[i].name for i in best)
    return (
        f"Of all {len(areas)} sets of {SIZE} features of {NAME} the best by tune's own AUC (seed {SEED}, boosters of "
        f"{TREES} trees on {ROWS:,} rows) differs there from all {len(places)} by {lost:+.4f}: {names}."
    )


def _area(train: Sample, tune: Sample, places: tuple[int, ...]) -> float:
    def of(sample: Sample) -> Matrix:
        return sample.matrix[:, list(places)]

    rows = lightgbm.Dataset(of(train), train.default, params={**SETTINGS, **FIXED})
    booster = lightgbm.train({**SETTINGS, **FIXED}, rows, TREES)
    return float(roc_auc_score(tune.default, booster.predict(of(tune))))
