"""Made-up rows lie where a scorer changes its mind, and everywhere else that an application can be."""

import numpy as np
import pytest
from samples import FEATURES

from riskmodel.core import Column, Kind
from riskmodel.scorers import Convertible
from riskmodel.scorers.base.synthetic_inputs import FAR, MISSING, drawn

KINDS = ("lgbm", "xgb", "mlp", "neural", "scorecard", "simple", "blend")
COLUMNS = (
    Column("income", low=-5.0, high=80.0),
    Column("purpose", kind=Kind.CATEGORICAL, categories=("car", "home", "boat")),
    Column("unknown"),
)
POINTS = {0: [1.0, 2.5, 1e-35, float("inf")]}


def test_the_same_seed_draws_the_same_rows_and_another_one_others():
    np.testing.assert_array_equal(drawn(COLUMNS, POINTS, 50, 3), drawn(COLUMNS, POINTS, 50, 3))
    assert not np.array_equal(drawn(COLUMNS, POINTS, 50, 3), drawn(COLUMNS, POINTS, 50, 4), equal_nan=True)


def test_numbers_lie_on_and_beside_every_point_and_between_the_ends():
    numbers = drawn(COLUMNS, POINTS, 20_000, 0)[:, 0]
    for point in (1.0, 2.5, 1e-35, -5.0, 80.0):
        assert (numbers == point).any()
        assert np.isin([np.nextafter(point, -np.inf), np.nextafter(point, np.inf)], numbers).all()
        assert (numbers == float(np.nextafter(np.float32(point), np.float32(np.inf)))).any()
    known = numbers[~np.isnan(numbers)]
    assert ((known > -5) & (known < 80)).mean() > 0.7
    assert (np.abs(known) > 200).mean() < 2 * FAR
    assert not np.isinf(numbers).any()


def test_some_of_every_column_is_missing():
    rows = drawn(COLUMNS, POINTS, 20_000, 0)
    assert np.isnan(rows).mean(axis=0) == pytest.approx([MISSING] * 3, abs=0.01)


def test_categories_are_codes_and_a_few_that_train_did_not_have():
    codes = drawn(COLUMNS, {}, 5000, 1)[:, 1]
    assert set(codes[~np.isnan(codes)]) == {0, 1, 2, 3, 4}


def test_of_a_column_without_points_or_range_numbers_are_plain():
    numbers = drawn(COLUMNS, {}, 20_000, 2)[:, 2]
    assert np.nanstd(numbers) == pytest.approx(1, abs=0.05)
    assert np.nanmean(numbers) == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("kind", KINDS)
def test_a_margin_changes_at_a_split_point_or_bends_there(kind, fitted):
    """Between neighbouring points a margin of one number alone is constant (trees, cards) or smooth (networks)."""
    scorer = fitted(kind)
    assert isinstance(scorer, Convertible)
    points = np.unique([p for p in scorer.split_points()[0] if np.isfinite(p)])
    if kind in ("mlp", "neural"):
        assert np.isclose(points[[0, -1]], [np.nanmin(points), np.nanmax(points)]).all()
        assert len(points) > 20
        return
    rows = np.tile(scorer.probes(1, seed=8), (4000, 1))
    rows[:, 0] = np.linspace(-3, 3, 4000)
    margin = scorer.raw_margin(rows)
    jumps = np.flatnonzero(np.diff(margin) != 0)
    for at in jumps:
        assert ((points >= rows[at, 0]) & (points <= rows[at + 1, 0])).any()


@pytest.mark.parametrize("kind", KINDS)
def test_probes_have_the_scorers_columns_and_get_pds(kind, fitted):
    rows = fitted(kind).probes(333)
    assert rows.shape == (333, len(FEATURES))
    assert np.isfinite(fitted(kind).pd(rows)).all()
    np.testing.assert_array_equal(rows, fitted(kind).probes(333))
