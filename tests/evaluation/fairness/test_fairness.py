"""Mean scores of groups against the t-test, and whether PDs mean the same in each: three states, and no fourth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_ind

from riskmodel.core.evidence import Mark
from riskmodel.evaluation.fairness import fairness


def test_a_group_of_three_is_not_evaluated_and_says_why(limits):
    default = np.arange(700) % 4 == 0
    three = np.arange(700) < 3
    result = fairness.mean_difference(default + 0.5, {"most": ~three, "few": three}, limits)
    assert result.mark is Mark.NOT_EVALUATED
    assert "3 rows" in result.reason


def test_the_mean_difference_is_cohens_d_and_goes_with_the_t_test(limits):
    rng = np.random.default_rng(0)
    one, two = rng.normal(0, 1, 400), rng.normal(0.5, 1, 300)
    masks = {"A": np.arange(700) < 400, "B": np.arange(700) >= 400}
    result = fairness.mean_difference(np.concatenate([one, two]), masks, limits)
    t = ttest_ind(two, one).statistic
    assert result.value == pytest.approx(t * np.sqrt(1 / 400 + 1 / 300))
    assert result.mark is Mark.ATTENTION or result.low > 0.3
    assert fairness.mean_difference(np.ones(700), masks, limits).mark is Mark.NOT_EVALUATED


def test_wrong_pds_of_one_group_are_found(draw, limits):
    sample, pd = draw(4000)
    group = np.random.default_rng(1).random(4000) < 0.3
    masks = {"A": ~group, "B": group}
    assert fairness.calibration_within(sample.default, pd, masks, limits).mark is Mark.PASS
    result = fairness.calibration_within(sample.default, np.where(group, pd * 0.7, pd), masks, limits)
    assert (result.about, result.mark) == ("B", Mark.FAIL)
    assert result.value == pytest.approx(sample.default[group].sum() / (0.7 * pd[group]).sum())
    whole = fairness.calibration_within(sample.default, pd, {"all": pd > 0}, limits)
    assert (whole.high - whole.low) / 3.92 == pytest.approx(np.sqrt((pd * (1 - pd)).sum()) / pd.sum(), rel=0.05)
    one_class = fairness.calibration_within(np.zeros(4000, np.int8), pd, masks, limits)
    assert one_class.mark is Mark.NOT_EVALUATED


def test_a_group_that_is_too_small_to_tell_is_not_shown(draw, limits):
    sample, pd = draw(4000)
    small = np.arange(4000) % 33 == 0
    result = fairness.calibration_within(sample.default, pd, {"most": ~small, "small": small}, limits)
    marks = {row[0]: row[8] for row in result.tables[0].rows}
    assert marks == {"most": Mark.PASS, "small": Mark.NOT_SHOWN}
    assert result.mark is Mark.NOT_SHOWN
    could = {row[0]: row[11] for row in result.tables[0].rows}
    assert could["small"] > limits.setting("tolerated_calibration") > could["most"]


def test_rows_that_stand_four_times_say_no_more_than_once(draw, limits):
    sample, pd = draw(900)
    masks = {"A": np.arange(900) < 400, "B": np.arange(900) >= 400}
    again = np.tile(np.arange(900), 4)
    fourfold = {name: mask[again] for name, mask in masks.items()}
    once = fairness.calibration_within(sample.default, pd, masks, limits)
    four = fairness.calibration_within(sample.default[again], pd[again], fourfold, limits, again)
    assert (four.value, four.low, four.p_value) == pytest.approx((once.value, once.low, once.p_value))
    one = fairness.mean_difference(pd, masks, limits)
    other = fairness.mean_difference(pd[again], fourfold, limits, clusters=again)
    assert (other.low, other.high) == pytest.approx((one.low, one.high), rel=0.01)
