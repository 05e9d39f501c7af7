"""Obligors at two dates: a matrix made by hand, and a slow version."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.core.evidence import Mark
from riskmodel.evaluation.stability import two_dates

BY_HAND = [  # obligor, period, grade
    ("a", "2023", 0), ("a", "2024", 1), ("b", "2024", 2), ("b", "2022", 0), ("b", "2023", 1), ("c", "2024", 2),
    ("d", "2023", 1), ("d", "2023", 2), ("d", "2024", 1), ("d", "2024", 0), ("e", "2022", 2), ("e", "2024", 2),
    ("f", "2023", 1), ("f", "2023", 0),
]  # fmt: skip


def test_the_matrix_is_the_one_made_by_hand():
    """a 0 to 1; b 0 to 2, past 2023; d 1 to 1, the first row of each year; e stays 2; c and f stand in one year."""
    counts = two_dates.between_dates(*(np.array(column) for column in zip(*BY_HAND, strict=True)), 3)
    assert counts.tolist() == [[0, 1, 1], [0, 1, 0], [0, 0, 1]]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40))
def test_it_is_what_a_loop_counts(rows):
    slow = np.zeros((4, 4), int)
    for obligor in {row[0] for row in rows}:
        dates = {}
        for whose, period, grade in rows:
            if whose == obligor:
                dates.setdefault(period, grade)
        if len(dates) > 1:
            slow[dates[min(dates)], dates[max(dates)]] += 1
    obligor, period, grade = (np.array(column) for column in zip(*rows, strict=True))
    assert two_dates.between_dates(obligor, period.astype(str), grade, 4).tolist() == slow.tolist()


def test_both_tests_come_with_the_matrix_or_say_that_nobody_stands_there_twice(limits):
    counts = np.array([[300, 20, 9], [10, 300, 10], [5, 10, 300]])
    width, order = two_dates.migration(counts, limits)
    assert width.tables[-1].rows == ((0, 300, 20, 9), (1, 10, 300, 10), (2, 5, 10, 300))
    assert (width.mark, order.mark) != (Mark.NOT_EVALUATED, Mark.NOT_EVALUATED)
    nobody = two_dates.migration(np.zeros((3, 3), int), limits)
    assert {e.reason for e in nobody} == {two_dates.NO_OBLIGORS}
