"""A weight is for how many rows a row was drawn: values as of repeated rows, and a variance of their own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, sampled_from
from weighted_draws import covered, whole

from riskmodel.core.sample import drawn_by_weight
from riskmodel.errors import DataError
from riskmodel.evaluation import accuracy, auc, brier, fit_calibration, ks, log_loss
from riskmodel.evaluation.discrimination.curves import partial_placements
from riskmodel.evaluation.metrics.calibration import slope_and_intercept
from riskmodel.evaluation.metrics.discrimination import placements
from riskmodel.stats import weighted
from riskmodel.stats.interval import of_share, of_share_of


@pytest.fixture(scope="module")
def rows():
    draw = np.random.default_rng(4)
    pd = draw.uniform(0.02, 0.6, 700).round(2)
    default = (draw.random(700) < pd).astype(np.int8)
    return default, pd, draw.integers(1, 6, 700)


def test_values_are_those_of_rows_that_stand_as_often_as_they_weigh(rows):
    default, pd, times = rows
    again, scores, weight = np.repeat(default, times), np.repeat(pd, times), times.astype(float)
    for figure in (auc, brier, log_loss, ks):
        assert figure(default, pd, weight=weight).value == pytest.approx(figure(again, scores).value, rel=1e-12)
    assert accuracy(default, pd, 0.3, weight).value == pytest.approx(accuracy(again, scores, 0.3).value)
    ours, theirs = slope_and_intercept(default, pd, weight=weight), slope_and_intercept(again, scores)
    assert [f.value for f in ours] == pytest.approx([f.value for f in theirs], abs=1e-6)
    margin = np.log(pd / (1 - pd))
    line, plain = fit_calibration(margin, default, weight), fit_calibration(np.repeat(margin, times), again)
    assert (line.slope, line.intercept) == pytest.approx((plain.slope, plain.intercept), abs=1e-6)
    partial = partial_placements(default, pd, 0.4, weight=weight).auc
    assert partial == pytest.approx(partial_placements(again, scores, 0.4).auc, rel=1e-12)


def test_but_their_intervals_are_those_of_the_rows_that_were_drawn(rows):
    default, pd, times = rows
    again, scores, weight = np.repeat(default, times), np.repeat(pd, times), times.astype(float)
    for figure in (auc, brier, log_loss, ks):
        few, many = figure(default, pd, weight=weight), figure(again, scores)
        assert few.high - few.low > 1.5 * (many.high - many.low)


def test_equal_weights_change_nothing(rows):
    default, pd, _ = rows
    weight = np.full(700, 3.5)
    for figure in (auc, brier, log_loss, ks):
        plain, same = figure(default, pd), figure(default, pd, weight=weight)
        assert (same.value, same.low, same.high) == pytest.approx((plain.value, plain.low, plain.high), rel=1e-9)
    assert weighted.effective_counts(default == 1, weight) == (int(default.sum()), 700)
    assert vars(of_share_of(default == 1, weight=weight)) == pytest.approx(
        vars(of_share(int(default.sum()), 700)), abs=3e-4
    )
    assert placements(default, pd, weight=weight).units == pytest.approx(placements(default, pd).units)


def test_intervals_hold_the_whole_sets_values():
    """1 in 10 of the goods, for ten; 300 samples: 95 % +- 4 is three of their standard errors."""
    shares = covered(whole(60_000), 3000, 300)
    assert all(0.91 <= share <= 0.99 for share in shares.values()), shares


def test_rows_drawn_by_weight_stand_for_the_population_and_none_twice(rows):
    _, pd, times = rows
    drawn = drawn_by_weight(times.astype(float), 700)
    assert len(drawn) == len(set(drawn.tolist())) == int(times.sum() / times.max())
    assert pd[drawn].mean() == pytest.approx(weighted.mean(pd, times.astype(float)), abs=0.03)
    assert len(drawn_by_weight(times.astype(float), 50)) == 50
    np.testing.assert_array_equal(drawn_by_weight(np.full(9, 2.0), 100), np.arange(9))


@pytest.mark.parametrize(
    ("values", "message"), [([1, np.nan], "nan in row 1"), ([0, 1], "0 in row 0"), ([2, -1], "-1")]
)
def test_weights_that_cannot_be_are_told(values, message):
    with pytest.raises(DataError, match=f"above 0 in every row, however: {message}"):
        weighted.checked(np.array(values, float), "the weight 'w'")


def test_a_quantile_lies_where_so_much_of_the_weight_is_below():
    values, weight = np.array([3.0, 1.0, 2.0, 4.0]), np.array([1.0, 1.0, 97.0, 1.0])
    assert weighted.quantile(values, 0.5, weight) == pytest.approx(2.5, abs=0.01)
    assert weighted.quantile(values, np.array([0.0, 1.0]), weight).tolist() == [1.0, 4.0]
    np.testing.assert_allclose(weighted.quantile(values, 0.3, np.ones(4)), np.quantile(values, 0.3))


def test_counts_of_a_weighted_share_have_its_variance():
    draw = np.random.default_rng(8)
    hits, weight = draw.random(4_000) < 0.2, draw.choice([1.0, 10.0], 4_000)
    heavy = np.where(hits, weight, 1.0)  # weights that go with what is counted: Kish's number is another
    for each in (weight, heavy):
        share = (each * hits).sum() / each.sum()
        variance = ((each * (hits - share)) ** 2).sum() / each.sum() ** 2
        successes, trials = weighted.effective_counts(hits, each)
        assert successes / trials == pytest.approx(share, abs=1 / trials)
        assert trials == pytest.approx(share * (1 - share) / variance, rel=2e-3)
    none = np.zeros(100, bool)
    assert weighted.effective_counts(none, np.r_[np.full(50, 1.0), np.full(50, 3.0)]) == (0, 80)  # 200² / 500
    assert weighted.effective_counts(none) == (0, 100)


@given(seed=integers(0, 2**32 - 1), count=integers(1, 60), hits=sampled_from([0.0, 0.3, 1.0]))
@settings(max_examples=25)
def test_no_weights_make_more_rows_than_there_are_where_all_agree_and_equal_ones_change_nothing(seed, count, hits):
    random = np.random.default_rng(seed)
    ones, weight = random.random(count) < hits, random.uniform(0.1, 3, count)
    assert weighted.effective_counts(ones, np.full(count, weight[0])) == weighted.effective_counts(ones)
    kish = max(1, round(weighted.kish(weight, count)))
    if ones.all() or not ones.any():
        assert weighted.effective_counts(ones, weight) == (kish * int(ones[0]), kish)


def test_one_row_and_none():
    assert weighted.effective_counts(np.array([True]), np.array([2.5])) == (1, 1)
    assert weighted.effective_counts(np.zeros(0, bool), np.zeros(0)) == (0, 0)
