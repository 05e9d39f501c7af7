"""Hits against permuted copies: what is confirmed, what is rejected, what stays open."""

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import binom
from sklearn.metrics import log_loss as metric_log_loss

from riskmodel.pruning.algorithms.features.shadow import judged, loss_saved, screened


def test_always_is_confirmed_never_is_rejected_and_half_is_open():
    screen = judged(np.array([20, 0, 10, 19, 1]), 20)
    assert (screen.confirmed, screen.rejected) == ((0, 3), (1, 4))
    assert judged(np.array([5, 0]), 5).confirmed == ()  # five repeats of two features show nothing: .031 twice


def test_under_chance_hardly_any_screen_confirms_or_rejects_one():
    """Holm holds both errors over all features."""
    hits = binom.rvs(20, 0.5, size=(2000, 40), random_state=np.random.default_rng(1))
    made = [judged(row, 20) for row in hits]
    for part in ("confirmed", "rejected"):
        assert np.mean([bool(getattr(one, part)) for one in made]) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 2000)


@pytest.mark.parametrize("kind", ["lgbm", "scorecard"])
def test_it_counts_the_same_twice_and_never_writes_to_its_rows(kind, fitted, development):
    before = development.train.matrix.copy()
    first, second = (screened(fitted(kind), development, 3, seed=4) for _ in range(2))
    assert first == second
    np.testing.assert_array_equal(development.train.matrix, before)
    assert first.hits[0] == 3


def test_a_feature_saves_what_the_loss_rises_by_without_it(fitted, fresh):
    card = fitted("scorecard")
    saved = loss_saved(card, fresh)
    parts = card.contributions(fresh.matrix)
    for place in (0, 4):
        without = expit(card.calibration(parts.sum(axis=1) - parts[:, place]))
        rise = metric_log_loss(fresh.default, without) - metric_log_loss(fresh.default, card.score(fresh))
        assert saved[place] == pytest.approx(rise, abs=1e-9)
    assert saved[0] > 10 * abs(saved[4])
