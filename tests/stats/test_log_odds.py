"""Weights of log-odds: fitted where that is worth more than the noise, alike where it is not."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from riskmodel.stats.log_odds import blended, held_loss, weights_of


def _margins(rows: int, errors: list[float], seed: int = 0) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Models that say the true log-odds, each with its own error; outcomes, and five folds."""
    draw = np.random.default_rng(seed)
    true = draw.normal(-1, 1.2, rows)
    margins = true[:, None] + draw.normal(size=(rows, len(errors))) * errors
    default = (draw.random(rows) < expit(true)).astype(np.int8)
    return margins, default, np.array_split(draw.permutation(rows), 5)


def test_models_of_one_worth_get_equal_weights():
    blend = blended(*_margins(4000, [0.5, 0.5, 0.5]))
    assert blend.equal
    assert np.ptp(blend.weights) == 0


def test_a_model_that_says_nothing_gets_no_weight():
    margins, default, folds = _margins(4000, [0.3, 3.0])
    blend = blended(margins, default, folds)
    assert not blend.equal
    assert blend.weights[1] < 0.1 * blend.weights[0]
    assert blend.loss < held_loss(margins.mean(axis=1), default, folds)


def test_rows_that_depend_on_one_another_are_less_evidence():
    """Each of 120 rows stands there twelve times: as so many rows the gain is sure, as 120 it is not."""
    margins, default, _ = _margins(120, [0.5, 1.0], seed=0)
    folds = [np.flatnonzero(np.arange(1440) % 120 % 5 == k) for k in range(5)]
    given = np.tile(margins, (12, 1)), np.tile(default, 12), folds
    assert not blended(*given).equal
    assert blended(*given, clusters=np.arange(1440) % 120).equal


def test_no_rows_loss_comes_of_weights_that_were_fitted_on_it():
    """The oracle: scikit-learn's regression of the other folds, a fold at a time."""
    margins, default, folds = _margins(900, [0.4])
    losses = np.empty(900)
    for held in folds:
        others = np.setdiff1d(np.arange(900), held)
        line = LogisticRegression(C=1e9, tol=1e-10).fit(margins[others], default[others])
        margin = line.decision_function(margins[held])
        losses[held] = np.logaddexp(0, margin) - margin * default[held]
    assert held_loss(margins[:, 0], default, folds) == pytest.approx(losses.mean(), abs=1e-6)


def test_weights_are_the_same_bits_in_whatever_order_rows_are_added():
    """Threads and processors change the order of sums; here the rows do."""
    margins, default, _ = _margins(5001, [0.5, 0.7, 0.9])
    weight = np.random.default_rng(1).uniform(0.1, 3, len(default))
    once = weights_of(margins, default, weight)
    for order in (slice(None, None, -1), np.random.default_rng(2).permutation(len(default))):
        again = weights_of(margins[order], default[order], weight[order])
        assert (again[0], *again[1]) == (once[0], *once[1])
