"""Slices, and where a scorer is weaker than its PDs say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.metrics import log_loss

from riskmodel.core import Column, Kind
from riskmodel.core.evidence import Mark
from riskmodel.evaluation.robustness.slices import of_features, of_group, thin_file, weak_slices


@pytest.mark.parametrize(
    "values",
    [np.array(["a", "b", "a", None], object), np.array([1.0, 2.0, 1.0, np.nan]), np.array(["a", "b", "a", "c"])],
)
def test_levels_part_the_rows(values):
    masks = of_group("sex", values)
    assert np.sum(list(masks.values()), axis=0).tolist() == [1, 1, 1, 1]
    assert len(masks) == 3


def test_a_number_of_many_values_is_cut_into_quarters():
    ages = np.random.default_rng(0).integers(18, 90, 1000)
    masks = of_group("age", ages)
    assert len(masks) == 4
    assert all(0.2 < mask.mean() < 0.3 for mask in masks.values())


def test_features_are_sliced_by_bands_levels_and_what_is_missing():
    matrix = np.column_stack([np.arange(100.0), np.resize([0, 1, np.nan], 100), np.ones(100)])
    features = (Column("income"), Column("job", kind=Kind.CATEGORICAL, categories=("x", "y", "z")), Column("one"))
    masks = of_features(matrix, features)
    assert list(masks)[:2] == ["income <= 24", "24 < income <= 49"]
    assert list(masks)[4:] == ["job=x", "job=y", "job missing"]


def test_a_thin_file_is_the_few_rows_that_miss_most():
    matrix = np.zeros((100, 5))
    matrix[:40, 0] = np.nan
    matrix[:15, 1:3] = np.nan
    (name, mask), *_ = thin_file(matrix).items()
    assert name == "thin file (3 or more features missing)"
    assert mask.sum() == 15
    assert thin_file(np.zeros((10, 2))) == {}


def test_the_excess_is_the_log_loss_beyond_the_entropy(draw, limits):
    sample, pd = draw(2000)
    masks = {"all": np.ones(2000, bool), "three": np.arange(2000) < 3}
    result = weak_slices(sample.default, pd, masks, limits)
    entropy = -(pd * np.log(pd) + (1 - pd) * np.log(1 - pd)).mean()
    assert result.value == pytest.approx(log_loss(sample.default, pd) - entropy)
    assert result.mark is Mark.PASS
    assert result.tables[0].rows[1][8] == "NOT EVALUATED"


def test_the_slice_in_which_the_ranking_is_lost_is_named(draw, limits):
    """Its PDs are shuffled: as many bads as forecast, and no order."""
    sample, pd = draw(6000)
    rng, shuffled = np.random.default_rng(3), pd.copy()
    weak = rng.random(6000) < 0.15
    shuffled[weak] = rng.permutation(pd[weak])
    masks = {"weak": weak, "even": np.arange(6000) % 2 == 0, "risky": pd > 0.4}
    result = weak_slices(sample.default, shuffled, masks, limits)
    assert (result.about, result.mark) == ("weak", Mark.FAIL)
    assert weak_slices(sample.default, pd, masks, limits).mark is Mark.PASS


def test_pds_of_0_and_1_and_few_outcomes(limits):
    default = np.resize([0, 1], 200).astype(np.int8)
    assert weak_slices(default, default.astype(float), {"all": default >= 0}, limits).mark is Mark.PASS
    assert weak_slices(default, expit(logit(0.3) * np.ones(200)), {}, limits).mark is Mark.NOT_EVALUATED
