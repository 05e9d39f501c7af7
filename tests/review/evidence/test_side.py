"""One side of a review: its PDs, what it reads, and what each named column adds to the log-odds."""

from dataclasses import replace

import numpy as np
import pytest
from samples import FEATURES
from scipy.special import expit, logit

from riskmodel.core import Column
from riskmodel.review.evidence.side import Side

NAMES = tuple(column.name for column in FEATURES)


@pytest.fixture
def side(fitted, fresh):
    return Side("cut", fitted("lgbm"), fresh.matrix)


def test_its_pds_are_the_scorers_with_and_without_recalibration(side, fresh):
    np.testing.assert_array_equal(side.pd, side.scorer.score(fresh))
    line = side.scorer.calibration
    np.testing.assert_allclose(logit(side.pd), line.intercept + line.slope * logit(side.raw), atol=1e-9)
    assert side.sha256 == side.scorer.sha256


def test_some_rows_keep_their_pds_and_the_side_stays_whole(side):
    rows = np.array([3, 700, 3])
    some = side.taken(rows)
    np.testing.assert_array_equal(some.pd, side.pd[rows])
    assert (some.name, some.scorer, len(side.pd)) == (side.name, side.scorer, 900)


def test_of_trees_only_columns_that_some_split_asks_for_are_used(side):
    trees = tuple(tree for tree in side.scorer.ensemble.trees if 4 not in tree.used_features)
    quiet = replace(side, scorer=side.scorer.with_ensemble(replace(side.scorer.ensemble, trees=trees)))
    assert set(quiet.used) == {NAMES[i] for i in quiet.scorer.ensemble.used_features}
    assert "noise" not in quiet.used
    assert quiet.used == tuple(name for name in NAMES if name in quiet.used)


def test_a_column_that_two_features_are_read_from_is_used_once(subject):
    given = subject(rows=50).champion
    features = (Column("margin"), Column("margin is high", source="margin"), Column("months"))
    assert replace(given, scorer=replace(given.scorer, features=features)).used == ("margin", "months")


def test_effects_are_the_librarys_attributions_in_the_order_that_was_asked_for(side):
    rows, asked = np.array([5, 11, 800]), ("months", "income", "elsewhere")
    effects = side.effects(rows, asked)
    library = side.scorer.calibration.slope * side.scorer.contributions(side.matrix[rows])
    np.testing.assert_allclose(effects[:, 0], library[:, NAMES.index("months")], atol=1e-9)
    np.testing.assert_allclose(effects[:, 1], library[:, NAMES.index("income")], atol=1e-9)
    np.testing.assert_array_equal(effects[:, 2], 0)


def test_all_effects_add_up_to_the_margin_over_one_constant(side):
    rows = np.arange(40)
    left = side.scorer.margin(side.matrix[rows]) - side.effects(rows, NAMES).sum(axis=1)
    assert np.ptp(left) < 1e-9
    assert expit(left[0]) != pytest.approx(0.5, abs=0.05)  # the constant is no nought
