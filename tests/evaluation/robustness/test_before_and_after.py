"""Both models of a cut on the same rows, each in its own columns."""

import numpy as np
import pytest
from linear_scorer import COLUMNS, LinearScorer

from riskmodel.core import Calibration, Sample
from riskmodel.core.evidence import Mark
from riskmodel.errors import RiskModelError
from riskmodel.evaluation.robustness.before_and_after import compared
from riskmodel.evaluation.robustness.nearby import Way, affordable, turned_nearby


@pytest.fixture(scope="module")
def rows():
    random = np.random.default_rng(0)
    matrix = random.normal(size=(6000, 3))
    matrix[:, 2] = random.integers(2, size=6000)
    return Sample("test", COLUMNS, matrix, np.zeros(6000, np.int8), np.arange(6000))


def test_a_cut_that_leans_on_two_offsetting_columns_is_shown_to_be_worse(rows, limits):
    """The margins spread alike, but a small change of both columns adds up."""
    given = LinearScorer(COLUMNS, Calibration(), (1.0, 0.0, 0.0))
    matrix = np.column_stack([rows.matrix[:, 0], rows.matrix[:, 0] + 0.05 * rows.matrix[:, 1], rows.matrix[:, 2]])
    leaning = Sample("test", COLUMNS, matrix, rows.default, np.arange(6000))
    written = LinearScorer(COLUMNS, Calibration(), (9.0, -8.0, 0.0))
    result = compared(given, written, leaning, 0.7, limits)
    assert result.rows == 5000
    assert result.written.turned > 8 * result.given.turned
    assert result.is_worse
    assert result.mark is Mark.FAIL
    assert result.written.not_excluded is None


def test_the_same_model_is_turned_as_often(fitted, fresh, limits):
    given = fitted("lgbm")
    cutoff = float(np.quantile(given.pd(fresh.matrix), 0.8))
    same = compared(given, given, fresh, cutoff, limits)
    assert same.given == same.written
    assert same.excess.low < same.excess.value == 0 < same.excess.high
    assert not same.is_worse
    assert same.given.turned == turned_nearby(given, fresh.matrix, cutoff).turned.sum()
    assert same.given.way is Way.EXACT


def test_what_cannot_be_asked_says_why(rows, limits):
    class WholeNumbersAlone(LinearScorer):
        def pd(self, matrix):
            if (matrix % 1).any():
                raise RiskModelError("a code must be whole, however: 0.5")
            return super().pd(matrix)

    scorer = WholeNumbersAlone(COLUMNS, Calibration(), (1.0, 0.0, 0.0))
    assert compared(scorer, scorer, rows, 0.2, limits) == "a code must be whole, however: 0.5."


def test_a_wide_table_has_fewer_rows():
    assert affordable(20) == 5000
    assert affordable(1000) == 499
