"""How a figure, its interval and its threshold become a mark."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.core import Interval
from riskmodel.core.evidence import Mark, Method, Threshold
from riskmodel.evaluation.grading import by_p, by_value, mark_p, mark_value, table, worst

ABOVE = Threshold("psi", 0.10, 0.25, "above", "convention")
BELOW = Threshold("air", 0.90, 0.80, "below", "convention")
AWAY = Threshold("slope", 0.10, 0.25, "away", "convention", target=1.0)
METHOD = Method("stability.psi", "PSI", "", "", "")


@pytest.mark.parametrize(
    ("threshold", "value", "low", "high", "mark"),
    [
        (ABOVE, 0.05, 0.02, 0.08, Mark.PASS),
        (ABOVE, 0.05, 0.02, 0.30, Mark.ATTENTION),  # the sample cannot exclude failure
        (ABOVE, 0.12, 0.11, 0.13, Mark.ATTENTION),
        (ABOVE, 0.30, 0.20, 0.40, Mark.ATTENTION),  # nor show it
        (ABOVE, 0.30, 0.26, 0.40, Mark.FAIL),
        (BELOW, 0.95, 0.91, 1.00, Mark.PASS),
        (BELOW, 0.70, 0.60, 0.79, Mark.FAIL),
        (BELOW, 0.70, 0.60, 0.90, Mark.ATTENTION),
        (AWAY, 1.05, 0.95, 1.15, Mark.PASS),
        (AWAY, 0.60, 0.50, 0.70, Mark.FAIL),
        (AWAY, 1.60, 0.50, 2.70, Mark.ATTENTION),  # both ends are far off, and the target lies between
        (ABOVE, 0.30, np.nan, np.nan, Mark.FAIL),
    ],
)
def test_a_figure_passes_only_where_failure_is_excluded(threshold, value, low, high, mark):
    assert mark_value(threshold, Interval(value, low, high))[0] is mark


@given(st.floats(0, 1), st.floats(0, 0.3), st.floats(0, 0.3))
def test_a_wider_interval_never_turns_a_doubt_into_a_verdict(value, reach, more):
    narrow, wide = (mark_value(ABOVE, Interval(value, value - r, value + r))[0] for r in (reach, reach + more))
    assert narrow is wide or wide is Mark.ATTENTION


@pytest.mark.parametrize(("p", "mark"), [(0.5, Mark.PASS), (0.04, Mark.ATTENTION), (0.001, Mark.FAIL)])
def test_a_p_value_is_marked_by_two_levels(p, mark):
    assert mark_p(Threshold("x", 0.05, 0.01, "below", ""), p)[0] is mark


def test_what_is_not_rejected_is_not_called_proven(limits):
    assert "does not prove" in by_p(METHOD, limits, 0.6, 100).reason


def test_a_figure_that_does_not_exist_is_not_evaluated(limits):
    nan = float("nan")
    assert by_value(METHOD, limits, Interval(nan, nan, nan), 5).mark is Mark.NOT_EVALUATED
    assert by_p(METHOD, limits, nan, 5).mark is Mark.NOT_EVALUATED


def test_evidence_is_json_whatever_the_figures_are(limits):
    listing = table("t", ("a", "b"), [(np.float64(1.5), np.inf), (np.int64(2), None), (True, np.str_("x"))])
    assert listing.rows == ((1.5, None), (2, None), (True, "x"))
    result = by_value(METHOD, limits, Interval(0.2, float("nan"), np.inf), 9, statistic=np.inf, tables=(listing,))
    json.dumps(asdict(result), allow_nan=False)
    assert (result.value, result.low, result.high, result.statistic) == (0.2, None, None, None)


def test_not_evaluated_weighs_least():
    assert worst([Mark.NOT_EVALUATED, Mark.PASS]) is Mark.PASS
    assert worst([Mark.PASS, Mark.ATTENTION, Mark.FAIL]) is Mark.FAIL
    assert worst([]) is Mark.NOT_EVALUATED
