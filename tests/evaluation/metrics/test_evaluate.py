"""The whole judgement of one variant."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest

from riskmodel.errors import DataError
from riskmodel.evaluation import evaluate
from riskmodel.evaluation.metrics.discrimination import auc

FIGURES = [
    "auc",
    "gini",
    "ks",
    "accuracy",
    "brier",
    "log_loss",
    "calibration_slope",
    "calibration_intercept",
]


def test_every_figure_lies_in_its_interval(draw):
    sample, pd = draw(700)
    result = evaluate("lgbm", sample, pd, cutoff=0.3)
    assert (result.variant, result.sample, result.rows, result.bads) == ("lgbm", "selection", 700, sample.default.sum())
    assert list(result.figures) == FIGURES
    assert all(figure.low < figure.value < figure.high for figure in result.figures.values())
    assert {type(number) for figure in result.figures.values() for number in astuple(figure)} == {float}
    assert result.figures["auc"] == auc(sample.default, pd)


def test_judging_changes_nothing_and_repeats(draw):
    sample, pd = draw(300, ties=True)
    before = sample.default.copy(), pd.copy()
    assert evaluate("a", sample, pd, 0.3) == evaluate("a", sample, pd, 0.3)
    np.testing.assert_array_equal(before[0], sample.default)
    np.testing.assert_array_equal(before[1], pd)


def test_a_sample_of_one_class_is_refused(as_sample):
    with pytest.raises(DataError, match="at least 2 bads and 2 goods"):
        evaluate("lgbm", as_sample(np.zeros(9)), np.full(9, 0.1), 0.3)


def test_a_pd_that_is_missing_is_refused(draw):
    sample, pd = draw(50)
    with pytest.raises(DataError, match="lgbm: a PD must be"):
        evaluate("lgbm", sample, np.where(pd == pd.max(), np.nan, pd), 0.3)
