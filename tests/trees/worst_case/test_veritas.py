"""The worst change against Veritas (Devos, Meert and Davis 2021), where dtai-veritas is installed: no dependency."""

import lightgbm
import numpy as np
import pytest

from riskmodel.scorers import open_native
from riskmodel.trees.worst_case import worst_change

veritas = pytest.importorskip("veritas")


def test_the_worst_change_is_the_one_that_veritas_finds(tmp_path):
    random, models, ensembles = np.random.default_rng(0), [], []
    rows = random.normal(size=(3000, 8)).astype(np.float32).astype(float)  # Veritas splits in single precision
    bad = (rows[:, 0] - rows[:, 1] * rows[:, 2] + random.normal(size=3000) > 0.3).astype(int)
    for trees in (20, 8):
        made = lightgbm.LGBMClassifier(n_estimators=trees, num_leaves=8, verbose=-1, n_jobs=1, random_state=trees)
        models.append(made.fit(rows, bad))
        made.booster_.save_model(tmp_path / f"{trees}.txt")
        ensembles.append(open_native(tmp_path / f"{trees}.txt").ensemble)
    worst = worst_change(*ensembles, rows)
    trees = [veritas.get_addtree(model) for model in models]
    both = [_largest(trees[one].concat_negated(trees[other])) for one, other in ((0, 1), (1, 0))]
    assert max(both) == pytest.approx(abs(worst.change), abs=1e-4)
    assert max(both) <= worst.bound + 1e-4


def _largest(difference):
    config = veritas.Config(veritas.HeuristicType.MAX_OUTPUT)
    config.stop_when_optimal = True
    search = config.get_search(difference)
    search.step_for(60.0, 1000)
    assert search.is_optimal()
    return search.get_solution(0).output
