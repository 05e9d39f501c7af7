"""Who is let in and who is turned away."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit
from statsmodels.stats.contingency_tables import mcnemar

from riskmodel.core.evidence import Mark
from riskmodel.errors import DataError
from riskmodel.evaluation.change.swap_set import Cutoffs, cutoffs, swap_set


def noisy(pd, by=0.5):
    return expit(logit(pd) + np.random.default_rng(1).normal(0, by, len(pd)))


def test_counts_money_and_rates_add_up(draw, limits):
    sample, pd = draw(2000)
    other, amount = noisy(pd), np.random.default_rng(2).lognormal(8, 1, 2000)
    masks = {"odd": np.arange(2000) % 2 == 1, "even": np.arange(2000) % 2 == 0}
    result = swap_set(sample.default, pd, other, Cutoffs("equal cutoff", 0.3, 0.3), limits, amount, masks)
    rows = {row[0]: row for row in result.tables[0].rows}
    assert sum(rows[side][1] for side in list(rows)[:4]) == 2000
    assert rows["approved after"][1] == rows["approved by both"][1] + rows["swapped in"][1]
    assert rows["approved before"][8] == pytest.approx(amount[(pd < 0.3) & (sample.default == 1)].sum())
    assert sum(row[2] for row in result.tables[2].rows) == rows["swapped in"][1]
    assert result.value == pytest.approx(rows["swapped in"][4] - rows["swapped out"][4])


def test_the_direction_is_mcnemars_exact_test(draw, limits):
    sample, pd = draw(1500)
    other = noisy(pd) * 0.9
    table = [[((pd < 0.3) & (other < 0.3)).sum(), ((pd < 0.3) & (other >= 0.3)).sum()], [0, 0]]
    table[1] = [((pd >= 0.3) & (other < 0.3)).sum(), 0]
    result = swap_set(sample.default, pd, other, Cutoffs("equal cutoff", 0.3, 0.3), limits)
    assert result.tables[1].rows[0][3] == pytest.approx(mcnemar(table, exact=True).pvalue)


@pytest.mark.parametrize("ties", [False, True])
def test_the_three_rules_keep_what_they_say(draw, ties):
    _, pd = draw(3000, ties=ties)
    other = np.round(noisy(pd), 2) if ties else noisy(pd)
    same, approvals, bads = cutoffs(pd, other, 0.3)
    assert same.challenger == 0.3
    assert abs((other < approvals.challenger).sum() - (pd < 0.3).sum()) <= (60 if ties else 0)
    assert other[other < bads.challenger].mean() == pytest.approx(pd[pd < 0.3].mean(), abs=0.004 if ties else 1e-4)


def test_a_monotone_challenger_swaps_nobody_at_an_equal_approval_rate(draw, limits):
    sample, pd = draw(800)
    at = cutoffs(pd, pd**2, 0.3)[1]
    result = swap_set(sample.default, pd, pd**2, at, limits)
    assert result.mark is Mark.NOT_EVALUATED
    assert "0 rows are swapped in and 0 out" in result.reason


def test_letting_in_the_worse_fails(limits):
    default = np.resize([0, 1, 1, 1], 1600).astype(np.int8)
    risky = np.arange(1600) < 400
    default[400:800] = 0
    champion = np.where(risky, 0.9, np.where(np.arange(1600) < 800, 0.1, 0.5))
    challenger = np.where(risky, 0.1, np.where(np.arange(1600) < 800, 0.9, 0.5))
    result = swap_set(default, champion, challenger, Cutoffs("equal cutoff", 0.3, 0.3), limits)
    assert result.value == pytest.approx(0.75)
    assert result.mark is Mark.FAIL


def test_a_champion_that_approves_nobody_is_refused(draw):
    _, pd = draw(50)
    with pytest.raises(DataError, match="approve somebody"):
        cutoffs(pd, pd, 0.0)


def test_scores_that_tie_everywhere_are_decided_alike():
    at = cutoffs(np.array([0.1, 0.2, 0.4]), np.full(3, 0.2), 0.3)[1]
    assert at.challenger == np.inf
