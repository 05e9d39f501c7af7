"""The bound on a share of decisions, against the closed form and against draws."""

import numpy as np
import pytest
from scipy.stats import binomtest

from riskmodel.errors import RiskModelError
from riskmodel.evaluation.change.agreement import agreement, rows_needed


def test_decisions_are_counted_both_ways_and_a_pd_at_the_cutoff_is_declined():
    same = agreement(np.array([0.1, 0.2, 0.3, 0.3]), np.array([0.2, 0.2, 0.1, 0.4]), 0.2)
    assert (same.rows, same.approved, same.declined, same.turned, same.share) == (4, 1, 1, 2, 0.5)


@pytest.mark.parametrize(("turned", "rows"), [(0, 2995), (3, 8000), (57, 400), (7, 7)])
def test_the_bound_is_that_of_clopper_and_pearson(turned, rows):
    before = np.zeros(rows)
    after = np.where(np.arange(rows) < turned, 0.9, 0.1)
    same = agreement(before, after, 0.5)
    exact = binomtest(rows - turned, rows, alternative="greater").proportion_ci(0.95, "exact").low
    assert same.lower == pytest.approx(exact, abs=1e-12)
    for share in (0.9, 0.99, 0.999):
        assert (same.lower >= share) == (same.p_value(share) <= 0.05)


@pytest.mark.parametrize("share", [0.9, 0.995, 0.999])
def test_the_rows_needed_are_the_fewest_that_can_show_a_share(share):
    enough, fewer = (
        agreement(np.zeros(n), np.zeros(n), 0.5).lower for n in (rows_needed(share), rows_needed(share) - 1)
    )
    assert fewer < share <= enough


def test_a_model_at_the_share_itself_passes_in_at_most_five_of_a_hundred():
    draws = np.random.default_rng(0).binomial(4200, 0.001, 4000)
    passed = [agreement(np.zeros(4200), (np.arange(4200) < k) * 1.0, 0.5).lower >= 0.999 for k in np.unique(draws)]
    share = dict(zip(np.unique(draws).tolist(), passed, strict=True))
    assert np.mean([share[k] for k in draws.tolist()]) <= 0.06


def test_no_rows_show_every_applicant():
    assert agreement(np.zeros(10**6), np.zeros(10**6), 0.5).p_value(1.0) == 1.0


def test_without_rows_there_is_no_answer():
    with pytest.raises(RiskModelError, match="must be rows"):
        agreement(np.zeros(0), np.zeros(0), 0.5)
