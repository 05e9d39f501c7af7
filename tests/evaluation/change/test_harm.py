"""Harm in excess of the overall change: its figures, its errors, and a group that is harmed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logit

from riskmodel.core.evidence import Mark
from riskmodel.errors import DataError
from riskmodel.evaluation.change.harm import Pair, excess_harm
from riskmodel.evaluation.metrics.discrimination import placements

MEASURES = ("auc", "brier", "log_loss", "approval", "bad_rate")


def blurred(pd, by, seed=1):
    return expit(logit(pd) + np.random.default_rng(seed).normal(0, 1, len(pd)) * by)


def paired(default, champion, challenger, cutoff=0.3):
    return Pair(default, champion, challenger, champion >= cutoff, challenger >= cutoff)


@pytest.fixture
def case(draw):
    sample, pd = draw(4000)
    group = np.random.default_rng(2).random(4000) < 0.2
    return sample.default, pd, group, {"A": ~group, "B": group}


def losses(pair, mask):
    y, one, two = pair.default[mask], pair.champion[mask], pair.challenger[mask]
    before, after = ~pair.declined_before[mask], ~pair.declined_after[mask]
    return {
        "auc": (placements(y, one) - placements(y, two)).auc,
        "brier": np.mean((two - y) ** 2) - np.mean((one - y) ** 2),
        "approval": before.mean() - after.mean(),
        "bad_rate": y[after].mean() - y[before].mean(),
    }


def test_every_loss_is_the_plain_difference_in_the_group_less_that_of_all(case, limits):
    default, pd, group, masks = case
    pair = paired(default, pd, blurred(pd, 0.5))
    rows = {(row[0], row[10]): row for row in excess_harm(pair, masks, limits).tables[0].rows}
    own, overall = losses(pair, group), losses(pair, np.ones(4000, bool))
    for name in own:
        result = rows["B", name]
        assert result[11:13] == pytest.approx((own[name], overall[name]))
        assert result[3] == pytest.approx(own[name] - overall[name])


def test_the_errors_of_all_measures_are_near_a_bootstrap(case, limits):
    default, pd, group, masks = case
    pair = paired(default, pd, blurred(pd, 0.4 + 0.4 * group))
    rng, drawn = np.random.default_rng(3), []
    for _ in range(300):
        again = rng.integers(0, 4000, 4000)
        redrawn = Pair(*(values[again] for values in vars(pair).values() if values is not None))
        own, overall = losses(redrawn, group[again]), losses(redrawn, np.ones(4000, bool))
        drawn.append([own[name] - overall[name] for name in own])
    rows = {(row[0], row[10]): row for row in excess_harm(pair, masks, limits).tables[0].rows}
    for name, spread in zip(losses(pair, group), np.std(drawn, axis=0), strict=True):
        result = rows["B", name]
        assert (result[5] - result[4]) / 3.92 == pytest.approx(spread, rel=0.15), name


def test_a_harmed_group_is_found_where_the_whole_holds(case, limits):
    default, pd, group, masks = case
    thin = {"thin": np.arange(4000) % 8 == 0}
    result = excess_harm(paired(default, pd, np.where(group, blurred(pd, 2.0), pd)), {**masks, **thin}, limits)
    assert result.mark is Mark.FAIL
    assert result.about == "B"


def test_a_model_against_itself_harms_nobody(case, limits):
    default, pd, _, masks = case
    result = excess_harm(paired(default, pd, pd), masks, limits)
    assert (result.mark, result.value, result.p_value) == (Mark.PASS, 0, 1)


def test_harm_that_all_share_is_no_excess(case, limits):
    default, pd, _, masks = case
    result = excess_harm(paired(default, pd, blurred(pd, 1.0)), masks, limits)
    assert result.mark is Mark.NOT_SHOWN  # nor is it excluded: the blur is coarse for 800 rows


def test_harm_within_the_tolerance_is_not_marked(case, limits):
    default, pd, group, masks = case
    pair = paired(default, pd, np.where(group, blurred(pd, 0.8), pd))
    assert excess_harm(pair, masks, limits, ("log_loss",)).mark is Mark.FAIL
    lenient = replace(limits, settings={**limits.settings, "tolerated_log_loss": 0.5})
    assert excess_harm(pair, masks, lenient, ("log_loss",)).mark is Mark.PASS


def test_three_people_are_not_evaluated_and_an_unknown_measure_is_refused(case, limits):
    default, pd, _, _ = case
    result = excess_harm(paired(default, pd, pd), {"few": np.arange(4000) < 3}, limits)
    assert result.mark is Mark.NOT_EVALUATED
    assert len(result.tables[0].rows) == len(MEASURES)
    with pytest.raises(DataError, match="measure must be among"):
        excess_harm(paired(default, pd, pd), {}, limits, ("gini",))
    one_class = excess_harm(paired(np.zeros(4000, np.int8), pd, pd), {"half": pd > 0.2}, limits)
    assert (one_class.about, one_class.measure) == ("half", "approval")


def test_what_a_small_group_cannot_show_is_no_pass(case, limits):
    default, pd, _, _ = case
    some = np.arange(4000) % 20 == 0
    result = excess_harm(paired(default, pd, blurred(pd, 0.6)), {"some": some}, limits, ("auc", "log_loss"))
    rows = {row[10]: row for row in result.tables[0].rows}
    assert {row[8] for row in rows.values()} == {Mark.NOT_SHOWN}
    assert all(row[14] > row[13] for row in rows.values())  # what could be shown is coarser than what is tolerated
    assert result.mark is Mark.NOT_SHOWN


def test_three_times_the_tolerated_harm_hardly_ever_passes(limits):
    """Goods of one tenth are declined more often by three times what is tolerated."""
    rng, marks = np.random.default_rng(0), []
    for _ in range(150):
        default = (rng.random(6000) < 0.15).astype(np.int8)
        group = np.arange(6000) < 600
        before = rng.random(6000) < 0.3
        after = before | (group & (rng.random(6000) < 0.03 / 0.7 * 10 / 9))
        pd = np.full(6000, 0.15)
        result = excess_harm(Pair(default, pd, pd, before, after), {"group": group}, limits, ("approval",))
        marks.append(result.mark)
    assert marks.count(Mark.PASS) <= 0.06 * 150


def test_loans_of_one_borrower_count_as_one(case, limits):
    default, pd, _, masks = case
    pair = paired(default, pd, blurred(pd, 0.5))
    again = np.tile(np.arange(4000), 3)
    tripled = Pair(*(values[again] for values in vars(pair).values() if values is not None))
    once = excess_harm(pair, masks, limits)
    three = excess_harm(tripled, {n: m[again] for n, m in masks.items()}, limits, clusters=again)
    assert three.p_value == pytest.approx(once.p_value, rel=1e-6)
    for row, other in zip(once.tables[0].rows, three.tables[0].rows, strict=True):
        assert other[3:5] == pytest.approx(row[3:5], rel=1e-3, abs=1e-9)
