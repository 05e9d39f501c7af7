"""Verdicts from several figures."""

import itertools
from dataclasses import replace

import pytest

from riskmodel.core import Verdict
from riskmodel.review.claims import budget_claim, joint_verdict, rivals

NO, YES, OPEN = Verdict.INFERIOR, Verdict.NON_INFERIOR, Verdict.INCONCLUSIVE


@pytest.mark.parametrize("verdicts", itertools.product([YES, OPEN, NO], repeat=3))
def test_the_joint_verdict_is_the_worst_of_all_figures(change, verdicts):
    single = {verdict: change("a", "test", 0.0, verdict).differences for verdict in (YES, OPEN, NO)}
    differences = {key: single[verdict][key] for key, verdict in zip(single[YES], verdicts, strict=True)}
    mixed = replace(change("a", "test", 0.0, YES), differences=differences)
    assert joint_verdict(mixed) is max(verdicts, key=[YES, OPEN, NO].index)


def test_a_budget_is_judged_only_where_there_is_one_and_a_timing(study):
    timings = study.trade_off.timings["lgbm"]
    assert budget_claim(timings, timings[1].p99.high) == "met"
    assert budget_claim(timings, timings[1].p99.value) == "inconclusive"
    assert budget_claim(timings, timings[1].p99.low / 2) == "not met"
    assert budget_claim(timings, None) == budget_claim({}, 100.0) == "NOT EVALUATED"


def test_rivals_are_plain_variants_of_the_same_family_and_a_similar_size(another_study, entry):
    made = [
        entry("lgbm", "lgbm", (), 1.0, 0.78, 500, None, trees=400),
        entry("pruned", "lgbm", ("trees",), 0.25, 0.78, 300, YES, trees=100),
        entry("prefix", "lgbm", ("prefix",), 0.25, 0.77, 300, YES, trees=110),
        entry("too-large", "lgbm", ("retrain",), 0.5, 0.78, 300, YES, trees=126),
        entry("other-family", "xgb", ("retrain",), 0.25, 0.78, 300, YES, trees=100),
        entry("not-plain", "lgbm", ("features", "prefix"), 0.25, 0.78, 300, YES, trees=100),
    ]
    assert rivals(another_study(tuple(made), "pruned")) == ("prefix",)
