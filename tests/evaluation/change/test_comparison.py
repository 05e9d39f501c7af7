"""The paired tests: their figures, their bounds, and how often they are wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import norm, ttest_rel
from sklearn import metrics

from riskmodel.config import Margins
from riskmodel.core import Verdict
from riskmodel.errors import DataError
from riskmodel.evaluation.change.comparison import _worst_losses, compare, judge
from riskmodel.evaluation.change.rare_faults import NOTHING, Beyond, most_fallen

NAMES = {"challenger": "small", "champion": "lgbm"}
ABSENT = {"rare_faults": "assumed absent", "rare_faults_reason": "the test is of the normal bound"}
BLIND = {"rare_faults": "blind to the outcome", "rare_faults_reason": "a test"}


def change(sample, challenger, champion, beyond=NOTHING, **margins):
    return compare(
        **NAMES,
        sample=sample,
        pd_challenger=challenger,
        pd_champion=champion,
        margins=Margins(**margins),
        beyond=beyond,
    ).differences


def test_deltas_are_differences_of_sklearns_metrics_signed_so_that_more_is_better(draw):
    sample, pd = draw(333)
    noisy = np.clip(pd + np.random.default_rng(1).normal(0, 0.1, 333), 0, 1)
    result, y = change(sample, noisy, pd), sample.default
    assert result["auc"].delta == pytest.approx(metrics.roc_auc_score(y, noisy) - metrics.roc_auc_score(y, pd))
    assert result["brier"].delta == pytest.approx(metrics.brier_score_loss(y, pd) - metrics.brier_score_loss(y, noisy))
    assert result["log_loss"].delta == pytest.approx(metrics.log_loss(y, pd) - metrics.log_loss(y, noisy))
    assert result["auc"].delta < 0
    assert result["brier"].delta < 0


def test_the_p_value_of_brier_is_near_that_of_a_paired_t_test(draw):
    sample, pd = draw(2_000)
    other = 0.9 * pd + 0.02
    losses = [(p - sample.default) ** 2 for p in (other, pd)]
    exact = ttest_rel(losses[1] + 0.0003, losses[0], alternative="greater").pvalue
    assert change(sample, other, pd, brier=0.0003, **ABSENT)["brier"].p_value == pytest.approx(exact, rel=0.02)


def test_the_worst_that_a_row_can_lose_is_the_lowest_pd_for_a_bad_and_the_highest_for_a_good():
    default, champion = np.array([1, 1, 0, 0, 0], np.int8), np.array([0.6, 0.7, 0.2, 0.1, 0.3])
    worst = _worst_losses(default, np.array([0.2, 0.8, 0.1, 0.3, 0.5]), champion)
    bad, good = -np.log(0.1) + np.log([0.6, 0.7]).mean(), -np.log(0.2) + np.log([0.8, 0.9, 0.7]).mean()
    assert worst["log_loss"] == pytest.approx(max(bad, good))
    bad, good = 0.9**2 - np.mean([0.4**2, 0.3**2]), 0.8**2 - np.mean([0.2**2, 0.1**2, 0.3**2])
    assert worst["brier"] == pytest.approx(max(bad, good))


@settings(deadline=None)
@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0.001, 0.9))
def test_bounds_p_value_and_verdict_agree(delta, error, margin):
    result = judge(delta, error, margin)
    assert result.lower <= delta <= result.upper
    assert 0 <= result.p_value <= 1
    if abs(result.p_value - 0.05) > 1e-9:
        assert (result.verdict is Verdict.NON_INFERIOR) == (result.p_value < 0.05)
    if result.verdict is Verdict.INFERIOR:
        assert delta < -margin


@pytest.mark.parametrize(
    ("delta", "verdict", "p_value"),
    [
        (0.0, Verdict.NON_INFERIOR, 0.0),
        (-0.004, Verdict.NON_INFERIOR, 0.0),
        (-0.006, Verdict.INFERIOR, 1.0),
        (-0.005, Verdict.INCONCLUSIVE, 1.0),
    ],
)
def test_without_a_standard_error_the_sign_decides(delta, verdict, p_value):
    result = judge(delta, 0.0, 0.005)
    assert (result.verdict, result.p_value, result.detectable) == (verdict, p_value, 0.0)


def test_the_detectable_margin_is_shown_in_80_percent_of_cases():
    """A true difference of 0, tested with that margin."""
    margin = judge(0.0, 0.01, 0.005).detectable
    draws = np.random.default_rng(0).normal(0, 0.01, 4_000)
    confirmed = [judge(delta, 0.01, margin).verdict is Verdict.NON_INFERIOR for delta in draws]
    assert np.mean(confirmed) == pytest.approx(0.80, abs=0.02)


@pytest.mark.parametrize("ties", [False, True])
def test_a_model_against_itself_is_no_worse(draw, ties):
    sample, pd = draw(211, ties=ties)
    for result in change(sample, pd, pd).values():
        assert (result.delta, result.standard_error, result.p_value) == (0, 0, 0)
        assert result.verdict is Verdict.NON_INFERIOR


def test_the_same_ranking_with_worse_pds_is_seen_by_log_loss_alone(draw):
    sample, pd = draw(3_000)
    result = change(sample, pd**2, pd)
    assert (result["auc"].verdict, result["auc"].standard_error) == (Verdict.NON_INFERIOR, 0)
    assert result["log_loss"].verdict is Verdict.INFERIOR


def test_the_change_as_a_whole_has_the_largest_p_value(draw):
    sample, pd = draw(400)
    result = compare(**NAMES, sample=sample, pd_challenger=pd**1.1, pd_champion=pd, margins=Margins())
    assert (result.challenger, result.champion, result.sample) == ("small", "lgbm", "selection")
    assert list(result.differences) == ["auc", "brier", "log_loss", "mean_pd"]
    assert result.p_value == max(d.p_value for d in result.differences.values())


def test_few_rows_are_inconclusive_and_never_called_equal(draw):
    """A true loss of 0.02 AUC among 200 rows: the usual test sees no significant difference."""
    sample, pd = draw(200)
    noisy = expit(np.log(pd / (1 - pd)) + np.random.default_rng(2).normal(0, 0.5, 200))
    result = change(sample, noisy, pd)["auc"]
    assert abs(result.delta / result.standard_error) < 1.96
    assert result.verdict is Verdict.INCONCLUSIVE
    assert result.detectable > 0.005


@pytest.mark.parametrize(("least", "rare_faults", "cases"), [(0.03, "assumed absent", 600), (0.0, "bounded", 200)])
def test_a_challenger_exactly_at_the_margin_passes_in_about_5_percent_of_cases(as_sample, least, rare_faults, cases):
    """Binormal scores: the AUC of both is known, and the margin is their difference."""
    rule = {"rare_faults": rare_faults, "rare_faults_reason": "every row moves"}
    shift, noise = 1.1, 0.5
    margin = norm.cdf(shift / np.sqrt(2)) - norm.cdf(shift / np.sqrt(2 * (1 + noise**2)))
    rng, verdicts = np.random.default_rng(0), []
    for _ in range(cases):
        default = rng.random(800) < 0.2
        score = rng.normal(shift * default)
        challenger = score + rng.normal(0, noise, 800)
        result = change(as_sample(default), expit(challenger), expit(score), auc=float(margin), **rule)["auc"]
        verdicts.append(result.verdict)
    assert least <= np.mean([verdict is Verdict.NON_INFERIOR for verdict in verdicts]) < 0.075
    assert 0.03 < np.mean([verdict is Verdict.INFERIOR for verdict in verdicts]) < 0.075


@pytest.mark.parametrize("wrong", ["small", "lgbm"])
def test_the_variant_whose_pd_is_wrong_is_named(draw, wrong):
    sample, pd = draw(30)
    broken = np.where(pd == pd.min(), np.nan, pd)
    pair = (broken, pd) if wrong == "small" else (pd, broken)
    with pytest.raises(DataError, match=f"^{wrong}: a PD must be"):
        change(sample, *pair)


def test_one_class_is_refused(as_sample):
    with pytest.raises(DataError, match="at least 2 bads and 2 goods"):
        change(as_sample(np.ones(5)), np.full(5, 0.2), np.full(5, 0.3))


def spoilt(random, rows, bad_rate, share):
    """Scores, the same ones but for a share of rows that get a good's, and outcomes."""
    default = (random.random(rows) < bad_rate).astype(np.int8)
    score = random.normal(1.1 * default)
    challenger = score + random.normal(0, 0.05, rows)
    hit = random.random(rows) < share
    return default, expit(score), expit(np.where(hit, random.normal(size=rows), challenger))


@pytest.mark.parametrize(("rows", "bad_rate"), [(600, 0.05), (3000, 0.2)])
def test_a_fault_in_few_rows_that_costs_the_margin_seldom_passes(as_sample, rows, bad_rate):
    random, passed, passed_unbounded, replications = np.random.default_rng(rows), 0, 0, 200
    for _ in range(replications):
        default, champion, challenger = spoilt(random, rows, bad_rate, 0.018)
        if default.sum() < 20:
            continue
        result = change(as_sample(default), challenger, champion, auc=0.0055)["auc"]
        passed += result.verdict is Verdict.NON_INFERIOR
        passed_unbounded += result.verdict is Verdict.NON_INFERIOR or result.bads_needed > 0
    assert passed / replications <= 0.06
    assert passed_unbounded / replications > 0.06  # the normal bound alone does not hold


def test_what_the_sample_cannot_rule_out_is_said_with_the_bads_it_takes(as_sample):
    default, champion, challenger = spoilt(np.random.default_rng(3), 1000, 0.1, 0.0)
    result = change(as_sample(default), challenger, champion, auc=0.01)["auc"]
    assert result.verdict is Verdict.INCONCLUSIVE
    assert result.lower + result.rare_fault_allowance > -0.01 >= result.lower
    assert default.sum() < result.bads_needed < 400
    default, champion, challenger = spoilt(np.random.default_rng(3), 10_000, 0.1, 0.0)
    assert change(as_sample(default), challenger, champion, auc=0.01)["auc"].verdict is Verdict.NON_INFERIOR


def few_bads(seed, share, rows=3000, more=0):
    """3,000 rows of which one in twenty is bad, and further applications; a fault strikes a share of all of them."""
    default, champion, challenger = spoilt(np.random.default_rng(seed), rows + more, 0.05, share)
    beyond = Beyond(challenger[rows:], champion[rows:])
    return default[:rows], champion[:rows], challenger[:rows], beyond


def test_where_faults_are_blind_to_the_outcome_all_rows_rule_them_out(as_sample):
    passed = {0.0: [], 0.018: []}
    for seed in range(30):
        for share, verdicts in passed.items():
            default, champion, challenger, _ = few_bads(seed, share)
            result = change(as_sample(default), challenger, champion, auc=0.0053, **BLIND)["auc"]
            verdicts.append(result.verdict is Verdict.NON_INFERIOR)
    assert np.mean(passed[0.0]) > 0.85
    assert np.mean(passed[0.018]) < 0.1


def test_applications_without_outcome_rule_out_what_so_few_bads_cannot(as_sample):
    default, champion, challenger, beyond = few_bads(1, 0.0, more=120_000)
    sample = as_sample(default)
    assert change(sample, challenger, champion, auc=0.006)["auc"].verdict is Verdict.INCONCLUSIVE
    assert change(sample, challenger, champion, beyond, auc=0.006)["auc"].verdict is Verdict.NON_INFERIOR
    fallen = beyond.challenger.copy()
    fallen[np.argmax(beyond.champion)] = 0.001  # one application falls from top to bottom
    difference = change(sample, challenger, champion, Beyond(fallen, beyond.champion), auc=0.006)["auc"]
    assert difference.verdict is Verdict.INCONCLUSIVE


def test_a_certificate_says_that_no_bad_can_fall_far(as_sample):
    default, champion, challenger, _ = few_bads(1, 0.0)
    margins = [np.log(pd / (1 - pd)) for pd in (champion, challenger)]
    falls = [most_fallen(default, *margins, reach) for reach in (0.02, 2.0, 50.0)]
    assert falls[0] < falls[1] < falls[2]
    assert falls[2] == pytest.approx(metrics.roc_auc_score(default, champion))
    for fall, verdict in zip(falls, (Verdict.NON_INFERIOR, Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE), strict=True):
        beyond = Beyond(np.zeros(0), np.zeros(0), fall)
        assert change(as_sample(default), challenger, champion, beyond, auc=0.0053)["auc"].verdict is verdict


def test_a_fault_in_few_rows_that_costs_the_margin_seldom_passes_in_the_means(as_sample):
    """One row in 500 has its PD turned round; 600 rows."""
    figures, lost = ("brier", "log_loss"), {}
    passed, normal = dict.fromkeys(figures, 0), dict.fromkeys(figures, 0)
    for seed in range(200):
        random = np.random.default_rng(seed)
        pd = expit(random.normal(-1.5, 1, 20_000 if seed == 0 else 600))
        default = (random.random(len(pd)) < pd).astype(np.int8)
        other = np.where(random.random(len(pd)) < 1 / 500, 0.999 - 0.998 * pd, pd * random.normal(1, 0.002, len(pd)))
        if seed == 0:
            lost = {figure: -change(as_sample(default), other, pd)[figure].delta for figure in figures}
            continue
        for how, counted in (({}, passed), (ABSENT, normal)):
            result = change(as_sample(default), other, pd, **lost, **how)
            for figure in figures:
                counted[figure] += result[figure].verdict is Verdict.NON_INFERIOR
    assert max(passed.values()) / 199 <= 0.08
    assert min(normal.values()) / 199 > 0.2
