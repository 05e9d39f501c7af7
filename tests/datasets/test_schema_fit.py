"""What train says of its columns; an oracle in plain numpy stands beside each."""

import numpy as np
import pyarrow as pa
import pytest

from riskmodel.config import Data
from riskmodel.core import Column, Kind
from riskmodel.datasets import encode, schema
from riskmodel.datasets.schema_fit import OTHER

ROWS = 900


def _table(**columns):
    draw = np.random.default_rng(5)
    default = (draw.random(ROWS) < 0.2).astype(np.int8)
    return pa.table({"bad": default, "income": draw.normal(size=ROWS), **columns})


def _learn(table, rows=None, **roles):
    return schema.learn(table, Data(path="x", target="bad", **roles), table["bad"].to_numpy(), rows)


def _named(learnt, name):
    return next(column for column in learnt.columns if column.name == name)


def test_ranges_are_those_of_the_given_rows_without_codes_and_missing_values():
    late = np.tile([0.0, 3.0, 96.0, np.nan, 500.0], 180)
    learnt = _learn(_table(late=late), rows=np.flatnonzero(late != 500), codes={"late": [96]})
    assert (_named(learnt, "late").low, _named(learnt, "late").high) == (0.0, 3.0)
    assert _named(learnt, "late").nullable
    assert not _named(learnt, "income").nullable


def test_a_range_of_the_toml_stands():
    assert _named(_learn(_table(), ranges={"income": [-1.0, 1.0]}), "income").high == 1.0


def _coded(rate_of_96, rate_of_98):
    """1 in 3 rows has the code 96, 1 in 3 the code 98; the outcome goes with them."""
    late = np.tile([2.0, 96.0, 98.0], ROWS // 3)
    rate = np.select([late == 96, late == 98], [rate_of_96, rate_of_98], 0.1)
    default = (np.random.default_rng(1).random(ROWS) < rate).astype(np.int8)
    return pa.table({"bad": default, "late": late + np.arange(ROWS) % 2 * (late == 2), "more": np.arange(ROWS)})


def test_a_code_with_another_bad_rate_than_the_other_missing_values_has_an_indicator():
    learnt = _learn(_coded(0.6, 0.1), codes={"late": [96, 98]})
    assert [column.name for column in learnt.features] == ["late", "late is 96", "late is 98", "more"]
    assert sum("is a feature" in note for note in learnt.notes) == 2
    matrix = encode.matrix(_coded(0.6, 0.1), learnt.features)
    late = np.asarray(_coded(0.6, 0.1)["late"])
    np.testing.assert_array_equal(np.isnan(matrix[:, 0]), late > 90)
    np.testing.assert_array_equal(matrix[:, 1], late == 96)
    np.testing.assert_array_equal(matrix[:, 2], late == 98)


@pytest.mark.parametrize(("table", "codes"), [(_coded(0.2, 0.2), [96, 98]), (_coded(0.6, 0.6), [96, 98])])
def test_a_code_like_the_other_missing_values_has_none(table, codes):
    assert [column.name for column in _learn(table, codes={"late": codes}).features] == ["late", "more"]


def test_the_only_code_needs_no_indicator_since_being_missing_says_it():
    late = np.tile([1.0, 2.0, 96.0], ROWS // 3)
    assert len(_learn(_table(late=late), codes={"late": [96]}).features) == 2


def test_constants_and_copies_are_dropped_with_a_line_each():
    draw = np.random.default_rng(0).normal(size=ROWS)
    table = _table(same=np.full(ROWS, 7), none=pa.nulls(ROWS), one=draw, two=draw, near=draw + np.eye(1, ROWS)[0])
    learnt = _learn(table)
    assert [column.name for column in learnt.features] == ["income", "one", "near"]
    assert learnt.notes == (
        "'same' is dropped: it has one value in all rows of train",
        "'none' is dropped: it has one value in all rows of train",
        "'two' is dropped: it is a copy of 'one' in all rows of train",
    )


def test_a_column_that_varies_only_by_a_code_or_by_what_is_missing_stays():
    late = np.where(np.arange(ROWS) % 3 == 0, 96.0, 0.0)
    stated = np.where(np.arange(ROWS) % 4 == 0, np.nan, 1.0)
    assert len(_learn(_table(late=late, stated=stated), codes={"late": [96]}).features) == 3


def test_the_rarest_of_many_levels_become_one():
    town = np.random.default_rng(2).zipf(1.5, ROWS).clip(max=300).astype(str)
    learnt = _learn(_table(town=town), categorical=["town"], max_levels=5)
    column = _named(learnt, "town")
    levels, counts = np.unique(town, return_counts=True)
    frequent = set(levels[np.argsort(-counts, kind="stable")][:4])
    assert column.categories[-1] == OTHER
    assert set(column.categories[:-1]) == frequent
    assert f"'town' has {len(levels)} levels in train" in learnt.notes[0]
    codes = encode.matrix(pa.table({"town": [*sorted(frequent), "nowhere", None]}), [column])[:, 0]
    np.testing.assert_array_equal(codes, [0, 1, 2, 3, 4, np.nan])


def test_as_many_levels_as_are_allowed_stay_as_they_are():
    town = np.tile(["c", "a", "b"], ROWS // 3)
    column = _named(_learn(_table(town=town), categorical=["town"], max_levels=3), "town")
    assert (column.categories, column.other) == (("a", "b", "c"), False)


def test_a_code_is_missing_to_a_scorer_and_any_other_number_is_itself():
    late = Column("late", codes=(96.0, -1.0), kind=Kind.NUMERIC)
    table = pa.table({"late": pa.array([96, 3, None, -1, 95], pa.int16())})
    np.testing.assert_array_equal(encode.matrix(table, [late])[:, 0], [np.nan, 3, np.nan, np.nan, 95])
