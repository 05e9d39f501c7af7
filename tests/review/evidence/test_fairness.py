"""Figures of groups: for each protected column and each side, and named after the column that they are of."""

from dataclasses import replace

import numpy as np
import pytest

from riskmodel.evaluation.fairness import approvals, fairness, proxies
from riskmodel.review.evidence.fairness import fair

OF_A_SIDE = [approvals.APPROVAL_RATIO, fairness.MEAN_DIFFERENCE]
WITH_OUTCOMES = [approvals.GOOD_GAP, approvals.BAD_GAP, fairness.CALIBRATION_WITHIN]


def figures(entries, method):
    return {entry.whom: entry.evidence for entry in entries if entry.evidence.method is method}


@pytest.fixture
def given(subject):
    return subject(rows=3000, seed=4)


def test_every_figure_is_of_both_sides_and_named_after_its_column(given, limits):
    entries = list(fair(given, limits))
    assert {entry.evidence.attribute for entry in entries} == {"sex"}
    for method in (*OF_A_SIDE, *WITH_OUTCOMES):
        assert set(figures(entries, method)) == {"champion", "challenger"}
    for method in (proxies.PROXIES, proxies.JOINTLY):
        assert set(figures(entries, method)) == {"data"}


def test_the_approval_ratio_is_that_of_the_rates_by_hand(given, limits):
    ratios = figures(fair(given, limits), approvals.APPROVAL_RATIO)
    for whom, side in zip(("champion", "challenger"), given.sides, strict=True):
        approved = side.pd < given.cutoff
        rates = [approved[given.protected["sex"] == sex].mean() for sex in "fm"]
        assert ratios[whom].value == pytest.approx(min(rates) / max(rates))


def test_without_outcomes_what_needs_them_is_left_out(given, limits, subject):
    blind = subject(rows=3000, seed=4, default=None)
    made = {entry.evidence.method for entry in fair(blind, limits)}
    assert made.isdisjoint(WITH_OUTCOMES)
    assert made >= set(OF_A_SIDE)


def test_where_no_column_is_protected_there_is_nothing(subject, limits):
    assert list(fair(subject(rows=400, protected={}), limits)) == []


def test_a_feature_that_is_the_group_itself_is_no_proxy_for_it(subject, limits):
    """The column `months` tells who is f; were it protected, it would not be held against itself."""
    given = subject(rows=3000, seed=5, harm=False)
    marked = given.champion.matrix.copy()
    marked[:, 2] = given.protected["sex"] == "f"
    telling = replace(given, champion=replace(given.champion, matrix=marked))
    by_name = {
        name: figures(fair(replace(telling, protected={name: given.protected["sex"]}), limits), proxies.JOINTLY)["data"]
        for name in ("sex", "months")
    }
    assert by_name["sex"].value > 0.99
    assert by_name["months"].value < 0.65


def test_rows_of_one_borrower_widen_the_interval_and_keep_the_figure(subject, limits):
    given = subject(rows=3000, seed=6)
    twice = np.repeat(np.arange(1500), 2)
    apart, together = (
        figures(fair(subject(rows=3000, seed=6, cluster=cluster), limits), fairness.MEAN_DIFFERENCE)["champion"]
        for cluster in (None, ("borrower", twice))
    )
    assert together.value == pytest.approx(apart.value)
    assert (together.low, together.high) != (apart.low, apart.high)
    assert given.cluster is None
