"""The order of grades, and the AUC against the initial one."""

from __future__ import annotations

from math import hypot

import numpy as np
import pytest
from scipy.stats import norm

from riskmodel.core.evidence import Mark
from riskmodel.evaluation.discrimination.ranking import against_initial, rank_order
from riskmodel.evaluation.metrics.discrimination import placements


def graded(*counts):
    """Outcomes and grades from (rows, bads) of each grade."""
    default = [np.repeat([1, 0], [bads, rows - bads]) for rows, bads in counts]
    grade = np.repeat(np.arange(len(counts)), [rows for rows, _ in counts])
    return np.concatenate(default).astype(np.int8), grade


def test_bad_rates_that_rise_pass(limits):
    result = rank_order(*graded((400, 8), (300, 15), (350, 40)), limits)
    assert (result.mark, result.statistic) == (Mark.PASS, 0)


def test_an_inversion_beyond_noise_is_found_and_named(limits):
    result = rank_order(*graded((400, 8), (300, 60), (350, 20), (500, 100)), limits)
    assert (result.about, result.statistic, result.mark) == ("1 over 2", 1, Mark.FAIL)
    assert result.value == pytest.approx(60 / 300 - 20 / 350)


def test_an_inversion_within_noise_is_counted_and_not_marked(limits):
    result = rank_order(*graded((400, 30), (300, 22)), limits)
    assert (result.statistic, result.mark) == (1, Mark.PASS)


def test_a_grade_of_three_is_left_out_and_empty_ones_do_not_matter(limits):
    default, grade = graded((400, 8), (3, 3), (350, 40))
    result = rank_order(default, grade * 2, limits)
    assert result.about == "0 over 4"
    assert [row[0] for row in result.tables[1].rows] == [0, 2, 4]
    assert rank_order(*graded((50, 8), (60, 3)), limits).mark is Mark.NOT_EVALUATED


def test_the_statistic_is_the_ecbs_with_both_variances(draw, limits):
    sample, pd = draw(800)
    now = placements(sample.default, pd)
    result = against_initial(sample.default, pd, now.auc + 0.03, 0.01, limits)
    z = 0.03 / hypot(now.standard_error, 0.01)
    assert result.statistic == pytest.approx(z)
    assert result.p_value == pytest.approx(norm.sf(z))
    assert result.tables[0].rows[2][1] == pytest.approx(norm.sf(0.03 / now.standard_error))
    assert result.value == pytest.approx(0.03)


def test_scores_that_tie_everywhere_have_no_error_and_still_a_p_value(limits):
    default, score = np.tile([0, 1], 50).astype(np.int8), np.full(100, 0.3)
    assert against_initial(default, score, 0.5, 0.0, limits).p_value == 0.5
    assert against_initial(default, score, 0.7, 0.0, limits).p_value == 0
    assert against_initial(default, score, 0.4, 0.0, limits).p_value == 1
    assert against_initial(default[:9], score[:9], 0.4, 0.0, limits).mark is Mark.NOT_EVALUATED
