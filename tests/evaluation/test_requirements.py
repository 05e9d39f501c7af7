"""What cannot be judged is refused in one line that says what is allowed."""

from __future__ import annotations

import numpy as np
import pytest

from riskmodel.errors import DataError
from riskmodel.evaluation.requirements import (
    require_events,
    require_pd,
    require_rows,
    require_scored,
    too_few,
    too_small,
)


@pytest.mark.parametrize("default", [[0, 0, 0], [1, 1, 1], [1, 0, 0, 0], [1, 1, 0], []])
def test_fewer_than_two_bads_or_goods_are_refused(as_sample, default):
    with pytest.raises(DataError, match=r"at least 2 bads and 2 goods to judge a scorer, however: \d and \d$"):
        require_events(as_sample(default))


def test_two_bads_and_two_goods_are_enough(as_sample):
    require_events(as_sample([1, 0, 1, 0]))


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -0.01, 1.01])
def test_a_pd_that_is_no_probability_is_refused_with_its_row(as_sample, wrong):
    with pytest.raises(DataError, match=r"lgbm: a PD must be in \[0, 1\], however: .* in row 2 of sample selection"):
        require_pd("lgbm", as_sample([1, 0, 1, 0]), np.array([0.0, 1.0, wrong, 0.5]))


@pytest.mark.parametrize("shape", [(3,), (5,), (4, 1)])
def test_a_wrong_number_of_pds_is_refused(as_sample, shape):
    with pytest.raises(DataError, match="sample selection must have 4 PDs"):
        require_pd("lgbm", as_sample([1, 0, 1, 0]), np.full(shape, 0.5))


def test_any_sequence_of_outcomes_and_scores_becomes_arrays():
    default, score = require_scored([True, False, 1], (3, 1, 2))
    assert (default.dtype, default.tolist()) == (np.int8, [1, 0, 1])
    assert (score.dtype, score.tolist()) == (np.float64, [3.0, 1.0, 2.0])


@pytest.mark.parametrize(
    ("default", "score", "most", "said"),
    [
        ([], [], np.inf, r"default must be one row of outcomes or more, however: shape \(0,\)"),
        ([[0, 1]], [0.1, 0.2], np.inf, r"default must be one row of outcomes or more, however: shape \(1, 2\)"),
        ([0, 1], [0.1], np.inf, r"score must have 2 rows as default has, however: shape \(1,\)"),
        ([0, 2], [0.1, 0.2], np.inf, "default must be 0 or 1, however: 2"),
        ([0, 1], [0.1, np.nan], np.inf, "score must have no missing value, however: row 1"),
        ([0, 1], [0.1, 1.5], 1.0, r"score must be in \[0, 1\], however: 1.5"),
        ([0, 1], [-0.1, 0.5], 1.0, r"score must be in \[0, 1\], however: -0.1"),
    ],
)
def test_outcomes_and_scores_that_cannot_be_are_refused(default, score, most, said):
    with pytest.raises(DataError, match=f"^{said}$"):
        require_scored(default, score, most=most)


def test_a_score_without_a_most_may_be_any_number():
    assert require_scored([0, 1], [-900.0, 1e9])[1].tolist() == [-900.0, 1e9]


def test_columns_share_their_rows_and_masks_are_columns_too():
    assert require_rows(pd=np.zeros(3), mask=np.zeros(3, bool), names=np.array(["a", "b", "c"])) == 3
    with pytest.raises(DataError, match=r"^names must have 3 rows as pd has, however: shape \(3, 1\)$"):
        require_rows(pd=np.zeros(3), names=np.zeros((3, 1)))


@pytest.mark.parametrize(("bads", "goods", "enough"), [(0, 0, True), (-1, 0, False), (0, -1, False)])
def test_the_thresholds_set_how_many_events_are_enough(limits, bads, goods, enough):
    least = int(limits.setting("least_bads"))
    default = np.repeat([1, 0], [least + bads, least + goods]).astype(np.int8)
    why = too_few(default, limits)
    assert (why == "") is enough
    if not enough:
        assert why == f"{least + bads} bads and {least + goods} goods; at least {least} of each are needed."


def test_the_thresholds_set_how_many_rows_are_enough(limits):
    least = int(limits.setting("least_rows"))
    assert too_small(least, limits) == ""
    assert too_small(least - 1, limits) == f"{least - 1} rows; at least {least} are needed."
