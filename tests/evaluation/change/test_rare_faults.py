"""Bounds that hold where a loss sits in a handful of rows: what the rows at hand say of it, by hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from riskmodel.core import Difference, Verdict
from riskmodel.evaluation.change.rare_faults import (
    FAR,
    LEVEL,
    NOTHING,
    SPENT,
    Beyond,
    RareFault,
    bounded,
    bounded_mean,
    fault_of_ranking,
    most_fallen,
)
from riskmodel.evaluation.metrics.discrimination import Placements, placements
from riskmodel.stats import rare_faults

DEFAULT = np.array([1, 1, 1, 0, 0, 0, 0, 0], np.int8)
CHAMPION = np.array([0.9, 0.5, 0.3, 0.1, 0.2, 0.3, 0.4, 0.8])


def fallen_past(row, challenger):
    """The share of goods that a row falls past, one good at a time; a tie is half a good."""

    def above(pds):
        goods = pds[DEFAULT == 0]
        return ((goods < pds[row]).sum() + 0.5 * (goods == pds[row]).sum()) / len(goods)

    return above(CHAMPION) - above(challenger)


def fault(challenger, beyond=NOTHING, blind=False):
    before = placements(DEFAULT, CHAMPION)
    return fault_of_ranking(DEFAULT, challenger, CHAMPION, before, beyond, blind)


@settings(max_examples=50)
@given(st.lists(st.sampled_from([0.1, 0.2, 0.3, 0.5, 0.8]), min_size=8, max_size=8))
def test_the_largest_fall_is_that_of_a_bad_or_where_faults_are_blind_of_any_row(pds):
    challenger = np.array(pds)
    falls = [fallen_past(row, challenger) for row in range(8)]
    assert fault(challenger).largest == pytest.approx(max(0.0, *falls[:3]))
    assert fault(challenger, blind=True).largest == pytest.approx(max(0.0, *falls))


def test_no_bad_can_lose_more_than_the_champions_auc_or_what_a_certificate_says():
    auc = placements(DEFAULT, CHAMPION).auc
    assert fault(CHAMPION).amplitude == pytest.approx(auc)
    nobody = np.zeros(0)
    assert fault(CHAMPION, Beyond(nobody, nobody, 0.02)).amplitude == 0.02


def test_applications_beyond_count_as_many_as_the_sample_lets_be_bads_for_sure():
    scores = np.linspace(0.05, 0.95, 1000)
    alone, more = fault(CHAMPION), fault(CHAMPION, Beyond(scores, scores))
    fewest = binomtest(3, 8).proportion_ci(1 - 2 * SPENT, method="exact").low
    assert more.rows - alone.rows == pytest.approx(1000 * fewest)
    blind = fault(CHAMPION, Beyond(scores, scores), blind=True)
    assert blind.rows == pytest.approx(alone.rows * 8 / 3 + 1000)


def test_an_application_beyond_that_falls_is_the_largest_fall():
    scores = np.linspace(0.05, 0.95, 50)
    after = scores.copy()
    after[-1] = 0.01
    assert fault(CHAMPION, Beyond(after, scores)).largest == 1.0


@pytest.mark.parametrize("reach", [0.0, 0.3, 1.0, 99.0])
def test_how_far_bads_fall_where_every_margin_falls_is_counted_good_by_good(reach):
    margins = np.random.default_rng(2).normal(size=(2, 40))
    default = (np.arange(40) % 4 == 0).astype(np.int8)
    champion, challenger = margins
    falls = []
    for bad in champion[default == 1]:
        before = (champion[default == 0] < bad).mean()
        after = (challenger[default == 0] < bad - reach).mean()
        falls.append(max(before - after, 0.0))
    assert most_fallen(default, champion, challenger, reach) == pytest.approx(np.mean(falls))


def judged(delta=0.0, error=0.001, margin=0.005):
    lower, upper = delta - 1.645 * error, delta + 1.645 * error
    verdict = Verdict.NON_INFERIOR if lower > -margin else Verdict.INCONCLUSIVE
    return Difference(delta, error, lower, upper, margin, 1e-6 if lower > -margin else 0.4, 0.002, verdict)


def still(rows=100):
    """Placements of which none moves far."""
    draw = np.random.default_rng(1)
    return Placements(draw.normal(0, 0.01, rows), draw.normal(0, 0.01, rows))


def test_where_nothing_can_be_lost_the_bound_stays():
    before = judged()
    assert bounded(before, still(), RareFault(0.0)).lower == before.lower
    assert bounded(before, still(), RareFault(0.0)).verdict is Verdict.NON_INFERIOR


@settings(max_examples=40)
@given(st.floats(-0.004, 0.004), st.floats(1e-5, 0.01), st.floats(0.0, 1.0), st.integers(20, 5000))
def test_a_bound_only_ever_moves_down_and_only_ever_takes_a_verdict_away(delta, error, amplitude, rows):
    before = judged(delta, error)
    after = bounded(before, still(rows), RareFault(amplitude))
    assert after.lower <= before.lower
    assert after.p_value >= before.p_value
    assert after.detectable >= before.detectable
    assert after.rare_fault_allowance == pytest.approx(before.lower - after.lower)
    assert after.verdict in (before.verdict, Verdict.INCONCLUSIVE)
    assert (after.verdict is Verdict.NON_INFERIOR) == (after.lower > -after.margin and before.verdict == after.verdict)
    assert (after.bads_needed > 0) == (after.verdict is not before.verdict)
    assert (after.delta, after.upper, after.margin) == (before.delta, before.upper, before.margin)


def test_with_no_standard_error_at_all_it_is_clopper_and_pearsons():
    """All rows alike: what is not seen among so many is at most what the exact bound says."""
    nothing = Placements(np.zeros(400), np.zeros(4000))
    before = Difference(0.0, 0.0, 0.0, 0.0, 0.005, 0.0, 0.0, Verdict.NON_INFERIOR)
    after = bounded(before, nothing, RareFault(0.8))
    unseen = binomtest(0, 400).proportion_ci(0.9, method="exact").high  # two-sided .9: .95 on this side
    assert -after.lower == pytest.approx(0.8 * unseen, rel=1e-6)
    assert after.verdict is Verdict.INCONCLUSIVE
    assert 0.8 * rare_faults.unseen_share(LEVEL, after.bads_needed) <= before.margin


def test_what_moved_far_is_held_at_an_edge_before_it_counts_as_noise():
    """One bad fell past half of the goods: the error without it is what a rare fault is measured by."""
    placed = still()
    moved = placed.bads.copy()
    moved[0] = -0.5
    held = replace(placed, bads=np.where(moved < -FAR, -FAR, moved))
    assert np.abs(placed.bads).max() < FAR
    shaken = bounded(judged(error=0.02, margin=0.1), replace(placed, bads=moved), RareFault(0.3))
    plain = bounded(judged(error=0.02, margin=0.1), held, RareFault(0.3))
    assert shaken.lower < plain.lower


def test_of_few_units_or_without_an_error_nothing_is_added():
    before = judged()
    assert bounded_mean(before, np.zeros(9), 1.0, 0.5) is before
    open_ = replace(before, standard_error=np.inf)
    assert bounded_mean(open_, np.zeros(9), 50.0, 0.5) is open_


def test_the_mean_of_many_rows_is_bounded_as_its_worst_row_allows():
    draw = np.random.default_rng(0).normal(0, 0.01, 5000)
    before = judged(error=0.01 / np.sqrt(5000))
    small, large = (bounded_mean(before, draw, 5000.0, worst) for worst in (0.01, 0.9))
    assert before.lower >= small.lower > large.lower


@pytest.mark.parametrize("applications", [None, 40])
def test_beyond_is_what_both_say_of_the_applications(applications, fitted, fresh):
    rows = None if applications is None else fresh.take(np.arange(applications))
    made = Beyond.of(rows, fitted("lgbm"), fitted("scorecard"), 0.3)
    assert (len(made.challenger), len(made.champion), made.fall) == (applications or 0, applications or 0, 0.3)
    if rows is not None:
        np.testing.assert_array_equal(made.challenger, fitted("lgbm").score(rows))
        np.testing.assert_array_equal(made.champion, fitted("scorecard").score(rows))
