"""What a sample can show is said before anything is fitted, and the promise is kept."""

import numpy as np
import pytest
from scipy.special import ndtri

from riskmodel.config import MarginRule
from riskmodel.evaluation.change.comparison import judge
from riskmodel.evaluation.change.power import PLANNED_SKILL, POWER, SPREAD, Reach, planned
from riskmodel.stats import rare_faults


def test_the_rows_that_a_margin_needs_show_it():
    reach = Reach("test", 3_000, 600, 0.004)
    enough = Reach("test", reach.rows_needed, round(reach.rows_needed / 5), 0.004)
    assert enough.detectable == pytest.approx(0.004, rel=0.01)


def test_without_rare_faults_it_is_the_margin_that_the_test_itself_calls_detectable():
    reach = Reach("test", 6_000, 1_300, 0.005, bounded=False)
    error = SPREAD * (1 / 1_300 + 1 / 4_700) ** 0.5
    assert reach.detectable == pytest.approx(judge(0.0, error, 0.005).detectable)
    assert POWER == 0.8


@pytest.mark.parametrize("bads", [60, 150, 660])
def test_equal_challengers_pass_the_whole_bound_as_often_as_is_said(bads):
    """At the margin that a sample is said to show, with the standard error that was planned with."""
    margin = Reach("test", 3_000, bads, 0.5).detectable
    error = SPREAD * (1 / bads + 1 / (3_000 - bads)) ** 0.5
    passed = 0
    for z in ndtri((np.arange(200) + 0.5) / 200):
        statistic = z + margin / error
        passed += rare_faults.p_value(statistic, (0.5 + PLANNED_SKILL) / (bads * error)) < 0.05
    assert passed / 200 == pytest.approx(POWER, abs=0.011)


def test_rare_faults_take_more_bads_and_they_are_counted():
    bounded, normal = (Reach("test", 6_000, 300, 0.005, bounded=which) for which in (True, False))
    assert bounded.rows_needed > normal.rows_needed
    assert f"{bounded.bads_needed:,} of them bads" in bounded.in_words
    assert bounded.bads_needed == pytest.approx(bounded.rows_needed / 20, abs=1)
    assert "handful" in bounded.in_words
    assert "handful" not in normal.in_words


@pytest.mark.parametrize(
    ("bads", "goods", "margin"), [(25, 8_000, 0.02), (1_300, 4_700, 0.005), (900, 100, 0.01), (60, 540, 1e-9)]
)
def test_more_rows_show_smaller_margins(bads, goods, margin):
    reach, twice = Reach("test", bads + goods, bads, margin), Reach("test", 2 * (bads + goods), 2 * bads, margin)
    assert twice.detectable < reach.detectable or reach.detectable == 1
    assert twice.rows_needed == pytest.approx(reach.rows_needed, rel=1e-3, abs=2)


def test_few_bads_are_said_first():
    assert "fewer than 20 bads or goods nothing is decided; 2,000 rows would do" in Reach("test", 300, 3, 0.5).in_words


def test_a_margin_out_of_reach_is_said():
    words = Reach("test", 600, 120, 0.005).in_words
    assert words.startswith("Test has 600 rows and 120 bads: it shows with power 0.8 that an equal challenger loses no")
    assert words.endswith("of them bads: expect the champion to stay.")
    assert "expect" not in Reach("test", 60_000, 12_000, 0.005).in_words


@pytest.mark.parametrize("bounded", [True, False])
@pytest.mark.parametrize("bads", [5, 60, 400])
def test_what_counts_is_the_rarer_outcome_whichever_it_is(bads, bounded):
    few, many = (Reach("test", 3_000, n, 0.01, bounded=bounded) for n in (bads, 3_000 - bads))
    assert few.detectable == pytest.approx(many.detectable, rel=1e-12)
    assert few.rows_needed == many.rows_needed


@pytest.mark.parametrize("bads", [0, 500])
def test_a_sample_of_one_outcome_shows_nothing(bads):
    assert Reach("test", 500, bads, 0.01).detectable == 1.0


def test_four_times_the_sample_shows_half_the_margin():
    """Where no row weighs much the error goes with the root of the rows."""
    one, four = (Reach("test", n * 5_000, n * 1_000, 0.01, bounded=False) for n in (1, 4))
    assert one.detectable == pytest.approx(2 * four.detectable, rel=1e-12)


@pytest.mark.parametrize("rule", ["bounded", "assumed absent"])
def test_what_is_planned_with_is_what_the_toml_says_of_margin_and_rare_faults(rule):
    facts = {"samples": {"test": {"rows": 6_000, "bads": 300}}}
    own = planned(MarginRule(auc=0.004, rare_faults=rule, rare_faults_reason="few"), facts)
    assert (own.rows, own.bads, own.margin, own.fixed, own.bounded) == (6_000, 300, 0.004, True, rule == "bounded")
    share = planned(MarginRule(), facts)
    assert (share.fixed, share.margin) == (False, MarginRule().share("auc") * PLANNED_SKILL)
