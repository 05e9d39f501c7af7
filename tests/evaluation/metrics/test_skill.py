"""How much better than nothing a scorer is, against the plain figures of the bad rate alone."""

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from riskmodel.evaluation.metrics.skill import skill


def test_skill_is_what_is_gained_on_the_bad_rate(draw):
    sample, pd = draw(1_700)
    base = np.full(1_700, sample.default.mean())
    assert skill(sample.default, pd) == pytest.approx({
        "auc": roc_auc_score(sample.default, pd) - 0.5,
        "brier": brier_score_loss(sample.default, base) - brier_score_loss(sample.default, pd),
        "log_loss": log_loss(sample.default, base) - log_loss(sample.default, pd),
    })  # fmt: skip


def test_a_scorer_that_is_worse_than_the_bad_rate_has_none(draw):
    sample, pd = draw(900)
    assert skill(sample.default, 1 - pd) == {"auc": 0.0, "brier": 0.0, "log_loss": 0.0}


def test_whole_weights_are_repeated_rows_and_ones_are_none(draw):
    sample, pd = draw(500, ties=True)
    times = np.random.default_rng(1).integers(1, 5, 500)
    repeated = skill(np.repeat(sample.default, times), np.repeat(pd, times))
    assert skill(sample.default, pd, times.astype(float)) == pytest.approx(repeated)
    assert skill(sample.default, pd, np.ones(500)) == pytest.approx(skill(sample.default, pd))
