"""The log-loss of a row: the same from a margin as from its probability, and what certainty costs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from sklearn import metrics

from riskmodel.stats import log_loss


def test_a_margin_costs_what_its_probability_costs():
    rng = np.random.default_rng(0)
    margin, default = rng.normal(-1, 2, 311), rng.integers(0, 2, 311)
    np.testing.assert_allclose(log_loss.of_margin(margin, default), log_loss.of_pd(default, expit(margin)), atol=1e-12)
    assert log_loss.of_margin(margin, default).mean() == pytest.approx(metrics.log_loss(default, expit(margin)))


def test_a_target_may_be_a_probability():
    assert log_loss.of_margin(np.zeros(2), np.array([0.3, 1.0])) == pytest.approx(np.log(2) * np.ones(2))


def test_certainty_that_is_wrong_costs_36_nats_and_no_more():
    cost = log_loss.of_pd(np.array([1, 0, 1, 0]), np.array([0.0, 1.0, 1.0, 0.0]))
    assert cost == pytest.approx([36.04, 36.04, 0, 0], abs=0.01)
