"""PSI: by hand, its law, its interval, and bins that are empty."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from riskmodel.errors import DataError
from riskmodel.stats.psi import psi, shifted


def test_the_figure_and_the_critical_value_by_hand():
    """Yurdakul and Naranjo: shares 0.5, 0.3, 0.2 against 0.4, 0.4, 0.2, of 200 and 100 rows."""
    shift = shifted([100, 60, 40], [40, 40, 20])
    value = -0.1 * np.log(0.4 / 0.5) + 0.1 * np.log(0.4 / 0.3)
    assert shift.index.value == psi([100, 60, 40], [40, 40, 20]) == pytest.approx(value)
    assert shift.statistic == pytest.approx(value / (1 / 200 + 1 / 100))
    assert shift.p_value == pytest.approx(chi2.sf(shift.statistic, 2))
    assert shift.critical == pytest.approx(chi2.isf(0.05, 2) * (1 / 200 + 1 / 100))


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=8))
def test_the_figure_is_symmetric_finite_and_within_its_interval(counts):
    before, after = (np.array(c) for c in zip(*counts, strict=True))
    if not before.sum() or not after.sum() or (result := shifted(before, after)) is None:
        return
    assert result.index.value == pytest.approx(psi(after, before))
    assert 0 <= result.index.low <= result.index.value <= result.index.high < np.inf


def test_the_interval_holds_the_truth_in_about_95_percent():
    rng, held = np.random.default_rng(0), []
    e, a = np.array([0.25, 0.25, 0.25, 0.25]), np.array([0.30, 0.27, 0.23, 0.20])
    truth = ((a - e) * np.log(a / e)).sum()
    for _ in range(300):
        figure = shifted(rng.multinomial(900, e), rng.multinomial(700, a)).index
        held.append(figure.low <= truth <= figure.high)
    assert 0.92 < np.mean(held) < 0.98


def test_a_bin_that_one_of_them_lacks_adds_half_a_row_to_each_bin_of_both():
    before, after = np.array([50.5, 50.5, 0.5]) / 101.5, np.array([40.5, 30.5, 30.5]) / 101.5
    assert psi([50, 50, 0], [40, 30, 30]) == pytest.approx(((after - before) * np.log(after / before)).sum())
    assert psi([50, 50, 0], [40, 60, 0]) == pytest.approx(psi([50, 50], [40, 60]))


@pytest.mark.parametrize(("before", "after"), [([9, 0], [7, 0]), ([0, 0], [3, 4]), ([3, 4], [0, 0])])
def test_what_has_no_index_is_none(before, after):
    assert psi(before, after) is None


def test_other_bins_are_refused():
    with pytest.raises(DataError, match="same bins"):
        psi([1, 2, 3], [1, 2])
