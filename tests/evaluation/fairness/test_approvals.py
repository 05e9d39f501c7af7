"""How groups are approved, against figures that fairlearn 0.15 gives for the same rows."""

from __future__ import annotations

import numpy as np
import pytest

from riskmodel.core.evidence import Mark
from riskmodel.errors import DataError
from riskmodel.evaluation.fairness.approvals import approval_ratio, bad_approval_gap, good_approval_gap
from riskmodel.evaluation.robustness.slices import of_group


@pytest.fixture
def lending():
    rng, rows = np.random.default_rng(8), 700
    group = np.where(rng.random(rows) < 0.35, "B", "A")
    default = (rng.random(rows) < 0.3).astype(np.int8)
    declined = rng.random(rows) < 0.25 + 0.2 * default + 0.05 * (group == "B")
    return default, declined, of_group("group", group)


def test_ratio_and_gaps_are_fairlearns(lending, limits):
    """MetricFrame of selection_rate, true_positive_rate and false_positive_rate; positive is an approved good."""
    default, declined, masks = lending
    assert approval_ratio(declined, masks, limits).value == pytest.approx(0.8790296840089371)
    assert good_approval_gap(default, declined, masks, limits).value == pytest.approx(-0.104155, abs=1e-6)
    assert bad_approval_gap(default, declined, masks, limits).value == pytest.approx(-0.050780, abs=1e-6)


def test_the_reference_is_the_group_of_the_highest_rate_or_the_named_one(lending, limits):
    _, declined, masks = lending
    result = approval_ratio(declined, masks, limits)
    other = approval_ratio(declined, masks, limits, reference="group=B")
    assert (result.about, other.about) == ("group=B", "group=A")
    assert other.value == pytest.approx(1 / result.value)
    with pytest.raises(DataError, match="among group=A, group=B, however: C"):
        approval_ratio(declined, masks, limits, reference="C")
    with pytest.raises(DataError, match="at least two"):
        approval_ratio(declined, {"all": masks["group=A"]}, limits)


def test_a_clear_gap_fails_and_an_unclear_one_is_no_pass(limits):
    group = np.repeat([False, True], [2000, 1000])
    masks = {"A": ~group, "B": group}
    declined = np.concatenate([np.arange(2000) % 10 < 2, np.arange(1000) % 10 < 5])
    assert approval_ratio(declined, masks, limits).mark is Mark.FAIL
    few = np.r_[:120, 2000:2110]
    masks = {name: mask[few] for name, mask in masks.items()}
    declined = np.concatenate([np.arange(120) % 10 < 2, np.arange(110) % 10 < 3])
    assert approval_ratio(declined, masks, limits).mark is Mark.ATTENTION


def test_nobody_of_a_group_or_of_all_is_approved(limits):
    masks = {"A": np.arange(500) < 300, "B": np.arange(500) >= 300}
    everyone = approval_ratio(np.ones(500, bool), masks, limits)
    assert everyone.mark is Mark.NOT_EVALUATED
    assert "Nobody" in everyone.reason
    result = approval_ratio(masks["A"], masks, limits)
    assert (result.about, result.value, result.mark) == ("A", 0, Mark.FAIL)


def applied(*groups):
    """Decisions and masks of groups of so many approved among so many."""
    declined = np.concatenate([np.arange(rows) >= approved for approved, rows in groups])
    label = np.repeat(np.arange(len(groups)), [rows for _, rows in groups])
    return declined, {"ABCDEF"[i]: label == i for i in range(len(groups))}


def test_the_ratio_is_to_the_highest_rate_and_not_to_the_largest_group(limits):
    """29 CFR 1607.4(D): 840 of 1,400 against 900 of 1,000 is two thirds."""
    result = approval_ratio(*applied((840, 1400), (900, 1000), (510, 600)), limits)
    assert (result.about, result.mark) == ("A", Mark.FAIL)
    assert result.value == pytest.approx(2 / 3)
    assert {row[0]: row[3] for row in result.tables[0].rows} == pytest.approx({"A": 2 / 3, "C": 0.85 / 0.9})


def test_a_small_group_whose_rate_is_the_highest_is_no_reference(limits):
    result = approval_ratio(*applied((840, 1400), (900, 1000), (30, 30)), limits)
    assert result.value == pytest.approx(2 / 3)
    assert [row[8] for row in result.tables[0].rows] == [Mark.FAIL, Mark.NOT_EVALUATED]


def test_a_reference_that_the_data_choose_costs_all_pairs(limits):
    """Of four equal groups the best and the worst differ by chance; no pair may look unequal in more than 5 %."""
    rng, rejected = np.random.default_rng(0), 0
    for _ in range(400):
        counts = [(int(k), 500) for k in rng.binomial(500, 0.7, 4)]
        table = approval_ratio(*applied(*counts), limits).tables[0]
        rejected += min(row[7] for row in table.rows) < 0.05
    assert rejected / 400 < 0.075


def test_applications_that_stand_four_times_say_no_more_than_once(limits):
    declined, masks = applied((300, 400), (200, 300))
    again = np.tile(np.arange(700), 4)
    fourfold = {name: mask[again] for name, mask in masks.items()}
    once = approval_ratio(declined, masks, limits)
    four = approval_ratio(declined[again], fourfold, limits, clusters=again)
    assert (four.value, four.low, four.high) == pytest.approx((once.value, once.low, once.high), rel=0.01)
    assert four.p_value is None or four.p_value == pytest.approx(once.p_value, rel=0.05)


def test_what_the_sample_could_have_shown_stands_beside_each_group(limits):
    result = approval_ratio(*applied((840, 1400), (900, 1000), (85, 100)), limits)
    could = {row[0]: row[11] for row in result.tables[0].rows}
    assert 0.03 < could["A"] < could["C"] < 0.2
