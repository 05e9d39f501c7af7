"""Expected loss and capital."""

from __future__ import annotations

import numpy as np
import pytest

from riskmodel.core.evidence import Mark
from riskmodel.evaluation.change.materiality import capital, change, expected_loss, risk_weight


def test_risk_weights_are_those_of_the_basel_committees_table():
    """Basel II (2006), annex 5: illustrative weights of other retail claims at an LGD of 45 %."""
    pd = np.array([0.0003, 0.001, 0.005, 0.01, 0.02, 0.05, 0.10, 0.20])
    published = np.array([4.45, 11.16, 32.36, 45.77, 57.99, 66.42, 75.54, 100.28])
    np.testing.assert_allclose(100 * risk_weight(pd, 0.45), published, atol=0.006)


def test_no_risk_and_certain_loss_weigh_nothing():
    np.testing.assert_allclose(risk_weight(np.array([0.0, 1.0]), 0.45), 0, atol=1e-6)


def test_the_change_is_the_ratio_of_sums_and_its_error_near_a_bootstrap(draw):
    _, pd = draw(900)
    amount, rng = np.random.default_rng(1).lognormal(8, 1, 900), np.random.default_rng(2)
    other = pd * rng.uniform(0.8, 1.2, 900)
    result, drawn = change(pd * amount, other * amount), []
    for _ in range(800):
        rows = rng.integers(0, 900, 900)
        drawn.append((other * amount)[rows].sum() / (pd * amount)[rows].sum() - 1)
    assert result.value == pytest.approx((other * amount).sum() / (pd * amount).sum() - 1)
    assert (result.high - result.low) / 3.92 == pytest.approx(np.std(drawn), rel=0.12)


def test_the_class_of_the_change_stands_beside_it(draw, limits):
    _, pd = draw(600)
    amount = np.ones(600)
    result = expected_loss(pd, pd * 0.9, amount, limits)
    assert (result.mark, result.value) == (Mark.FAIL, pytest.approx(-0.1))
    assert result.tables[0].rows[2] == ("class of the change", "material")
    assert result.tables[0].rows[0][1] == pytest.approx(0.45 * pd.sum())
    assert capital(pd, pd, amount, limits).tables[0].rows[2][1] == "minor"
    assert capital(pd, pd * 0.8, amount, limits).mark is Mark.FAIL
    assert capital(pd * 0.8, pd, amount, limits).mark is Mark.PASS  # a rise of capital needs no approval


def test_nothing_outstanding_and_few_rows_are_not_evaluated(draw, limits):
    _, pd = draw(200)
    assert expected_loss(pd, pd, np.zeros(200), limits).mark is Mark.NOT_EVALUATED
    assert expected_loss(pd[:9], pd[:9], np.ones(9), limits).mark is Mark.NOT_EVALUATED
