"""The threshold holds its target as often as it says, and the watch rings as seldom as it says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from riskmodel.errors import RiskModelError
from riskmodel.stats.risk_control import check_asked, controlled, controlled_band, evidence_against, thresholds, upper


def drawn(draw, rows, tilt=1.0):
    """True rates, and PDs that rank them but say `tilt` times as much."""
    rate = draw.beta(1, 8, rows)
    return np.clip(tilt * rate, 0, 1), (draw.random(rows) < rate).astype(np.int8), rate


@pytest.mark.parametrize("tilt", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("rows", [700, 3000])
def test_the_target_is_exceeded_no_more_often_than_alpha(tilt, rows):
    """Known truth: the mean true rate of all below the threshold, whatever the PDs claim. 400 draws, 4 sigma."""
    draw, exceeded, given_up = np.random.default_rng(rows), 0, 0
    population, _, truth = drawn(np.random.default_rng(1), 200_000, tilt)
    order = np.argsort(population)
    ranked, risk = population[order], np.cumsum(truth[order]) / np.arange(1, len(truth) + 1)
    for _ in range(400):
        pd, default, _ = drawn(draw, rows, tilt)
        band = controlled(pd, default, 0.08, 0.1)
        given_up += band is None
        exceeded += band is not None and risk[np.searchsorted(ranked, band.below) - 1] > 0.08
    assert exceeded <= 40 + 4 * np.sqrt(36)
    assert rows < 3000 or given_up < 40


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), rows=st.integers(1, 300), target=st.floats(0.01, 0.5))
def test_the_band_says_what_the_rows_say(seed, rows, target):
    pd, default, _ = drawn(np.random.default_rng(seed), rows)
    pd = pd.round(2)  # ties: all of them are on one side
    band = controlled(pd, default, target, 0.05)
    if band is not None:
        below = pd < band.below
        assert (band.approved, band.bads) == (int(below.sum()), int(default[below].sum()))
        assert band.p_value == pytest.approx(binom.cdf(band.bads, band.approved, target))
        assert band.p_value <= 0.05
        assert band.upper <= target + 1e-9  # the bound and the test are one


def test_no_outcome_has_a_say_in_the_order():
    pd, _, _ = drawn(np.random.default_rng(3), 500)
    order = thresholds(pd, 0.05)
    assert [count for _, count in order] == sorted({count for _, count in order})
    assert all((pd < cut).sum() == count for cut, count in order)


def test_all_good_approves_all_and_all_bad_nobody():
    pd = np.linspace(0.01, 0.04, 400)
    assert controlled(pd, np.zeros(400, np.int8), 0.05).approved == 400
    assert controlled(pd, np.ones(400, np.int8), 0.05) is None
    assert controlled(pd[:3], np.zeros(3, np.int8), 0.05) is None  # three rows show nothing
    assert upper(5, 5) == 1.0
    assert upper(0, 60) == pytest.approx(1 - 0.05 ** (1 / 60))


@pytest.mark.parametrize(("target", "alpha", "named"), [(0.0, 0.05, "the target"), (0.1, 1.0, "alpha")])
def test_bad_input_is_one_line(target, alpha, named):
    with pytest.raises(RiskModelError, match=rf"{named} must be in \(0, 1\), however"):
        controlled(np.array([0.1]), np.array([0], np.int8), target, alpha)
    with pytest.raises(RiskModelError, match="there must be rows"):
        controlled(np.empty(0), np.empty(0, np.int8), 0.1)


def test_the_watch_rings_seldom_without_drift_and_soon_with_it():
    draw, false_alarms, delays = np.random.default_rng(8), 0, []
    for _ in range(300):
        calm = (draw.random(2000) < 0.05).astype(np.int8)
        false_alarms += evidence_against(calm, 0.05).max() >= 20
        drifted = (draw.random(2000) < 0.08).astype(np.int8)
        rung = np.flatnonzero(evidence_against(drifted, 0.05) >= 20)
        delays.append(rung[0] if len(rung) else 2000)
    assert false_alarms <= 15 + 4 * np.sqrt(15)
    assert np.median(delays) < 1500
    assert evidence_against(np.empty(0, np.int8), 0.05).shape == (0,)


def test_of_many_worlds_the_band_is_too_narrow_in_at_most_alpha():
    draw, target, broken, left = np.random.default_rng(4), 0.02, 0, []
    for _ in range(400):
        doubt = -draw.random(1500)
        differs = draw.random(1500) < 0.2 * np.exp(6 * doubt)
        band = controlled_band(doubt, differs, target, 0.1)
        if band is None:
            continue
        # the true share that is left and differs: the integral of .2 exp(-6 u) over distances beyond -below
        broken += 0.2 / 6 * (np.exp(6 * band.below) - np.exp(-6)) > target
        left.append(band.left / band.rows)
        assert band.p_value <= 0.1
        assert band.upper <= target + 1e-9
        assert (band.left, band.differing) == ((doubt < band.below).sum(), differs[doubt < band.below].sum())
    assert len(left) == 400
    assert broken <= 40 + 3 * np.sqrt(36)
    assert np.mean(left) > 0.6


def test_too_few_rows_show_no_band_and_what_never_differs_is_left_but_the_most_doubtful():
    doubt = -np.arange(1, 401) / 400
    assert controlled_band(doubt[:100], np.zeros(100, bool), 0.01) is None
    band = controlled_band(doubt, np.zeros(400, bool), 0.01)
    assert (band.left, band.differing) == (399, 0)
    assert controlled_band(doubt, np.ones(400, bool), 0.01) is None
    with pytest.raises(RiskModelError, match=r"the target must be in \(0, 1\), however: 1"):
        controlled_band(doubt, np.zeros(400, bool), 1.0)
    with pytest.raises(RiskModelError, match="there must be rows, however: none"):
        controlled_band(doubt[:0], np.zeros(0, bool), 0.01)


def test_all_that_is_no_share_is_said_under_the_name_that_the_caller_gave():
    with pytest.raises(RiskModelError, match=r"^differ must be in \(0, 1\), however: 2; alpha must be in .*: nan$"):
        check_asked(2, float("nan"), "differ")
