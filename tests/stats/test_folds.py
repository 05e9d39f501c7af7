"""Folds: every row once, borrowers whole, periods by date, and no row beside a fold that belongs to it."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.errors import RiskModelError
from riskmodel.stats.folds import folds, periods


def _outcomes(rows: int, seed: int) -> np.ndarray:
    return (np.random.default_rng(seed).random(rows) < 0.3).astype(np.int8)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 999), count=st.integers(2, 5), borrowers=st.booleans(), dated=st.booleans())
def test_every_row_is_held_once_and_nothing_of_it_is_fitted_on(seed, count, borrowers, dated):
    draw, rows = np.random.default_rng(seed), 211
    borrower = draw.integers(0, 60, rows) if borrowers else None
    days = np.datetime64("2024-01-01") + draw.integers(0, 40, rows) if dated else None
    made = folds(_outcomes(rows, seed), count, seed, borrower=borrower, days=days)
    np.testing.assert_array_equal(np.sort(np.concatenate(made.held)), np.arange(rows))
    for held, fits in zip(made.held, made.fits, strict=True):
        assert not set(held) & set(fits)
        if borrower is not None:
            assert not set(borrower[held]) & set(borrower[fits])
        if days is not None:
            assert not set(days[held]) & set(days[fits])
        elif borrower is None:
            assert len(held) + len(fits) == rows


def test_periods_are_by_date_of_about_as_many_rows():
    days = np.repeat(np.arange("2024-01", "2025-01", dtype="M8[M]").astype("M8[D]"), 10)[::-1]
    made = periods(days, 4)
    assert [len(rows) for rows in made] == [30, 30, 30, 30]
    assert all(days[early].max() < days[late].min() for early, late in itertools.pairwise(made))


def test_fewer_dates_make_fewer_folds_and_one_makes_none():
    default = _outcomes(100, 0)
    days = np.where(np.arange(100) % 2, np.datetime64("2024-01-01"), np.datetime64("2024-02-01"))
    made = folds(default, 5, 0, days=days)
    assert (len(made), made.by) == (2, "period")
    with pytest.raises(RiskModelError, match="two dates or more, however: one"):
        folds(default, 5, 0, days=days[::2].repeat(2))


def test_too_few_of_a_class_and_one_class_beside_a_fold_are_refused():
    with pytest.raises(RiskModelError, match="5 folds, 2 rows"):
        folds(np.array([1, 1, 0, 0, 0, 0, 0], np.int8), 5, 0)
    default = np.repeat([0, 1], 50).astype(np.int8)
    with pytest.raises(RiskModelError, match="must have bads and goods"):
        folds(default, 2, 0, days=np.datetime64("2024-01-01") + np.arange(100))
