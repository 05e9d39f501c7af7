"""A search for the worst slice: what only two bands together show, how seldom chance rings, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from riskmodel.core.evidence import Mark
from riskmodel.evaluation.change.worst_slice import worst_slice
from riskmodel.evaluation.robustness.slices import intersections, of_group
from riskmodel.stats import log_loss


def bands(rng, rows, features=5):
    values = rng.integers(0, 4, (rows, features))
    return {f"{'abcdefgh'[i]}={level}": values[:, i] == level for i in range(features) for level in range(4)}


@pytest.fixture
def case(draw):
    sample, pd = draw(6000)
    return sample.default, pd, bands(np.random.default_rng(1), 6000)


def spoilt(pd, mask, by=1.5, seed=2):
    return np.where(mask, expit(logit(pd) + np.random.default_rng(seed).normal(0, by, len(pd))), pd)


def test_harm_in_two_bands_together_is_found_and_named(case, limits):
    default, pd, masks = case
    result = worst_slice(default, pd, spoilt(pd, masks["b=2"] & masks["d=0"]), masks, limits)
    assert (result.mark, result.about) == (Mark.FAIL, "b=2 and d=0")
    assert result.tables[0].rows[0][0] == "b=2 and d=0"
    assert result.low > 0


def test_the_figure_is_the_mean_excess_of_the_slice(case, limits):
    default, pd, masks = case
    other = spoilt(pd, masks["b=2"] & masks["d=0"])
    result = worst_slice(default, pd, other, masks, limits)
    lost = log_loss.of_pd(default, other) - log_loss.of_pd(default, pd)
    own = (lost - lost.mean())[masks["b=2"] & masks["d=0"]]
    assert result.value == pytest.approx(own.mean(), rel=1e-4)
    assert result.statistic == pytest.approx((own.sum() - 0.005 * len(own)) / np.sqrt((own**2).sum()), rel=1e-4)


def test_a_search_through_harmless_noise_seldom_rings(draw, limits):
    rang = 0
    for seed in range(60):
        sample, pd = draw(3000, seed=seed)
        rng = np.random.default_rng(seed)
        noisy = expit(logit(pd) + rng.normal(0, 0.3, 3000))
        result = worst_slice(sample.default, pd, noisy, bands(rng, 3000, 3), limits)
        rang += result.mark in {Mark.FAIL, Mark.ATTENTION}
        assert result.mark is not Mark.PASS
    assert rang <= 6


def test_a_model_against_itself_and_slices_that_are_too_small_are_not_evaluated(case, limits):
    default, pd, masks = case
    assert worst_slice(default, pd, pd, masks, limits).mark is Mark.NOT_EVALUATED
    few = worst_slice(default, pd, spoilt(pd, pd > 0.2), {"few": np.arange(6000) < 50}, limits)
    assert few.reason == "No slice has enough rows."


def test_bounds_that_exclude_the_tolerance_everywhere_pass(case, limits):
    default, pd, masks = case
    near = np.where(np.arange(6000) % 2, pd * 1.001, pd)
    assert worst_slice(default, pd, near, masks, limits).mark is Mark.PASS


def test_loans_that_stand_many_times_ring_no_louder(draw, limits):
    sample, pd = draw(500)
    rng = np.random.default_rng(3)
    other, masks = expit(logit(pd) + rng.normal(0, 0.6, 500)), bands(rng, 500, 3)
    again = np.repeat(np.arange(500), 8)
    repeated = {name: mask[again] for name, mask in masks.items()}
    alone = worst_slice(sample.default[again], pd[again], other[again], repeated, limits)
    result = worst_slice(sample.default[again], pd[again], other[again], repeated, limits, clusters=again)
    assert result.p_value > alone.p_value


def test_intersections_are_of_two_attributes_and_have_rows():
    groups = {
        "sex": of_group("sex", np.array(["f", "f", "m", "m", "m"])),
        "age": of_group("age", np.array(["old", "young", "old", "old", "old"])),
    }
    crossed = intersections(groups)
    assert list(crossed) == ["sex x age"]
    assert {name: int(mask.sum()) for name, mask in crossed["sex x age"].items()} == {
        "sex=f, age=old": 1,
        "sex=f, age=young": 1,
        "sex=m, age=old": 3,
    }
