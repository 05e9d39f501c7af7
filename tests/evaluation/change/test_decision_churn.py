"""Decisions that turn round, and whom a change singles out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri, stdtrit
from scipy.stats import binomtest, norm

from riskmodel.core.evidence import Mark
from riskmodel.errors import DataError
from riskmodel.evaluation.change import decision_churn
from riskmodel.evaluation.change.decision_churn import flips, negative_flips, singled_out, singling_out


def turned(decisions, share, seed):
    return decisions ^ (np.random.default_rng(seed).random(len(decisions)) < share)


@pytest.fixture
def champion():
    return np.random.default_rng(0).random(5000) < 0.3


def test_as_many_flips_as_a_reseed_pass_and_three_times_as_many_fail(champion, limits):
    seeds = [turned(champion, 0.05, seed) for seed in (1, 2, 3)]
    assert flips(champion, turned(champion, 0.05, 9), seeds, limits).mark is Mark.PASS
    result = flips(champion, turned(champion, 0.15, 9), seeds, limits)
    assert result.mark is Mark.FAIL
    assert result.value == pytest.approx(3, rel=0.15)


def test_the_interval_of_the_ratio_holds_the_truth_where_seeds_differ(limits):
    """Seeds turn 2 to 8 % of the decisions; a challenger turns 7.5 %, one and a half times the 5 % of a seed."""
    rng, held = np.random.default_rng(5), []
    for _ in range(300):
        champion = rng.random(3000) < 0.3
        seeds = [champion ^ (rng.random(3000) < rng.uniform(0.02, 0.08)) for _ in range(5)]
        result = flips(champion, champion ^ (rng.random(3000) < 0.075), seeds, limits)
        held.append(result.low <= 1.5 <= result.high)
    assert 0.91 < np.mean(held) <= 0.99


def test_seeds_that_all_turn_as_many_leave_the_interval_of_the_rows(champion, limits):
    same = np.roll(np.arange(5000) % 20 == 0, 1)
    seeds = [champion ^ np.roll(same, shift) for shift in range(4)]
    result = flips(champion, champion ^ (np.arange(5000) % 10 == 0), seeds, limits)
    assert result.value == pytest.approx(2)
    influence = (np.arange(5000) % 10 == 0) / 0.1 - np.mean([champion != s for s in seeds], axis=0) / 0.05
    assert np.log(result.high / result.low) / 3.92 == pytest.approx(influence.std(ddof=1) / np.sqrt(5000), rel=1e-3)


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_seeds_give_the_ratio_and_no_verdict(champion, limits, count):
    seeds = [turned(champion, 0.05, seed) for seed in range(1, count + 1)]
    result = flips(champion, turned(champion, 0.05, 9), seeds, limits)
    assert result.mark is Mark.NOT_EVALUATED
    assert result.value == pytest.approx(1, rel=0.2)
    assert result.low is None


def test_without_a_reseed_flips_are_told_and_not_judged(champion, limits):
    result = flips(champion, turned(champion, 0.05, 1), [], limits)
    assert result.mark is Mark.NOT_EVALUATED
    assert result.tables[0].rows[0][0] == "challenger"
    assert flips(champion, champion, [champion], limits).mark is Mark.NOT_EVALUATED
    assert flips(champion, champion, [~champion] * 3, limits).value == 0


def test_turning_wrong_more_often_than_right_is_mcnemars(champion, limits):
    default = champion.astype(np.int8)
    default[:1000] = 1 - default[:1000]
    challenger = champion.copy()
    challenger[:100] = ~challenger[:100]
    challenger[2000:2140] = ~challenger[2000:2140]
    result = negative_flips(default, champion, challenger, limits)
    exact = binomtest(140, 240, alternative="greater").pvalue
    assert result.tables[0].rows == (("right to wrong", 140), ("wrong to right", 100))
    assert exact / 2 < result.p_value < exact
    assert result.value == pytest.approx(40 / 5000)
    assert negative_flips(default, champion, champion, limits).mark is Mark.NOT_EVALUATED


def test_the_most_frequent_decision_counts_and_a_tie_singles_nobody_out():
    champions = np.array([[0, 0, 1, 0], [0, 1, 1, 0], [0, 0, 1, 1]], bool)
    challengers = np.array([[1, 0, 0, 0], [1, 0, 1, 1]], bool)
    assert singled_out(list(champions), list(challengers)).tolist() == [0]
    assert singled_out([champions[0]], [challengers[1]]).tolist() == [0, 3]
    assert (
        singled_out(list(champions), [champions[0]]).tolist() == []
    )  # nothing changes, whatever seeds would have done
    with pytest.raises(DataError, match="at least one seed"):
        singled_out([], list(challengers))


def test_the_slice_that_holds_most_of_those_singled_out_is_seen(champion, limits):
    thin = np.arange(5000) < 500
    challenger = np.where(thin, turned(champion, 0.3, 1), champion)
    result = singling_out([champion], [challenger], {"thin": thin, "even": np.arange(5000) % 2 == 0}, limits)
    profile = {row[0]: row for row in result.tables[0].rows}
    assert profile["thin"][2] == len(result.tables[1].rows) == (champion != challenger).sum()
    assert profile["thin"][5] < 0.001
    assert profile["even"][5] > 0.05
    assert result.tables[1].rows[0][0] == int(np.flatnonzero(champion != challenger)[0])


def test_the_net_share_has_the_interval_of_its_rows(limits):
    """Each row is 1 where it turns to wrong, -1 where it turns to right, and 0 where neither."""
    draw = np.random.default_rng(12)
    bad, before = draw.random(3_001) < 0.2, draw.random(3_001) < 0.3
    after = before ^ (draw.random(3_001) < 0.1)
    result = negative_flips(bad.astype(np.int8), before, after, limits)
    rows = (before == bad) * 1.0 * (after != bad) - (before != bad) * 1.0 * (after == bad)
    error = rows.std() / np.sqrt(len(rows))
    assert result.value == pytest.approx(rows.mean(), abs=1e-15)
    assert (result.low, result.high) == pytest.approx(norm.interval(0.95, rows.mean(), error), rel=1e-9)


def test_as_many_turns_as_a_verdict_needs_get_one_and_one_less_does_not(limits):
    least = int(limits.setting("least_bads"))
    for turns, judged in ((least, True), (least - 1, False)):
        before = np.zeros(500, bool)
        after = np.arange(500) < turns
        mark = negative_flips(np.zeros(500, np.int8), before, after, limits).mark
        assert (mark is not Mark.NOT_EVALUATED) == judged


@pytest.mark.parametrize("seeds", [3, 5, 9])
def test_degrees_of_freedom_lie_between_those_of_seeds_alone_and_none(seeds):
    """Their t has the quantile that both variances have by their weights."""
    freedom = decision_churn._freedom
    assert freedom(0.0, 1.0, seeds) == seeds - 1
    shares = [freedom(1 - share, share, seeds) for share in (0.1, 0.4, 0.8, 1.0)]
    assert shares == sorted(shares, reverse=True)
    for share in (0.4, 0.8):
        due = (1 - share) * ndtri(decision_churn.LEVEL) + share * stdtrit(seeds - 1, decision_churn.LEVEL)
        assert stdtrit(freedom(1 - share, share, seeds), decision_churn.LEVEL) == pytest.approx(due, rel=1e-6)
        assert freedom(7 * (1 - share), 7 * share, seeds) == pytest.approx(freedom(1 - share, share, seeds))


def test_three_seeds_are_enough_for_an_interval(champion, limits):
    seeds = [turned(champion, 0.05, seed) for seed in (1, 2, 3)]
    result = flips(champion, turned(champion, 0.05, 9), seeds, limits)
    assert decision_churn.SEEDS == 3
    assert result.low < result.value < result.high
