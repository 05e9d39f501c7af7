"""Bounds of margins: known of trees, held to the scorer, and none where nothing is known."""

import numpy as np
import pytest
from linear_scorer import COLUMNS, LinearScorer

from riskmodel.core import Calibration
from riskmodel.evaluation.robustness.margin_ranges import range_of


@pytest.fixture
def rows():
    return np.random.default_rng(3).normal(size=(90, 3))


def test_of_a_scorer_without_anatomy_nothing_is_known(rows):
    assert range_of(LinearScorer(COLUMNS, Calibration(), (1.0, 2.0, 3.0)), rows) is None


KINDS = pytest.mark.parametrize("kind", ["lgbm", "xgb", "scorecard"])


@KINDS
def test_no_row_of_a_box_passes_its_bounds(kind, fitted, fresh):
    scorer, random = fitted(kind), np.random.default_rng(0)
    low = fresh.matrix[:40]
    width = np.nan_to_num(np.nanstd(fresh.matrix, axis=0)) * 0.1
    bounds = range_of(scorer, low)
    if bounds is None:
        assert kind == "scorecard"
        return
    least, most = bounds(low, low + width)
    assert (least <= most).all()
    for _ in range(10):
        margin = scorer.raw_margin(low + width * random.random(low.shape))
        assert (least - 1e-6 <= margin).all()
        assert (margin <= most + 1e-6).all()


@KINDS
def test_a_box_of_one_point_has_its_own_margin(kind, fitted, fresh):
    scorer = fitted(kind)
    bounds = range_of(scorer, fresh.matrix[:40])
    if bounds is not None:
        least, most = bounds(fresh.matrix[:40], fresh.matrix[:40])
        np.testing.assert_allclose((least + most) / 2, scorer.raw_margin(fresh.matrix[:40]), atol=2e-4)
