"""What cannot be judged is refused in one line that says what is allowed."""

from __future__ import annotations

import numpy as np
import pytest

from riskmodel.errors import DataError
from riskmodel.evaluation.requirements import require_events, require_pd


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
