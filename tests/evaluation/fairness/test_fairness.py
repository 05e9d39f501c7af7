"""How groups fare, against figures that fairlearn 0.15 gives for the same rows."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_ind

from riskmodel.core.evidence import Mark
from riskmodel.errors import DataError
from riskmodel.evaluation.fairness import fairness
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
    assert fairness.approval_ratio(declined, masks, limits).value == pytest.approx(0.8790296840089371)
    assert fairness.good_approval_gap(default, declined, masks, limits).value == pytest.approx(-0.104155, abs=1e-6)
    assert fairness.bad_approval_gap(default, declined, masks, limits).value == pytest.approx(-0.050780, abs=1e-6)


def test_the_reference_is_the_largest_group_or_the_named_one(lending, limits):
    _, declined, masks = lending
    found = fairness.approval_ratio(declined, masks, limits)
    other = fairness.approval_ratio(declined, masks, limits, reference="group=B")
    assert (found.about, other.about) == ("group=B", "group=A")
    assert other.value == pytest.approx(1 / found.value)
    with pytest.raises(DataError, match="among group=A, group=B, however: C"):
        fairness.approval_ratio(declined, masks, limits, reference="C")
    with pytest.raises(DataError, match="at least two"):
        fairness.approval_ratio(declined, {"all": masks["group=A"]}, limits)


def test_a_clear_gap_fails_and_an_unclear_one_is_no_pass(limits):
    group = np.repeat([False, True], [2000, 1000])
    masks = {"A": ~group, "B": group}
    declined = np.concatenate([np.arange(2000) % 10 < 2, np.arange(1000) % 10 < 5])
    assert fairness.approval_ratio(declined, masks, limits).mark is Mark.FAIL
    few = np.r_[:120, 2000:2110]
    masks = {name: mask[few] for name, mask in masks.items()}
    declined = np.concatenate([np.arange(120) % 10 < 2, np.arange(110) % 10 < 3])
    assert fairness.approval_ratio(declined, masks, limits).mark is Mark.ATTENTION


def test_a_group_of_three_is_not_evaluated_and_says_why(lending, limits):
    default, declined, _ = lending
    three = np.arange(700) < 3
    for found in (
        fairness.approval_ratio(declined, {"most": ~three, "few": three}, limits),
        fairness.good_approval_gap(default, declined, {"most": ~three, "few": three}, limits),
        fairness.mean_difference(default + 0.5, {"most": ~three, "few": three}, limits),
    ):
        assert found.mark is Mark.NOT_EVALUATED
        assert "3 rows" in found.reason or "rows to compare" in found.reason


def test_the_mean_difference_is_cohens_d_and_goes_with_the_t_test(limits):
    rng = np.random.default_rng(0)
    one, two = rng.normal(0, 1, 400), rng.normal(0.5, 1, 300)
    masks = {"A": np.arange(700) < 400, "B": np.arange(700) >= 400}
    found = fairness.mean_difference(np.concatenate([one, two]), masks, limits)
    t = ttest_ind(two, one).statistic
    assert found.value == pytest.approx(t * np.sqrt(1 / 400 + 1 / 300))
    assert found.mark is Mark.ATTENTION or found.low > 0.3
    assert fairness.mean_difference(np.ones(700), masks, limits).mark is Mark.NOT_EVALUATED


def test_wrong_pds_of_one_group_are_found(draw, limits):
    sample, pd = draw(4000)
    group = np.random.default_rng(1).random(4000) < 0.3
    masks = {"A": ~group, "B": group}
    assert fairness.calibration_within(sample.default, pd, masks, limits).mark is Mark.PASS
    found = fairness.calibration_within(sample.default, np.where(group, pd * 0.7, pd), masks, limits)
    assert (found.about, found.mark) == ("B", Mark.FAIL)
    assert found.value == pytest.approx(sample.default[group].sum() / (0.7 * pd[group]).sum())
    whole = fairness.calibration_within(sample.default, pd, {"all": pd > 0}, limits)
    assert (whole.high - whole.low) / 3.92 == pytest.approx(np.sqrt((pd * (1 - pd)).sum()) / pd.sum(), rel=0.05)
    one_class = fairness.calibration_within(np.zeros(4000, np.int8), pd, masks, limits)
    assert one_class.mark is Mark.NOT_EVALUATED


def test_a_reference_of_whom_nobody_is_approved(limits):
    masks = {"A": np.arange(500) < 300, "B": np.arange(500) >= 300}
    found = fairness.approval_ratio(masks["A"], masks, limits)
    assert found.mark is Mark.NOT_EVALUATED
    assert "Nobody" in found.reason
