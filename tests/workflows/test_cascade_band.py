"""The band is as narrow as the rows allow, and lies around the cutoff."""

import numpy as np
import pytest
from samples import FEATURES, drawn

from riskmodel.core import Policy
from riskmodel.errors import RiskModelError
from riskmodel.evaluation.change.decision_margins import decisions
from riskmodel.workflows.cascade_band import always_bought, banded

POLICY = Policy(0.5, 0.4, (0.05, 0.1, 0.2))


@pytest.fixture(scope="module")
def asked(fitted, development):
    full = fitted("scorecard")
    return always_bought(full.refit(development, FEATURES[1:]), full)


@pytest.fixture(scope="module")
def rows():
    return drawn(4001, 11).matrix


def test_every_row_is_bought_for_before_a_band_is_set(asked, rows, fitted):
    assert asked.in_band(rows).all()
    np.testing.assert_array_equal(asked.pd(rows), fitted("scorecard").pd(rows))


@pytest.mark.parametrize("differ", [0.02, 0.05, 0.1])
def test_what_is_decided_otherwise_is_within_the_target(asked, rows, differ):
    made, band = banded(asked, rows, POLICY, differ, 0.05)
    assert made.low < POLICY.refer_from < POLICY.cutoff < made.high
    other = decisions(made.pd(rows), POLICY) != decisions(asked.pd(rows), POLICY)
    assert other.sum() == band.differing
    assert other.mean() <= band.upper <= differ
    assert made.in_band(rows).mean() == pytest.approx(made.bought_share, abs=1 / len(rows))


def test_more_may_differ_where_less_is_bought(asked, rows):
    shares = [banded(asked, rows, POLICY, differ, 0.05)[0].bought_share for differ in (0.02, 0.05, 0.1)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > shares[-1]


def test_few_rows_show_no_band(asked, rows):
    assert banded(asked, rows[:50], POLICY, 0.01, 0.05) is None
    with pytest.raises(RiskModelError, match=r"the target must be in \(0, 1\)"):
        banded(asked, rows, POLICY, 1.0, 0.05)


def test_decisions_are_approve_refer_decline():
    assert decisions(np.array([0.39, 0.4, 0.49, 0.5]), POLICY).tolist() == [0, 1, 1, 2]
