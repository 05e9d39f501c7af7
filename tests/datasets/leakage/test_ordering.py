"""AUC, its bound and the best split against scikit-learn and this package's own placements, which share no code."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import norm
from sklearn.metrics import matthews_corrcoef, roc_auc_score
from statsmodels.stats.proportion import proportion_confint

from riskmodel.datasets.leakage import ordering
from riskmodel.evaluation.metrics import discrimination

SCORED = st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 1)), min_size=4, max_size=60).filter(
    lambda rows: 2 <= sum(bad for _, bad in rows) <= len(rows) - 2
)


def of(rows):
    score, default = np.array(rows, dtype=float).T
    return score, default.astype(np.int8), ordering.by_score(score, default.astype(np.int8))


@given(SCORED)
@settings(deadline=None, max_examples=40)
def test_the_auc_is_that_of_scikit_learn_and_turned_round_it_is_the_rest(rows):
    score, default, result = of(rows)
    assert result.auc == pytest.approx(roc_auc_score(default, score))
    assert result.turned.auc == pytest.approx(1 - result.auc)


@given(SCORED)
@settings(deadline=None, max_examples=40)
def test_the_lower_bound_is_delongs_on_the_logit(rows):
    score, default, result = of(rows)
    placed = discrimination.placements(default, score)
    auc = placed.auc
    if 0 < auc < 1:
        reach = norm.isf(0.001) * placed.standard_error / (auc * (1 - auc))
        assert result.lowest_auc == pytest.approx(expit(logit(auc) - reach))
    assert 0 <= result.lowest_auc <= result.auc


@pytest.mark.parametrize(("bads", "least"), [(5, 0.2512), (20, 0.7079), (200, 0.9661)])
def test_a_perfect_order_of_few_bads_proves_little(bads, least):
    default = np.repeat([0, 1], [1000, bads]).astype(np.int8)
    assert ordering.by_score(default.astype(float), default).lowest_auc == pytest.approx(least, abs=1e-4)


@given(SCORED)
@settings(deadline=None, max_examples=40)
def test_the_best_split_is_the_best_of_all(rows):
    score, default, result = of(rows)
    cuts = [matthews_corrcoef(default, score >= cut) for cut in np.unique(score)[1:]]
    phi, low, agreed = result.split
    assert phi == pytest.approx(max(cuts, default=0.0))
    assert low <= phi
    assert 0 <= agreed <= 1


def test_the_share_that_agrees_is_counted_at_the_best_split():
    default = np.array([0, 0, 0, 1, 1], np.int8)
    phi, _, agreed = ordering.by_score(np.array([1.0, 1, 2, 2, 3]), default).split
    assert (phi, agreed) == (pytest.approx(matthews_corrcoef(default, [0, 0, 1, 1, 1])), 0.8)


@pytest.mark.parametrize(("bads", "rows"), [(0, 7), (1, 7), (7, 7), (90, 100), (3, 4000)])
def test_the_bounds_of_a_bad_rate_are_clopper_and_pearsons(bads, rows):
    low, high = proportion_confint(bads, rows, alpha=0.002, method="beta")
    assert ordering.lowest_share(np.array([bads]), np.array([rows]))[0] == pytest.approx(low)
    assert ordering.highest_share(np.array([bads]), np.array([rows]))[0] == pytest.approx(high)


def test_a_place_without_rows_has_no_part():
    result = ordering.by_place(np.array([1, 1, 4, 4]), np.array([0, 1, 1, 1], np.int8))
    assert result.bads.tolist() == [1, 2]
    assert result.goods.tolist() == [1, 0]
