"""AUC, KS and accuracy against slow exact versions, other libraries and a bootstrap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import ks_2samp, norm
from sklearn.metrics import accuracy_score, roc_auc_score

from riskmodel.core import Interval
from riskmodel.errors import DataError
from riskmodel.evaluation.metrics.calibration import brier
from riskmodel.evaluation.metrics.discrimination import accuracy, auc, gini, ks, placements

COARSE = st.integers(-3, 3)  # many ties


@st.composite
def scored(draw):
    """Outcomes with two of each class, and scores with ties."""
    extra = draw(st.lists(st.tuples(st.integers(0, 1), COARSE), max_size=25))
    rows = [(label, draw(COARSE)) for label in (0, 1, 0, 1)] + extra
    default, score = zip(*rows, strict=True)
    return np.array(default, dtype=np.int8), np.array(score, dtype=float)


def slow_placements(default, score):
    """By the definition: every bad against every good."""
    bads, goods = score[default == 1], score[default == 0]
    wins = np.array([[1.0 if b > g else 0.5 if b == g else 0.0 for g in goods] for b in bads])
    return wins.mean(axis=1), wins.mean(axis=0)


def slow_covariance(default, one, other):
    """DeLong's covariance of two AUCs by double loops over the placements."""
    total = 0.0
    for v, w in zip(slow_placements(default, one), slow_placements(default, other), strict=True):
        total += sum((a - v.mean()) * (b - w.mean()) for a, b in zip(v, w, strict=True)) / (len(v) - 1) / len(v)
    return total


@settings(deadline=None)
@given(scored())
def test_placements_are_those_of_the_double_loop(case):
    default, score = case
    bads, goods = slow_placements(default, score)
    result = placements(default, score)
    np.testing.assert_allclose(result.bads, bads, atol=1e-12)
    np.testing.assert_allclose(result.goods, goods, atol=1e-12)


@pytest.mark.parametrize("ties", [False, True])
def test_the_variance_is_delongs(draw, ties):
    sample, pd = draw(137, ties=ties)
    result = placements(sample.default, pd).standard_error
    assert result**2 == pytest.approx(slow_covariance(sample.default, pd, pd), rel=1e-10)


@pytest.mark.parametrize("ties", [False, True])
def test_the_paired_variance_counts_delongs_covariance(draw, ties):
    sample, pd = draw(151, ties=ties)
    other = pd + np.random.default_rng(1).normal(0, 0.1, len(pd))
    default = sample.default
    result = (placements(default, other) - placements(default, pd)).standard_error
    exact = slow_covariance(default, other, other) + slow_covariance(default, pd, pd)
    exact -= 2 * slow_covariance(default, other, pd)
    assert result**2 == pytest.approx(exact, rel=1e-9)


def test_the_standard_errors_are_near_a_bootstrap(draw):
    sample, pd = draw(900, seed=3)
    other = pd + np.random.default_rng(4).normal(0, 0.1, len(pd))
    rng, alone, paired = np.random.default_rng(5), [], []
    bads, goods = np.flatnonzero(sample.default), np.flatnonzero(1 - sample.default)
    for _ in range(600):
        rows = np.concatenate([rng.choice(bads, len(bads)), rng.choice(goods, len(goods))])
        areas = [placements(sample.default[rows], score[rows]).auc for score in (pd, other)]
        alone.append(areas[0])
        paired.append(areas[1] - areas[0])
    placed = [placements(sample.default, score) for score in (pd, other)]
    assert placed[0].standard_error == pytest.approx(np.std(alone), rel=0.12)
    assert (placed[1] - placed[0]).standard_error == pytest.approx(np.std(paired), rel=0.12)


@settings(deadline=None)
@given(scored())
def test_auc_is_sklearns_within_its_interval(case):
    default, score = case
    result = auc(default, score)
    assert result.value == pytest.approx(roc_auc_score(default, score), abs=1e-12)
    assert 0 <= result.low <= result.value <= result.high <= 1


@settings(deadline=None)
@given(scored())
def test_auc_knows_only_the_order(case):
    default, score = case
    assert auc(default, np.exp(3 * score) - 7) == auc(default, score)


@settings(deadline=None)
@given(scored())
def test_swapping_the_labels_mirrors_auc_and_its_interval(case):
    default, score = case
    one, other = auc(default, score), auc(1 - default, score)
    assert (1 - other.value, 1 - other.high, 1 - other.low) == pytest.approx((one.value, one.low, one.high), abs=1e-9)


def test_the_interval_of_auc_holds_the_truth_in_about_95_percent():
    rng, truth, held = np.random.default_rng(0), norm.cdf(1.1 / np.sqrt(2)), []
    for _ in range(500):
        default = (rng.random(300) < 0.2).astype(np.int8)
        result = auc(default, rng.normal(1.1 * default))
        held.append(result.low <= truth <= result.high)
    assert 0.92 < np.mean(held) < 0.975


def test_a_perfect_order_of_few_rows_is_no_proof():
    """Three bads in order: a scorer of AUC 0.3 does that in 2.7 % of cases, one of 0.29 in under 2.5 %."""
    result = auc(np.array([0, 0, 0, 0, 1, 1, 1], dtype=np.int8), np.arange(7.0))
    assert result.value == result.high == 1
    assert result.low == pytest.approx(0.025 ** (1 / 3))


def test_a_constant_score_has_auc_one_half():
    result = auc(np.array([0, 1, 0, 1, 0], dtype=np.int8), np.full(5, 0.2))
    assert (result.value, result.low, result.high) == (0.5, 0.5, 0.5)


def test_gini_is_twice_auc_less_one(draw):
    area = auc(draw(200)[0].default, draw(200)[1])
    result = gini(area)
    assert (result.value, result.low, result.high) == pytest.approx(
        [2 * a - 1 for a in (area.value, area.low, area.high)]
    )


@settings(max_examples=50, deadline=None)
@given(scored())
def test_ks_is_scipys_within_its_interval(case):
    default, score = case
    result = ks(default, score, replicates=20)
    assert result.value == pytest.approx(
        ks_2samp(score[default == 1], score[default == 0], method="asymp").statistic, abs=1e-12
    )
    assert 0 <= result.low <= result.value <= result.high <= 1


def test_the_interval_of_ks_is_near_the_closed_form(draw):
    """At the point of the largest gap, KS is a difference of two shares."""
    sample, pd = draw(3_000, seed=7)
    bads, goods = pd[sample.default == 1], pd[sample.default == 0]
    at = ks_2samp(bads, goods).statistic_location
    shares = [(np.mean(scores <= at), len(scores)) for scores in (bads, goods)]
    reach = 1.96 * np.sqrt(sum(share * (1 - share) / count for share, count in shares))
    result = ks(sample.default, pd)
    assert (result.high - result.low) / 2 == pytest.approx(reach, rel=0.2)


def test_ks_is_the_same_twice_and_in_any_order_of_untied_rows(draw):
    sample, pd = draw(500)
    order = np.random.default_rng(1).permutation(500)
    assert ks(sample.default, pd) == ks(sample.default, pd) == ks(sample.default[order], pd[order])


def test_accuracy_is_sklearns_and_declines_at_the_cutoff():
    default = np.array([0, 0, 1, 1, 0], dtype=np.int8)
    pd = np.array([0.1, 0.2, 0.3, 0.2, 0.9])
    result = accuracy(default, pd, 0.3)
    assert result.value == accuracy_score(default, [0, 0, 1, 0, 1]) == 0.6
    assert result.low < 0.6 < result.high


def test_pds_that_only_saturate_still_have_figures():
    default = np.array([0, 1, 0, 1, 0, 0], dtype=np.int8)
    pd = expit(np.array([-800.0, 800, -800, -800, 800, -800]))
    assert auc(default, pd).value == pytest.approx(roc_auc_score(default, pd))


def test_plain_lists_are_taken_and_what_is_no_score_is_refused_in_one_line():
    assert auc([0, 1], [0.2, 0.3]).value == 1
    assert auc([0, 1, 1], [0.2, 0.3, 0.1]) == Interval(0.5, 0.0, 1.0)
    for outcome, score, message in (
        ([0, 1], [0.2, float("nan")], "score must have no missing value, however: row 1"),
        ([0, 1], [0.2], "score must have 2 rows as default has"),
        ([0, 2], [0.2, 0.3], "default must be 0 or 1, however: 2"),
        ([1, 1], [0.2, 0.3], "a bad and a good, however: one class alone"),
        ([], [], "one row of outcomes or more"),
    ):
        with pytest.raises(DataError, match=message):
            auc(outcome, score)
    with pytest.raises(DataError, match=r"pd must be in \[0, 1\], however: 1.5"):
        brier([0, 1], [0.2, 1.5])


@st.composite
def weighed(draw):
    """Outcomes and tied scores, and a weight for each row."""
    default, score = draw(scored())
    weight = draw(st.lists(st.floats(0.05, 40), min_size=len(default), max_size=len(default)))
    return default, score, np.array(weight)


@settings(deadline=None)
@given(weighed())
def test_weighted_placements_are_those_of_the_double_loop_over_weighted_pairs(case):
    default, score, weight = case
    result = placements(default, score, weight=weight)
    bads, goods = np.flatnonzero(default == 1), np.flatnonzero(default == 0)
    wins = np.array([[float(score[b] > score[g]) + 0.5 * float(score[b] == score[g]) for g in goods] for b in bads])
    np.testing.assert_allclose(result.bads, wins @ weight[goods] / weight[goods].sum(), atol=1e-12)
    np.testing.assert_allclose(result.goods, weight[bads] @ wins / weight[bads].sum(), atol=1e-12)
    pairs = np.outer(weight[bads], weight[goods])
    assert result.auc == pytest.approx((pairs * wins).sum() / pairs.sum(), abs=1e-12)


@settings(deadline=None)
@given(weighed())
def test_a_row_moves_the_auc_by_the_derivative_of_its_weight(case):
    """The influence is weight times d AUC / d weight, here by a small change of one weight at a time."""
    default, score, weight = case
    moves = np.empty(len(default))
    moves[default == 1], moves[default == 0] = placements(default, score, weight=weight).influence
    for row in range(0, len(default), 3):
        areas = []
        for factor in (1 - 1e-5, 1 + 1e-5):
            other = weight.copy()
            other[row] *= factor
            areas.append(placements(default, score, weight=other).auc)
        assert moves[row] == pytest.approx((areas[1] - areas[0]) / 2e-5, abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(weighed())
def test_weighted_ks_is_the_largest_gap_over_all_thresholds(case):
    default, score, weight = case
    masses = [np.where(default == one, weight, 0.0) / weight[default == one].sum() for one in (1, 0)]
    gaps = [abs(float((masses[0] - masses[1])[score <= at].sum())) for at in score]
    result = ks(default, score, replicates=5, weight=weight)
    assert result.value == pytest.approx(max(gaps), abs=1e-12)
    assert result.low <= result.value <= result.high
