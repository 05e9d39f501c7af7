from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from riskmodel.core import Kind, Role
from riskmodel.datasets import synthetic
from riskmodel.datasets.profiling import ColumnProfile, Trait, profile
from riskmodel.errors import DataError
from riskmodel.workflows.init import toml

ROWS = 240
RNG = np.random.default_rng(4)
BAD = (RNG.permutation(ROWS) < 50).astype(int).tolist()
INCOME = RNG.normal(3000, 500, ROWS).round(2).tolist()


def _of(values, name="x", **others) -> ColumnProfile:
    """The profile of one column beside an income and the outcome."""
    result = profile(pa.table({**others, name: values, "income": INCOME, "bad": BAD}), "bad")
    return next(column for column in result.columns if column.name == name)


def test_a_portfolio_is_told_apart_without_a_mistake():
    result = profile(synthetic.portfolio(2000, seed=1), "default")
    roles = {column.name: column.role for column in result.columns if column.role is not Role.FEATURE}
    assert roles == {
        "loan_id": Role.ID,
        "vintage": Role.TIME,
        "age": Role.PROTECTED,
        "group": Role.PROTECTED,
        "loan_amount": Role.AMOUNT,
        "true_pd": None,
        "default": Role.TARGET,
    }
    categories = {column.name for column in result.columns if column.kind is Kind.CATEGORICAL}
    assert categories == {"group", "employment", "purpose"}


NOT_ROUND = [i * 7919 % ROWS for i in range(ROWS)]


@pytest.mark.parametrize(
    ("values", "name", "role"),
    [
        (range(ROWS), "x", Role.ID),
        (NOT_ROUND, "loan_id", Role.ID),
        (NOT_ROUND, "x", Role.FEATURE),  # different in every row, as amounts may be
        ([f"k{i}" for i in NOT_ROUND], "x", Role.ID),
        ([10**17 + i for i in range(ROWS)], "key", Role.ID),
        ([i // 2 for i in range(ROWS)], "customer_id", Role.BORROWER),
        ([i % 3 for i in range(ROWS)], "customer_id", Role.FEATURE),
        ([date(1990 + i % 30, 1, 2) for i in range(ROWS)], "x", Role.TIME),
        ([f"{1990 + i % 30}-07" for i in range(ROWS)], "issued", Role.TIME),
        ([199007 + 100 * (i % 30) for i in range(ROWS)], "issued", Role.TIME),
        ([datetime(2020, 1, 1 + i % 28, tzinfo=UTC) for i in range(ROWS)], "timestamp", Role.TIME),
        ([date(1990 + i % 30, 1, 2) for i in range(ROWS)], "birth_date", None),
        ([date(1990 + i % 30, 1, 2) for i in range(ROWS)], "last_payment_date", None),
        ([date(1690 + i % 30, 1, 2) for i in range(ROWS)], "issued", None),
        ([date(1990 + i % 30, 1, 2) if i else None for i in range(ROWS)], "issued", None),
        ([f"1{i % 9}.07.2018" for i in range(ROWS)], "issued", None),
        ([1] * ROWS, "x", None),
        ([float("-inf"), *INCOME[1:]], "x", None),
        ([None] * ROWS, "x", None),
        ([1, None] * (ROWS // 2), "x", Role.FEATURE),
        (NOT_ROUND, "__index_level_0__", None),
        ([i // 3 for i in range(ROWS)], "Unnamed: 0", None),
        ([i / 3 for i in range(ROWS)], "index", Role.FEATURE),
        (INCOME[::-1], "loan_amount", Role.AMOUNT),
        ([None, *INCOME[1:][::-1]], "loan_amount", Role.FEATURE),
        ([-1.5, *INCOME[1:][::-1]], "loan_amount", Role.FEATURE),
        (INCOME, "x", None),
        ([[i] for i in range(ROWS)], "x", None),
        ([str(i / 7) for i in range(ROWS)], "x", None),
        ([f"{i},5" for i in range(ROWS)], "x", None),
        ([f"0{i % 90:04}" for i in range(ROWS)], "x", Role.FEATURE),
        ([f"words {i if i > 1 else 0}" for i in range(ROWS)], "x", None),
    ],
)
def test_each_column_gets_the_role_that_its_values_and_name_suggest(values, name, role):
    given = list(values)
    before = {"first": INCOME} if given == INCOME else {}
    column = _of(given, name, **before)
    assert column.role is role, column
    assert column.reason or role is Role.FEATURE


@pytest.mark.parametrize(
    ("values", "name", "kind"),
    [
        ([Decimal(f"{i % 7}.25") for i in range(ROWS)], "x", Kind.NUMERIC),
        ([True, False, None] * (ROWS // 3), "x", Kind.NUMERIC),
        ([1, 2, None] * (ROWS // 3), "sex", Kind.CATEGORICAL),
        ([1, 2, None] * (ROWS // 3), "x", Kind.NUMERIC),
        ([10_000 + i % 60 for i in range(ROWS)], "zip_code", Kind.CATEGORICAL),
        ([20 + i % 60 for i in range(ROWS)], "age", Kind.NUMERIC),
        (pa.array(["a", "b", None] * (ROWS // 3)).dictionary_encode(), "x", Kind.CATEGORICAL),
        (pa.array([1, 2, None] * (ROWS // 3)).dictionary_encode(), "x", Kind.NUMERIC),
    ],
)
def test_each_column_is_measured_as_its_type_and_name_suggest(values, name, kind):
    column = _of(values, name)
    assert column.kind is kind
    assert column.role in (Role.FEATURE, Role.PROTECTED)


def test_missing_values_are_counted_as_nulls_nan_and_blanks():
    assert _of([None, float("nan"), 1.0, 2.0] * (ROWS // 4)).missing == 0.5
    assert _of(["", None, "a", "b"] * (ROWS // 4)).missing == 0.5


def test_a_copy_is_told_with_what_it_copies_whatever_its_type():
    whole = [i % 7 for i in range(ROWS)]
    column = _of(pa.array(whole, pa.float32()), "second", first=whole)
    assert column.reason == "the same in every row as first"


def test_text_of_many_levels_is_kept_with_a_warning():
    column = _of([f"level {i % 110}" for i in range(ROWS)])
    assert column.role is Role.FEATURE
    assert column.suspicion(Trait.LEVELS).reason == "110 levels: the rarest beyond 100 become one"


def test_numbers_in_text_are_told_with_the_word_among_them():
    column = _of(["Missing" if i % 4 == 0 else f"{i}.5" for i in range(ROWS)])
    assert column.reason == "numbers stored as text, such as '1.5', but 'Missing' in 60 rows"


def test_a_weight_that_is_no_number_is_refused():
    table = pa.table({"purpose": ["car", "boat"], "default": [0, 1]})
    with pytest.raises(DataError, match=r"data\.weight: 'purpose' must be a number, however: string"):
        profile(table, "default", {"purpose": Role.WEIGHT})


def test_roles_that_a_person_gave_stand():
    table = pa.table({"a": range(ROWS), "b": range(0, 2 * ROWS, 2), "income": INCOME, "bad": BAD})
    result = profile(table, "bad", {"b": Role.ID})
    assert [(column.name, column.role) for column in result.columns[:2]] == [("a", None), ("b", Role.ID)]
    with pytest.raises(DataError, match=r"data.time: no column 'c'"):
        profile(table, "bad", {"c": Role.TIME})
    with pytest.raises(DataError, match="'bad' is the target too"):
        profile(table, "bad", {"bad": Role.ID})


def test_the_profile_does_not_depend_on_how_the_table_is_stored():
    table = synthetic.portfolio(900, seed=2)
    chunks = pa.concat_tables([table.slice(0, 70), table.slice(70)])
    assert profile(chunks, "default") == profile(table.combine_chunks(), "default")


@pytest.mark.parametrize(
    ("name", "kind"),
    [("branch_id", Kind.CATEGORICAL), ("sic", Kind.CATEGORICAL), ("dependents_number", Kind.NUMERIC)],
)
def test_whole_numbers_that_name_something_are_levels(name, kind):
    assert _of([i % 7 * 111 for i in range(ROWS)], name).kind is kind


def test_levels_that_are_spelt_like_codes_are_no_codes_in_the_toml():
    """999 of a region is a level: data.codes would be refused for a category."""
    result = profile(pa.table({"region": [999 if i % 9 == 0 else i % 8 for i in range(ROWS)], "bad": BAD}), "bad")
    assert "data.codes" not in toml.text(result, toml.Place("x", "x.parquet"))
    assert result.columns[0].kind is Kind.CATEGORICAL


def test_of_two_dates_the_one_that_comes_first_dates_the_application():
    opened = [date(2018 + i % 3, 1 + i % 12, 1) for i in range(ROWS)]
    later = [day.replace(year=day.year + 1) for day in opened]
    birth = [day.replace(year=day.year - 30) for day in opened]
    columns = {"d2": later, "d1": opened, "d0": birth, "income": INCOME, "bad": BAD}
    result = {column.name: column for column in profile(pa.table(columns), "bad").columns}
    assert {name: result[name].role for name in ("d2", "d1")} == {"d2": None, "d1": Role.TIME}
    assert result["d2"].reason == "dated after d1 in 100.0% of the rows: known only later"


@pytest.mark.parametrize(
    ("name", "bad", "good", "is_weight"),
    [
        ("weight", 1.0, 10.0, True),
        ("w", 1.0, 20.0, True),
        ("WGT", 3.0, 30.0, True),
        ("sampling_weight", 0.4, 1.9, True),
        ("fnlwgt", 1.0, 1.5, True),
        ("SampleWeight", 1.0, 10.0, True),
        ("weight", 0.4, 1.9, False),  # may be anything
        ("weight", 60.0, 80.0, False),  # of a body
        ("weight", 0.0, 10.0, False),
        ("income", 1.0, 10.0, False),
        ("weight_of_car", 1.0, 10.0, False),
    ],
)
def test_a_sampling_weight_is_told_by_its_name_and_its_values(name, bad, good, is_weight):
    default = [0, 1, 0, 0] * 100
    rows = pa.table({"x": range(400), name: [bad if one else good for one in default], "default": default})
    [column] = [column for column in profile(rows, "default").columns if column.name == name]
    assert (column.role is Role.WEIGHT) == is_weight
    gap = rows.set_column(1, name, pa.array([None, *rows[name].to_pylist()[1:]]))
    assert profile(gap, "default").columns[1].role is not Role.WEIGHT


def test_the_surer_of_two_weights_is_taken_and_the_other_is_no_feature():
    default = [0, 1, 0, 0] * 100
    weights = {"w": [1.0, 5.0] * 200, "survey_weight": [10.0 - 9 * one for one in default]}
    role_of = {
        column.name: column
        for column in profile(pa.table({"x": range(400), **weights, "default": default}), "default").columns
    }
    assert (role_of["survey_weight"].role, role_of["w"].role) == (Role.WEIGHT, None)


def test_texts_that_number_something_in_most_rows_are_no_levels():
    default = [0, 1, 0, 0] * 250
    cases = pa.table({"x": range(1000), "caseid": [f"{i // 8}:a" for i in range(1000)], "default": default})
    [column] = [column for column in profile(cases, "default").columns if column.name == "caseid"]
    assert column.role is None
    assert "named as if they numbered something" in column.reason


@pytest.mark.parametrize(
    ("name", "is_kept_together"), [("id", True), ("caseid", True), ("loan_id", True), ("visits", False)]
)
def test_an_id_that_stands_in_two_rows_keeps_them_in_one_sample(name, is_kept_together):
    default = [0, 1, 0, 0] * 250
    rows = pa.table({"x": range(1000), name: [i // 2 for i in range(1000)], "default": default})
    [column] = [column for column in profile(rows, "default").columns if column.name == name]
    assert (column.role is Role.BORROWER) == is_kept_together
