"""Boosters score with their compiled trees; the library itself is the oracle."""

from dataclasses import replace

import numpy as np
import pytest

from riskmodel.core import Calibration

KINDS = {"lgbm": 0.0, "xgb": 2e-6}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rows", [1, 40, 900])
def test_margins_are_the_librarys_own(kind, rows, fitted, fresh):
    scorer, matrix = fitted(kind), fresh.matrix[:rows]
    np.testing.assert_allclose(scorer.raw_margin(matrix), scorer.native_margin(matrix), rtol=0, atol=KINDS[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_trees_are_compiled_once_and_the_library_is_not_loaded(kind, fitted, fresh):
    scorer = replace(fitted(kind), native=type(fitted(kind).native)(fitted(kind).model))
    scorer.pd(fresh.matrix)
    assert scorer.native.compiled is scorer.recalibrated(Calibration()).native.compiled
    assert "booster" not in vars(scorer.native)
