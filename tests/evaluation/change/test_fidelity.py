"""Figures of fidelity against their plain definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import minimize
from scipy.special import expit

from riskmodel.evaluation.change.fidelity import aligned, fidelity, reason_overlap


def test_a_scorer_is_faithful_to_itself():
    pd = np.array([0.1, 0.2, 0.2, 0.9])
    figures = fidelity(pd, pd, 0.2)
    assert (figures.mean, figures.p99, figures.largest, figures.flips) == (0, 0, 0, 0)
    assert figures.distinct_before == figures.distinct_after == 3
    assert reason_overlap(pd[:, None], pd[:, None]) == 1


def test_flips_count_both_ways_and_the_cutoff_declines():
    before, after = np.array([0.1, 0.3, 0.5, 0.2]), np.array([0.3, 0.1, 0.6, 0.2])
    figures = fidelity(before, after, 0.2)
    assert figures.flips == 2
    assert figures.largest == pytest.approx(0.2)
    assert figures.mean == pytest.approx(0.125)
    assert fidelity(before, after, 0.3).flips == 2
    assert fidelity(before, after, 0.55).flips == 1


def test_reasons_overlap_by_name_not_by_order_and_only_what_raises_counts():
    given_ = np.array([[5.0, 4, 3, 2, 1, -9], [1, 2, 3, 4, 5, 6]])
    same = given_ + np.array([[0, 1.5, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]])
    assert reason_overlap(given_, same) == 1
    other = np.array([[-5.0, -4, 3, 2, 1, 9], [1, 2, 3, 4, 5, 6]])  # 3, 2, 1 and the last against the first four
    assert reason_overlap(given_, other) == pytest.approx((2 / 4 + 1) / 2)


def test_the_line_is_the_one_that_a_general_optimiser_finds():
    draw = np.random.default_rng(0)
    margin = draw.normal(-1, 0.6, 700)
    pd = expit(2.5 * margin + 1 + draw.normal(0, 0.5, 700))

    def loss(line):
        values = line[0] + line[1] * margin
        return np.mean(np.logaddexp(0, values) - pd * values)

    best = minimize(loss, [0, 1], tol=1e-12).x
    line = aligned(margin, pd)
    np.testing.assert_allclose([line.intercept, line.slope], best, rtol=1e-4)
    assert expit(line(margin)).mean() == pytest.approx(pd.mean(), abs=1e-9)


def test_a_scorer_needs_no_line_to_itself():
    margin = np.random.default_rng(1).normal(-2, 1.5, 400)
    line = aligned(margin, expit(margin))
    np.testing.assert_allclose([line.intercept, line.slope], [0, 1], atol=1e-6)


@given(arrays(np.float64, st.integers(2, 30), elements=st.floats(-8, 8)), st.floats(0.001, 0.999))
def test_no_ranking_turns_round_and_the_level_is_the_given_one(margin, level):
    pd = np.clip(expit(-margin), 0.001, 0.999) * 0.5 + level * 0.5
    line = aligned(margin, pd)
    assert line.slope > 0
    assert expit(line(margin)).mean() == pytest.approx(pd.mean(), abs=1e-5)
