"""The margin on decisions and on the bad rate of the approved: by hand, by the exact test, and at the border of H0."""

from math import inf, log, sqrt

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from riskmodel.config import DecisionMargins, Margins
from riskmodel.core import Sample, Verdict
from riskmodel.evaluation import compare
from riskmodel.evaluation.change.decision_margins import (
    PairedDecisions,
    bad_rate_of_the_approved,
    judged_by_decisions,
    share_that_differs,
)

MARGINS = DecisionMargins(decisions=0.02, approved_bad_rate=1.1)


def drawn(rows, swapped, bads_let_in, seed=0):
    """Outcomes, and decisions of which so many are swapped each way; of those let in so many are bad."""
    rng = np.random.default_rng(seed)
    default = (rng.random(rows) < 0.1).astype(np.int8)
    champion = np.where(np.arange(rows) < rows * 4 // 5, 0, 2)
    challenger = champion.copy()
    challenger[:swapped], challenger[rows - swapped :] = 2, 0
    default[:swapped] = 0
    default[rows - swapped :] = np.arange(swapped) < bads_let_in
    return default, PairedDecisions(challenger, champion)


@pytest.mark.parametrize(("ones", "rows"), [(0, 400), (7, 990), (40, 1000), (5, 5)])
def test_the_share_has_the_exact_binomial_bounds(ones, rows):
    one = share_that_differs(np.arange(rows) < ones, 0.02)
    exact = binomtest(ones, rows, alternative="less").proportion_ci(0.95, "exact").high
    assert one.delta == -ones / rows
    assert -one.lower == pytest.approx(exact, abs=1e-12)
    least = binomtest(ones, rows, alternative="greater").proportion_ci(0.95, "exact").low
    assert -one.upper == pytest.approx(least, abs=1e-12)
    assert one.standard_error == pytest.approx(sqrt(ones / rows * (1 - ones / rows) / rows))
    assert one.p_value == pytest.approx(binom.cdf(ones, rows, 0.02), abs=1e-12)
    assert (one.verdict is Verdict.NON_INFERIOR) == (one.p_value < 0.05)


def test_the_margin_that_can_be_detected_is_met_in_eighty_of_a_hundred():
    """A true share of 1 % of 1,000 rows, by all counts that may come of it."""
    detectable = share_that_differs(np.arange(1000) < 10, 0.02).detectable
    high = np.array([-share_that_differs(np.arange(1000) < ones, 0.02).lower for ones in range(40)])
    chance = binom.pmf(np.arange(40), 1000, 0.01)
    assert chance[high < detectable - 1e-12].sum() < 0.8 <= chance[high < detectable + 1e-12].sum()


def test_at_the_border_itself_nothing_is_decided():
    differs = np.arange(990) < 7
    one = share_that_differs(differs, 0.02)
    assert share_that_differs(differs, -one.upper).verdict is Verdict.INCONCLUSIVE
    assert share_that_differs(differs, -one.upper - 1e-9).verdict is Verdict.INFERIOR
    assert share_that_differs(differs, -one.lower).verdict is Verdict.INCONCLUSIVE
    assert share_that_differs(differs, -one.lower + 1e-9).verdict is Verdict.NON_INFERIOR


def test_rows_that_belong_together_say_less():
    differs = np.repeat(np.arange(500) < 5, 4)
    alone, together = (share_that_differs(differs, 0.02, codes) for codes in (None, np.arange(2000) // 4))
    assert alone.delta == together.delta
    assert together.lower < alone.lower
    assert together.lower == pytest.approx(share_that_differs(np.arange(500) < 5, 0.02).lower, abs=2e-3)


def test_the_bad_rates_are_those_of_the_approved():
    default, pair = drawn(3000, 40, 25)
    one = bad_rate_of_the_approved(default, pair, 1.1)
    before, after = (default[decided == 0].mean() for decided in (pair.champion, pair.challenger))
    assert one.delta == pytest.approx(log(before / after))
    assert one.margin == log(1.1)
    assert one.lower < one.delta < 0
    heavy = bad_rate_of_the_approved(default, pair, 1.1, weight=np.full(3000, 7.0))
    assert heavy.lower == pytest.approx(one.lower)


def test_where_nothing_differs_three_more_bads_are_not_ruled_out():
    default, pair = drawn(3000, 0, 0)
    one = bad_rate_of_the_approved(default, pair, 1.1)
    bads = default[pair.champion == 0].sum()
    assert (one.delta, one.verdict) == (0.0, Verdict.NON_INFERIOR)
    assert one.lower == pytest.approx(log(0.05) / bads, rel=0.02)


def test_few_bads_decide_nothing():
    default, pair = drawn(3000, 5, 5)
    default[np.flatnonzero((pair.champion == 0) & (default == 1))[15:]] = 0
    assert bad_rate_of_the_approved(default, pair, 3.0).verdict is Verdict.INCONCLUSIVE
    assert bad_rate_of_the_approved(np.zeros_like(default), pair, 3.0).verdict is Verdict.INCONCLUSIVE


def test_few_approved_goods_decide_nothing_either():
    default = (np.arange(600) < 500).astype(np.int8)
    for goods, verdict in ((19, Verdict.INCONCLUSIVE), (20, Verdict.NON_INFERIOR)):
        decided = np.where(np.arange(600) < 500 + goods, 0, 2)
        assert bad_rate_of_the_approved(default, PairedDecisions(decided, decided), 1.1).verdict is verdict


def test_without_an_approved_bad_there_is_no_difference_and_no_end_to_its_error():
    default, pair = drawn(3000, 5, 5)
    one = bad_rate_of_the_approved(np.zeros_like(default), pair, 3.0)
    assert (one.delta, one.standard_error, one.margin) == (0.0, inf, log(3.0))


@pytest.mark.parametrize("bads", [60, 250])
def test_at_the_margin_it_passes_in_at_most_five_of_a_hundred(bads):
    """As many are let in as are turned away, and so many more of them bad as the margin says."""
    rng, passed, draws = np.random.default_rng(bads), 0, 800
    for _ in range(draws):
        let_in, turned_away, alike = rng.poisson(0.1 * bads + 2.2), rng.poisson(2), rng.poisson(bads)
        default = np.zeros(12 * bads, np.int8)
        champion, challenger = np.zeros_like(default), np.zeros_like(default)
        champion[:let_in], challenger[-let_in:] = 2, 2
        default[: let_in + alike] = 1
        default[len(default) - turned_away :] = 1
        one = bad_rate_of_the_approved(default, PairedDecisions(challenger, champion), 1.1)
        passed += one.verdict is Verdict.NON_INFERIOR
    assert passed / draws < 0.065


def test_the_scores_are_shown_and_do_not_decide():
    default, pair = drawn(3000, 20, 10)
    rng = np.random.default_rng(1)
    good = np.clip(default * 0.2 + rng.random(3000) * 0.5, 0.01, 0.9)
    sample = Sample("test", (), np.empty((3000, 0)), default, np.arange(3000))
    ranked_worse = compare("cascade", "full", sample, rng.permutation(good), good, Margins())
    change = judged_by_decisions(ranked_worse, default, pair, MARGINS)
    assert list(change.deciding) == ["decisions", "approved_bad_rate"]
    assert change.differences["auc"].verdict is Verdict.INFERIOR
    assert change.informative == tuple(ranked_worse.differences)
    assert change.p_value == max(change.differences[name].p_value for name in change.deciding) < 0.05
