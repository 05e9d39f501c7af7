"""Whether PDs are right, against closed forms and other libraries."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.special import logit
from scipy.stats import beta, chi2, norm
from statsmodels.stats.proportion import proportion_confint

from riskmodel.core.evidence import Mark
from riskmodel.evaluation.calibration import calibration_tests as tests
from riskmodel.stats.asset_correlation import jeffreys_p
from riskmodel.stats.binning import binned, edges

GRADES = np.array([0.05, 0.15, 0.3])


def test_the_slope_is_statsmodels_logit(draw, limits):
    sample, pd = draw(900)
    fitted = sm.Logit(sample.default, sm.add_constant(logit(pd))).fit(disp=0)
    result = tests.slope(sample.default, pd, limits)
    assert result.value == pytest.approx(fitted.params[1], rel=1e-5)
    assert (result.low, result.high) == pytest.approx(tuple(fitted.conf_int()[1]), rel=1e-4)


def test_the_intercept_counts_bads_against_those_expected(draw, limits):
    sample, pd = draw(4000)
    assert tests.intercept(sample.default, pd, limits).low < 0 < tests.intercept(sample.default, pd, limits).high
    result = tests.intercept(sample.default, pd / 2, limits)
    assert result.value == pytest.approx(logit(sample.default.mean()) - logit(pd.mean() / 2))
    assert result.mark is Mark.FAIL


def test_spiegelhalters_z_by_its_own_words(draw, limits):
    sample, pd = draw(500)
    y, result = sample.default, tests.spiegelhalter(sample.default, pd, limits)
    expected = np.mean(pd * (1 - pd))
    z = (np.mean((y - pd) ** 2) - expected) / (np.sqrt(np.sum(pd * (1 - pd) * (1 - 2 * pd) ** 2)) / 500)
    assert result.statistic == pytest.approx(z)
    assert result.p_value == pytest.approx(2 * norm.sf(abs(z)))
    assert result.value == pytest.approx(np.mean((y - pd) ** 2) - expected)
    assert tests.spiegelhalter(y, np.full(500, 0.5), limits).mark is Mark.NOT_EVALUATED


def test_hosmer_lemeshow_has_as_many_degrees_of_freedom_as_groups(draw, limits, independent):
    sample, pd = draw(2000)
    group = binned(pd, edges(pd, 10))
    total = 0.0
    for g in range(10):
        own = group == g
        n, expected = own.sum(), pd[own].sum()
        total += (sample.default[own].sum() - expected) ** 2 / (expected * (1 - expected / n))
    result = tests.hosmer_lemeshow(sample.default, pd, independent)
    assert result.statistic == pytest.approx(total)
    assert result.p_value == pytest.approx(chi2.sf(total, 10))
    together = tests.hosmer_lemeshow(sample.default, pd, limits)
    assert together.p_value > result.p_value
    assert [row[1] for row in together.tables[1].rows] == pytest.approx([together.p_value, result.p_value])


def test_groups_that_expect_fewer_than_five_bads_are_joined(draw, limits):
    sample, pd = draw(300)
    rows = tests.hosmer_lemeshow(sample.default, pd, limits).tables[0].rows
    assert sum(row[1] for row in rows) == 300
    assert 1 < len(rows) < 10
    assert all(row[2] >= 5 for row in rows)
    assert tests.hosmer_lemeshow(sample.default, np.full(300, 0.2), limits).mark is Mark.NOT_EVALUATED


def test_jeffreys_is_the_beta_distribution_of_the_ecb():
    """200 obligors, 7 bads, PD 2 %: the chance that the true rate is at or below 2 %."""
    assert jeffreys_p(7, 200, 0.02) == pytest.approx(beta(7.5, 193.5).cdf(0.02))
    result = tests.jeffreys_interval(7, 200)
    assert (result.low, result.high) == pytest.approx(proportion_confint(7, 200, method="jeffreys"))
    assert tests.jeffreys_interval(0, 50).low == 0
    assert tests.jeffreys_interval(50, 50).high == 1


def test_the_grade_whose_pd_is_too_low_is_named(limits, independent):
    rng = np.random.default_rng(0)
    grade = rng.integers(0, 3, 3000)
    default = (rng.random(3000) < GRADES[grade] + 0.1 * (grade == 1)).astype(np.int8)
    result = tests.jeffreys_grades(default, GRADES[grade], grade, independent)
    assert (result.about, result.mark) == ("1", Mark.FAIL)
    assert tests.jeffreys(default, GRADES[grade], independent).mark is Mark.FAIL
    year = tests.jeffreys_grades(default, GRADES[grade], grade, limits)
    assert (year.about, year.mark) == ("1", Mark.ATTENTION)  # one bad year does some of that
    assert year.tables[0].rows[1][-1] == pytest.approx(result.tables[0].rows[1][6])
    assert tests.jeffreys(default, np.full(3000, 0.9), limits).mark is Mark.PASS  # one-sided: too high is not seen


def test_a_grade_of_three_is_not_evaluated(limits):
    grade = np.repeat([0, 1], [400, 3])
    result = tests.jeffreys_grades(np.resize([0, 0, 0, 1], 403).astype(np.int8), np.full(403, 0.25), grade, limits)
    assert [row[8] for row in result.tables[0].rows] == ["pass", "NOT EVALUATED"]
    assert result.about == "0"


@pytest.mark.parametrize("of", [tests.slope, tests.intercept, tests.spiegelhalter, tests.hosmer_lemeshow])
def test_one_class_is_not_evaluated(of, limits):
    assert of(np.ones(200, np.int8), np.linspace(0.1, 0.9, 200), limits).mark is Mark.NOT_EVALUATED


RUNS = 300


def drawn_in_tenths(rng, rows=4000):
    """Outcomes of right PDs, all bads and one good in ten, for ten; and the PDs."""
    pd = 1 / (1 + np.exp(-rng.normal(-2.2, 1.0, rows)))
    default = (rng.random(rows) < pd).astype(np.int8)
    kept = (default == 1) | (rng.random(rows) < 0.1)
    return default[kept], pd[kept], np.where(default[kept] == 1, 1.0, 10.0)


def test_right_pds_are_rejected_as_often_as_the_level_says(draw, independent):
    """At 5 %, of 300 samples: three standard errors of a share are 3.8 %."""
    rejected = dict.fromkeys(("spiegelhalter", "hosmer_lemeshow", "jeffreys"), 0)
    missed = dict.fromkeys(("slope", "intercept"), 0)
    for seed in range(RUNS):
        sample, pd = draw(800, seed=1000 + seed)
        for name in rejected:
            rejected[name] += getattr(tests, name)(sample.default, pd, independent).p_value < 0.05
        for name, truth in (("slope", 1.0), ("intercept", 0.0)):
            result = getattr(tests, name)(sample.default, pd, independent)
            missed[name] += not result.low <= truth <= result.high
    for name, count in (rejected | missed).items():
        assert 0.012 < count / RUNS < 0.088, name


@pytest.mark.parametrize("name", ["slope", "intercept", "spiegelhalter", "jeffreys"])
def test_right_pds_of_rows_drawn_in_tenths_are_not_rejected_more_often(name, independent):
    """But without the weights they are: more than half of the rows are bad, beside PDs of a seventh."""
    rng, outside, bare = np.random.default_rng(3), 0, 0
    for _ in range(100):
        default, pd, weight = drawn_in_tenths(rng)
        with_, without = (getattr(tests, name)(default, pd, independent, weight=w) for w in (weight, None))
        outside, bare = outside + beyond(name, with_), bare + beyond(name, without)
    assert outside <= 12  # of 100 at 5 %: 11.5 is three standard errors
    assert bare > 90 or name == "slope"  # drawing goods by their outcome alone leaves the slope as it is


def beyond(name, result):
    """Whether the truth is rejected, or lies outside of the interval."""
    if name in ("spiegelhalter", "jeffreys"):
        return result.p_value < 0.05
    return not result.low <= (name == "slope") <= result.high


@pytest.mark.parametrize("factor", [0.8, 1.25])
def test_pds_that_are_a_quarter_off_are_seen_from_the_side_that_a_test_looks_at(factor, draw, independent):
    sample, pd = draw(6000)
    wrong = np.clip(pd * factor, 0, 0.99)
    assert (tests.intercept(sample.default, wrong, independent).value > 0) == (factor < 1)
    assert (tests.jeffreys(sample.default, wrong, independent).mark is Mark.FAIL) == (factor < 1)
    assert tests.hosmer_lemeshow(sample.default, wrong, independent).mark is Mark.FAIL


def test_the_interval_of_the_intercept_has_the_rows_own_variance(draw, limits):
    """By the delta method: that of outcome less PD, over the slope of the log-odds at the bad rate."""
    sample, pd = draw(3000)
    share, result = sample.default.mean(), tests.intercept(sample.default, pd, limits)
    error = np.std(sample.default - pd, ddof=1) / np.sqrt(3000) / (share * (1 - share))
    assert (result.high - result.low) / 2 == pytest.approx(norm.ppf(0.975) * error, rel=1e-3)


def test_spiegelhalters_z_of_weighted_rows_has_a_deviation_of_one(independent):
    rng = np.random.default_rng(6)
    samples = (drawn_in_tenths(rng, 2500) for _ in range(300))
    z = [tests.spiegelhalter(default, pd, independent, weight=w).statistic for default, pd, w in samples]
    assert np.std(z) == pytest.approx(1.0, abs=0.125)  # three standard errors of 300
    assert np.mean(z) == pytest.approx(0.0, abs=0.2)
