"""Columns, samples and their split: rows keep all that is theirs, and the test sample opens once."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import FEATURES, drawn

from riskmodel.core import Choice, Column, Development, Kind, Role, Schema, Sealed, Targets
from riskmodel.core.sample import drawn_by_weight
from riskmodel.errors import TestIsSealed as Refused


@pytest.mark.parametrize(
    ("role", "used", "scored"),
    [
        (Role.FEATURE, True, True),
        (Role.FEATURE, False, True),  # `used` is about columns that also judge
        (Role.PROTECTED, True, True),
        (Role.PROTECTED, False, False),
        (Role.AMOUNT, True, True),
        (Role.AMOUNT, False, False),
        (Role.ID, True, False),
        (Role.TIME, True, False),
        (Role.TARGET, True, False),
        (Role.BORROWER, True, False),
        (Role.WEIGHT, True, False),
    ],
)
def test_a_scorer_may_use_features_and_what_a_person_lets_it_use(role, used, scored):
    assert Column("x", role, used=used).is_feature is scored


def test_an_indicator_is_read_from_the_column_whose_codes_it_marks():
    assert Column("late_is_96", source="late").read_from == "late"
    assert Column("late").read_from == "late"


def test_a_schema_lists_its_features_in_the_order_of_the_matrix():
    columns = (
        Column("id", Role.ID),
        Column("income"),
        Column("sex", Role.PROTECTED, Kind.CATEGORICAL, ("f", "m"), used=False),
        Column("bad", Role.TARGET),
        Column("amount", Role.AMOUNT),
    )
    schema = Schema(columns)
    assert [column.name for column in schema.features] == ["income", "amount"]
    assert schema.named(Role.PROTECTED) == columns[2:3]
    assert schema.named(Role.TIME) == ()


def test_nobody_changes_a_column_or_a_sample():
    with pytest.raises(FrozenInstanceError):
        Column("x").name = "y"
    with pytest.raises(FrozenInstanceError):
        drawn(3, 0).name = "y"


def test_columns_come_in_the_order_asked_for():
    sample = drawn(7, 0)
    wanted = (FEATURES[3], FEATURES[0])
    np.testing.assert_array_equal(sample.columns(wanted), sample.matrix[:, [3, 0]])
    assert sample.columns(FEATURES) is sample.matrix  # nothing is copied where nothing is asked for
    assert sample.columns(wanted).flags.c_contiguous


def test_a_feature_that_a_sample_does_not_have_is_an_error():
    with pytest.raises(KeyError, match="absent"):
        drawn(7, 0).columns((Column("absent"),))


def test_columns_are_known_by_name_whatever_else_is_known_of_them():
    sample = drawn(7, 0)
    narrower = replace(FEATURES[0], low=0.0, high=1.0)
    np.testing.assert_array_equal(sample.columns((narrower,))[:, 0], sample.matrix[:, 0])


@given(st.lists(st.integers(0, 8), min_size=1, max_size=12), st.booleans())
def test_taking_rows_takes_all_that_belongs_to_them(rows, weighted):
    weight = np.arange(1.0, 10.0) if weighted else None
    sample = replace(drawn(9, 0), attributes={"sex": np.arange(9) + 100}, weight=weight)
    some = sample.take(np.array(rows), "some")
    assert (len(some), some.name, some.features) == (len(rows), "some", sample.features)
    assert some.attributes["sex"].tolist() == [row + 100 for row in rows]
    assert some.rows.tolist() == sample.rows[rows].tolist()
    np.testing.assert_array_equal(some.matrix, sample.matrix[rows])
    np.testing.assert_array_equal(some.default, sample.default[rows])
    assert (some.weight is None) is not weighted
    if weighted:
        assert some.weight.tolist() == [row + 1.0 for row in rows]
    assert sample.take(np.array(rows)).name == sample.name


def test_the_representative_rows_of_a_sample_without_weights_are_its_first():
    sample = drawn(9, 0)
    assert sample.representative(4).rows.tolist() == sample.rows[:4].tolist()
    assert len(sample.representative(50)) == 9


def test_rows_with_weights_are_represented_in_proportion_and_count_once_then():
    sample = replace(drawn(4000, 0), weight=np.where(np.arange(4000) < 2000, 9.0, 1.0))
    some = sample.representative(2000, seed=3)
    assert some.weight is None
    assert np.mean(some.rows < 2000) == pytest.approx(0.9, abs=4 * np.sqrt(0.09 / 2000))
    assert (np.diff(some.rows) >= 0).all()
    assert sample.representative(2000, seed=3).rows.tolist() == some.rows.tolist()
    assert sample.representative(2000, seed=4).rows.tolist() != some.rows.tolist()


def test_a_row_of_no_weight_represents_nobody():
    sample = replace(drawn(50, 0), weight=np.r_[np.zeros(49) + 1e-300, 1.0])
    assert set(sample.representative(50).rows.tolist()) == {sample.rows[49]}


def test_the_targets_of_development_are_its_outcomes_as_numbers():
    train, tune = drawn(20, 0), drawn(11, 1)
    targets = Targets.outcomes(Development(train, tune))
    assert (targets.train.dtype, targets.tune.dtype) == (np.float64, np.float64)
    np.testing.assert_array_equal(targets.train, train.default)
    np.testing.assert_array_equal(targets.tune, tune.default)


def test_the_test_sample_opens_once_to_a_choice():
    sealed = Sealed(drawn(5, 0))
    with pytest.raises(Refused):
        sealed.open(Choice(""))
    assert len(sealed.open(Choice("a", ("a/half",)))) == 5
    with pytest.raises(Refused):
        sealed.open(Choice("a", ("a/half",)))


def test_a_choice_without_a_chain_opens_it_too_for_the_champion_is_reported():
    assert len(Sealed(drawn(5, 0)).open(Choice("a"))) == 5


@pytest.mark.parametrize(
    ("column", "charged"),
    [
        (Column("late", cost=2.0), ("", "late")),
        (Column("late_is_96", source="late", cost=2.0), ("", "late")),
        (Column("score", vendor="bureau", cost=2.0), ("bureau", "")),
        (Column("late_is_96", source="late", vendor="bureau"), ("bureau", "")),
    ],
)
def test_what_is_charged_once_is_the_call_or_the_column(column, charged):
    assert column.charged_as == charged


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=60), st.integers(1, 70), st.integers(0, 50))
def test_rows_drawn_by_weight_are_drawn_once_and_in_their_order(weights, most, seed):
    weight = np.array(weights)
    rows = drawn_by_weight(weight, most, seed)
    assert (np.diff(rows) > 0).all()
    assert 1 <= len(rows) <= max(1, min(most, int(weight.sum() / weight.max() * (1 + 1e-9))))
    assert rows.tolist() == drawn_by_weight(weight, most, seed).tolist()
    assert rows.max() < len(weight)


def test_the_chance_of_a_row_is_in_proportion_to_its_weight():
    weight = np.array([1.0, 2.0, 3.0, 4.0])
    counts = sum(np.isin(np.arange(4), drawn_by_weight(weight, 2, seed)) for seed in range(4000))
    np.testing.assert_allclose(counts / counts.sum(), weight / weight.sum(), atol=0.02)


def test_rows_of_equal_weight_are_all_drawn_where_there_is_room():
    assert drawn_by_weight(np.full(7, 3.0), 7).tolist() == list(range(7))
    assert drawn_by_weight(np.full(7, 3.0), 99).tolist() == list(range(7))


def test_dates_ids_and_borrowers_go_with_their_rows():
    sample = replace(drawn(6, 0), ids=np.array(list("abcdef")), borrower=np.array([1, 1, 2, 2, 3, 3]))
    some = sample.take(np.array([5, 0]))
    assert (some.ids.tolist(), some.borrower.tolist()) == (["f", "a"], [3, 1])
    assert some.days.tolist() == sample.days[[5, 0]].tolist()
    bare = replace(sample, ids=None, borrower=None, days=None).take(np.array([1]))
    assert (bare.ids, bare.borrower, bare.days) == (None, None, None)


def test_what_the_test_sample_can_show_may_be_said_before_it_opens():
    sealed = Sealed(drawn(5, 0))
    assert sealed.rows == 5
    sealed.open(Choice("a"))
    assert sealed.rows == 5
