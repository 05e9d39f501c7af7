"""The migration matrix against slow versions, and values that an independent implementation gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm

from riskmodel.core.evidence import Mark
from riskmodel.errors import DataError
from riskmodel.evaluation.stability import migration

COUNTS = np.array([[50, 10, 5, 1], [8, 60, 12, 4], [3, 9, 70, 6], [1, 2, 8, 40]])
INITIAL, NOW = np.array([1000, 2000, 4000, 3000]), np.array([500, 1500, 6000, 2000])


def test_bandwidths_are_the_ecbs(limits):
    """Of the package riskvalidation 1.0.1 (MIT), for the same matrix."""
    assert migration.matrix_bandwidth(COUNTS).value == pytest.approx(0.532608695652174)
    assert migration.matrix_bandwidth(COUNTS[::-1, ::-1]).value == pytest.approx(0.5205479452054794)
    result = migration.bandwidth(COUNTS, limits)
    assert result.about == "upper"
    assert result.low < result.value < result.high


def test_the_order_of_cells_is_tested_by_the_ecbs_z(limits):
    result = migration.migration_order(COUNTS, limits.__class__(**{**vars(limits), "settings": {"least_rows": 10.0}}))
    rows = {row[0]: row for row in result.tables[0].rows}
    assert len(rows) == 12
    assert rows["0 to 1 over 0 to 2"][6] == pytest.approx(norm.cdf(1.307610247583542))
    assert rows["3 to 1 over 3 to 0"][6] == pytest.approx(norm.cdf(0.5792463342909246))
    assert result.mark is Mark.PASS


def test_a_far_cell_that_is_fuller_is_found(limits):
    counts = np.array([[300, 20, 90], [10, 300, 10], [5, 10, 300]])
    result = migration.migration_order(counts, limits)
    assert (result.about, result.mark) == ("0 to 1 over 0 to 2", Mark.FAIL)


def test_the_index_is_the_ecbs_and_its_p_stands_in_the_table(limits):
    result = migration.concentration(INITIAL, NOW, limits)
    assert result.value == pytest.approx(0.38276737318148857)
    assert result.tables[0].rows[0][1] == pytest.approx(0.13151720291689684)
    assert result.tables[0].rows[2][1] == pytest.approx(0.2308700424277048)
    assert result.mark is Mark.FAIL  # 10,000 rows see what four grades do not
    assert migration.concentration(NOW, INITIAL, limits).mark is Mark.PASS


def test_equal_shares_and_one_grade_for_all(limits):
    even = np.array([250, 250, 250, 250])
    assert migration.concentration(even, even, limits).value == pytest.approx(0)
    assert migration.concentration(even, np.array([0, 900, 0, 0]), limits).value == pytest.approx(1)


def test_the_matrix_counts_rows_and_knows_its_grades(limits):
    before, after = np.array([0, 0, 1, 2]), np.array([0, 2, 1, 0])
    assert migration.matrix(before, after, 3).tolist() == [[1, 0, 1], [0, 1, 0], [1, 0, 0]]
    with pytest.raises(DataError, match="from 0 to 1, however: 0 to 2"):
        migration.matrix(before, after, 2)


def test_moves_of_two_grades_are_counted(limits):
    grade = np.arange(600) % 5
    other = grade.copy()
    other[:60] = (grade[:60] + 2) % 5
    result = migration.score_migration(grade, other, 5, limits)
    assert result.value == pytest.approx(0.1)
    assert result.mark is Mark.FAIL
    assert migration.score_migration(grade, grade, 5, limits).mark is Mark.PASS


def test_nobody_moves_and_too_few_rows(limits):
    assert migration.bandwidth(np.diag([300, 300]), limits).mark is Mark.NOT_EVALUATED
    assert migration.bandwidth(COUNTS // 40, limits).mark is Mark.NOT_EVALUATED
    with pytest.raises(DataError, match="same two grades"):
        migration.concentration(INITIAL, NOW[:2], limits)


def test_the_interval_of_the_bandwidth_is_near_a_bootstrap():
    rng, share = np.random.default_rng(0), COUNTS.ravel() / COUNTS.sum()
    drawn = [migration.matrix_bandwidth(rng.multinomial(COUNTS.sum(), share).reshape(4, 4)).value for _ in range(800)]
    result = migration.matrix_bandwidth(COUNTS)
    assert (result.high - result.low) / 3.92 == pytest.approx(np.std(drawn), rel=0.12)


MATRICES = st.integers(2, 6).flatmap(lambda k: arrays(np.int64, (k, k), elements=st.integers(0, 60)))


@given(MATRICES)
@settings(max_examples=80, deadline=None)
def test_the_bandwidths_are_the_sums_that_the_ecb_writes_out(counts):
    """Grades count from 1 to K; the upper one is over i < j, the lower one over i > j."""
    grades = range(1, len(counts) + 1)
    for worse, result in ((True, migration.matrix_bandwidth(counts)), (False, reversed_bandwidth(counts))):
        cells = [(i, j) for i in grades for j in grades if (i < j if worse else i > j)]
        moved = sum(abs(i - j) * counts[i - 1, j - 1] for i, j in cells)
        most = sum(max(abs(i - len(counts)), abs(i - 1)) * counts[i - 1, j - 1] for i, j in cells)
        if not most:
            assert np.isnan(result.value)
            continue
        assert result.value == pytest.approx(moved / most)
        assert 0 < result.value <= 1
        assert result.low <= result.value <= result.high


def reversed_bandwidth(counts):
    return migration.matrix_bandwidth(counts[::-1, ::-1])


def test_as_many_grades_filled_alike_are_found_crowded_as_often_as_the_level_says(limits):
    """Both samples of one law, 5 % one-sided; 600 pairs: three standard errors are 2.7 %."""
    rng, share = np.random.default_rng(4), np.array([0.1, 0.3, 0.4, 0.2])
    p_values = [
        migration.concentration(*(rng.multinomial(rows, share) for rows in (900, 700)), limits).p_value
        for _ in range(600)
    ]
    for level in (0.05, 0.5):
        assert np.mean(np.array(p_values) < level) == pytest.approx(level, abs=3 * np.sqrt(level * (1 - level) / 600))


def test_cells_that_are_equal_are_found_out_of_order_no_more_often_than_the_level_says(limits):
    """Neighbouring cells alike, so that H0 just holds everywhere; Holm over all of them."""
    rng, found = np.random.default_rng(5), 0
    shares = np.array([[0.6, 0.2, 0.2], [0.25, 0.5, 0.25], [0.2, 0.2, 0.6]])
    for _ in range(300):
        counts = np.array([rng.multinomial(400, row) for row in shares])
        found += migration.migration_order(counts, limits).p_value < 0.05
    assert 0.015 < found / 300 < 0.09
