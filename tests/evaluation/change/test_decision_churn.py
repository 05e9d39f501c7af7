"""Decisions that turn round, and whom pruning singles out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from riskmodel.core.evidence import Mark
from riskmodel.errors import DataError
from riskmodel.evaluation.change.decision_churn import flips, negative_flips, singled_out, singling_out


def turned(decisions, share, seed):
    return decisions ^ (np.random.default_rng(seed).random(len(decisions)) < share)


@pytest.fixture
def champion():
    return np.random.default_rng(0).random(5000) < 0.3


def test_as_many_flips_as_a_reseed_pass_and_three_times_as_many_fail(champion, limits):
    seeds = [turned(champion, 0.05, seed) for seed in (1, 2, 3)]
    assert flips(champion, turned(champion, 0.05, 9), seeds, limits).mark is Mark.PASS
    found = flips(champion, turned(champion, 0.15, 9), seeds, limits)
    assert found.mark is Mark.FAIL
    assert found.value == pytest.approx(3, rel=0.15)


def test_the_interval_of_the_ratio_is_near_a_bootstrap(champion, limits):
    seeds, other = [turned(champion, 0.06, 1), turned(champion, 0.05, 2)], turned(champion, 0.08, 3)
    rng, drawn = np.random.default_rng(4), []
    for _ in range(600):
        rows = rng.integers(0, 5000, 5000)
        base = np.mean([(champion[rows] != s[rows]).mean() for s in seeds])
        drawn.append(np.log((champion[rows] != other[rows]).mean() / base))
    found = flips(champion, other, seeds, limits)
    assert np.log(found.high / found.low) / 3.92 == pytest.approx(np.std(drawn), rel=0.12)


def test_without_a_reseed_flips_are_told_and_not_judged(champion, limits):
    found = flips(champion, turned(champion, 0.05, 1), [], limits)
    assert found.mark is Mark.NOT_EVALUATED
    assert found.tables[0].rows[0][0] == "challenger"
    assert flips(champion, champion, [champion], limits).mark is Mark.NOT_EVALUATED
    assert flips(champion, champion, [~champion], limits).value == 0


def test_turning_wrong_more_often_than_right_is_mcnemars(champion, limits):
    default = champion.astype(np.int8)
    default[:1000] = 1 - default[:1000]
    challenger = champion.copy()
    challenger[:100] = ~challenger[:100]
    challenger[2000:2140] = ~challenger[2000:2140]
    found = negative_flips(default, champion, challenger, limits)
    exact = binomtest(140, 240, alternative="greater").pvalue
    assert found.tables[0].rows == (("right to wrong", 140), ("wrong to right", 100))
    assert exact / 2 < found.p_value < exact
    assert found.value == pytest.approx(40 / 5000)
    assert negative_flips(default, champion, champion, limits).mark is Mark.NOT_EVALUATED


def test_the_most_frequent_decision_counts_and_a_tie_singles_nobody_out():
    champions = np.array([[0, 0, 1, 0], [0, 1, 1, 0], [0, 0, 1, 1]], bool)
    challengers = np.array([[1, 0, 0, 0], [1, 0, 1, 1]], bool)
    assert singled_out(list(champions), list(challengers)).tolist() == [0]
    assert singled_out([champions[0]], [challengers[1]]).tolist() == [0, 3]
    with pytest.raises(DataError, match="at least one seed"):
        singled_out([], list(challengers))


def test_the_slice_that_holds_most_of_those_singled_out_is_seen(champion, limits):
    thin = np.arange(5000) < 500
    challenger = np.where(thin, turned(champion, 0.3, 1), champion)
    found = singling_out([champion], [challenger], {"thin": thin, "even": np.arange(5000) % 2 == 0}, limits)
    profile = {row[0]: row for row in found.tables[0].rows}
    assert profile["thin"][2] == len(found.tables[1].rows) == (champion != challenger).sum()
    assert profile["thin"][5] < 0.001
    assert profile["even"][5] > 0.05
    assert found.tables[1].rows[0][0] == int(np.flatnonzero(champion != challenger)[0])
