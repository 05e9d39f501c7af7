"""Hall's transformation: it turns back, is none without skewness, and holds its level where Student's does not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from riskmodel.stats.clusters import skewness, standard_error
from riskmodel.stats.skewed import from_normal, to_normal


@given(st.floats(-4, 4), st.floats(-1, 1))
def test_one_is_the_inverse_of_the_other(z, skew):
    assert to_normal(from_normal(z, skew), skew) == pytest.approx(z, abs=1e-6)


def test_without_skewness_nothing_changes():
    assert to_normal(1.3, 0.0) == from_normal(1.3, 0.0) == 1.3


def test_rows_with_a_few_large_losses_are_rejected_as_often_as_the_level_says():
    """Gains whose mean is 0, of 100 rows with a skewness of -4 each: the plain statistic rejects in twice 5 %."""
    rng, plain, mended = np.random.default_rng(0), 0, 0
    for _ in range(2000):
        gain = 0.5 - rng.gamma(0.25, 2, 100)
        influence = (gain - gain.mean()) / 100
        statistic = gain.mean() / standard_error(influence)
        plain += statistic > norm.ppf(0.95)
        mended += to_normal(statistic, skewness(influence)) > norm.ppf(0.95)
    assert plain / 2000 > 0.09
    assert mended / 2000 < 0.07
    assert mended < plain
