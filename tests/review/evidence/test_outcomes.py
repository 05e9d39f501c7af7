"""How good each side is: every figure for both, by scikit-learn where it has one, and none without outcomes."""

import numpy as np
import pytest
from scipy.stats import ks_2samp
from sklearn.metrics import roc_auc_score

from riskmodel.evaluation.discrimination import curves, ranking
from riskmodel.review.evidence.outcomes import NO_INITIAL, outcomes
from riskmodel.review.evidence.subject import Earlier

WHOSE = ("champion", "challenger")


def of(entries, method):
    return {entry.whom: entry.evidence for entry in entries if entry.evidence.method is method}


@pytest.fixture
def given(subject):
    return subject(rows=2500, seed=2)


def test_auc_gini_and_ks_are_those_of_other_libraries(given, limits):
    entries = list(outcomes(given, limits))
    for whom, side in zip(WHOSE, given.sides, strict=True):
        auc = roc_auc_score(given.default, side.pd)
        assert of(entries, curves.AUC)[whom].value == pytest.approx(auc)
        assert of(entries, curves.GINI)[whom].value == pytest.approx(2 * auc - 1)
        split = ks_2samp(side.pd[given.default == 1], side.pd[given.default == 0]).statistic
        assert of(entries, curves.KS)[whom].value == pytest.approx(split)


def test_both_sides_have_the_same_figures_in_the_same_order(given, limits):
    entries = list(outcomes(given, limits))
    methods = [[entry.id for entry in entries if entry.whom == whom] for whom in WHOSE]
    assert methods[0] == methods[1]
    assert len(set(methods[0])) == len(methods[0]) == 16


def test_without_outcomes_there_is_nothing(subject, limits):
    assert list(outcomes(subject(rows=300, default=None), limits)) == []


def test_without_earlier_rows_there_is_no_initial_auc(given, limits):
    for evidence in of(outcomes(given, limits), ranking.AGAINST_INITIAL).values():
        assert (evidence.value, evidence.reason) == (None, NO_INITIAL)


def test_each_side_is_held_against_its_own_auc_on_earlier_rows(subject, given, limits):
    then = subject(rows=2500, seed=3, harm=False)
    earlier = Earlier(*then.sides, then.default, "tune")
    made = of(outcomes(subject(rows=2500, seed=2, earlier=earlier), limits), ranking.AGAINST_INITIAL)
    for whom, now, before in zip(WHOSE, given.sides, then.sides, strict=True):
        lost = roc_auc_score(then.default, before.pd) - roc_auc_score(given.default, now.pd)
        assert abs(made[whom].value) == pytest.approx(abs(lost), abs=1e-9)


def test_earlier_rows_of_too_few_bads_give_no_initial_auc(subject, limits):
    then = subject(rows=300, seed=3)
    few = np.zeros(300, np.int8)
    few[:2] = 1
    earlier = Earlier(*then.sides, few, "tune")
    made = of(outcomes(subject(rows=2500, earlier=earlier), limits), ranking.AGAINST_INITIAL)
    assert {evidence.reason for evidence in made.values()} == {NO_INITIAL}
