import datetime
import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.config import Data
from riskmodel.core import Column, Kind, Role
from riskmodel.datasets import schema
from riskmodel.datasets.outcome import bad_level, outcome
from riskmodel.errors import DataError
from riskmodel.tables import Reading

LOANS: dict[str, Any] = {
    "loan": ["a", "b", "c", "d"],
    "opened": [datetime.date(2024, month, 1) for month in (1, 2, 3, 4)],
    "income": [1200.0, None, 900.5, 800.0],
    "job": ["clerk", "baker", None, "10"],
    "rooms": pa.array([2, 1, 2, 10], pa.int8()),
    "sex": [1.0, 2.0, 1.0, None],
    "amount": [5, 6, 7, 8],
    "score": [0.1, 0.2, 0.3, 0.4],
    "bad": [0, 1, 0, 1],
}
ROLES: dict[str, Any] = {
    "path": "loans.csv",
    "target": "bad",
    "id": "loan",
    "time": "opened",
    "amount": "amount",
    "ignore": ["score"],
    "categorical": ["job", "sex"],
    "protected": {"sex": False, "rooms": True},
    "monotone": {"income": -1, "rooms": 1},
}


def _learn(columns: dict[str, Any] | None = None, rows: list[int] | None = None, **roles: Any) -> schema.Schema:
    table, data = pa.table(LOANS | (columns or {})), Data(**(ROLES | roles))
    default = outcome(table, data.target, *bad_level(data))
    return schema.learn(table, data, default, None if rows is None else np.array(rows))


# --------------------------------------------------------------------------------------------- learn


def test_each_column_has_the_role_kind_direction_and_levels_that_the_toml_gives_it():
    assert _learn().columns == (
        Column("loan", Role.ID),
        Column("opened", Role.TIME),
        Column("income", monotone=-1, low=800.0, high=1200.0),
        Column("job", kind=Kind.CATEGORICAL, categories=("10", "baker", "clerk")),
        Column("rooms", Role.PROTECTED, monotone=1, used=True, low=1.0, high=10.0, nullable=False),
        Column("sex", Role.PROTECTED, Kind.CATEGORICAL, ("1", "2"), used=False),
        Column("amount", Role.AMOUNT, used=False),
        Column("bad", Role.TARGET),
    )


def test_a_scorer_may_use_features_and_the_protected_columns_that_are_switched_on():
    assert [column.name for column in _learn().features] == ["income", "job", "rooms"]


def test_a_scorer_may_use_the_amount_where_the_toml_says_so():
    assert [column.name for column in _learn(amount_scores=True).features] == ["income", "job", "rooms", "amount"]
    (amount,) = (c for c in _learn(amount_scores=True, monotone={"amount": 1}).columns if c.name == "amount")
    assert (amount.role, amount.monotone) == (Role.AMOUNT, 1)


@given(st.lists(st.integers(0, 3), min_size=3, max_size=4, unique=True))
@settings(deadline=None)
def test_levels_are_those_of_the_given_rows_alone(rows):
    table = LOANS | {"bad": [0, 1, 0, 1], "job": ["clerk", "baker", None, "10"]}
    (job,) = (column for column in _learn(table, rows=rows).columns if column.name == "job")
    assert job.categories == tuple(sorted({LOANS["job"][row] for row in rows} - {None}))


def test_a_feature_that_is_missing_throughout_is_dropped_with_a_line():
    learnt = _learn({"job": pa.nulls(4)})
    assert "job" not in [column.name for column in learnt.columns]
    assert learnt.notes == ("'job' is dropped: it has one value in all rows of train",)


def test_a_csv_leaves_categories_and_the_id_as_text():
    rule = schema.rules(Data(**ROLES))
    assert [rule(name).reading for name in ("job", "sex", "loan", "anything", ROLES["target"])] == [
        *[Reading.TEXT] * 3,
        Reading.NUMBER,
        Reading.INFERRED,
    ]


@pytest.mark.parametrize(
    ("roles", "reason"),
    [
        ({"target": "bda"}, r"data.target: no column 'bda'; did you mean 'bad'\?"),
        ({"id": "LOAN"}, r"data.id: no column 'LOAN'; did you mean 'loan'\?"),
        ({"time": "zzz"}, "data.time: no column 'zzz'; the columns are 'loan', 'opened', .* and 4 more"),
        ({"amount": "amout"}, r"data.amount: no column 'amout'; did you mean 'amount'\?"),
        ({"ignore": ["scores"]}, r"data.ignore: no column 'scores'; did you mean 'score'\?"),
        ({"categorical": ["jobs"]}, r"data.categorical: no column 'jobs'; did you mean 'job'\?"),
        ({"protected": {"sx": True}}, r"data.protected: no column 'sx'; did you mean 'sex'\?"),
        ({"monotone": {"incom": 1}}, r"data.monotone: no column 'incom'; did you mean 'income'\?"),
        ({"id": "bad"}, "data.id: a column has one role, however: 'bad' is in data.target too"),
        ({"ignore": ["sex"]}, "data.ignore: a column has one role, however: 'sex' is in data.protected too"),
        ({"categorical": ["bad"]}, "data.categorical: must name features, however: 'bad' is the target"),
        ({"monotone": {"amount": 1}}, "data.monotone: must name features, however: 'amount' is the amount"),
        ({"monotone": {"job": 1}}, "data.monotone: must name numbers, however: 'job' is in data.categorical"),
        ({"codes": {"job": [1]}}, "data.codes: must name numbers, however: 'job' is in data.categorical"),
        ({"codes": {"incom": [1]}}, r"data.codes: no column 'incom'; did you mean 'income'\?"),
        ({"actionable": {"incom": "up"}}, r"data.actionable: no column 'incom'; did you mean 'income'\?"),
        ({"actionable": {"sex": "any"}}, "data.actionable: must not name protected columns, however: 'sex' is one"),
        ({"actionable": {"job": "up"}}, "data.actionable.job: must be any for a category, however: 'up'"),
        ({"costs": {"amount": 1.0}}, "data.costs: must name features, however: 'amount' is the amount"),
        ({"ranges": {"income": [3.0, 2.0]}}, r"data.ranges.income: must be \[low, high\], however: \[3, 2\]"),
        ({"borrower": "loan"}, "data.borrower: a column has one role, however: 'loan' is in data.id too"),
        ({"ignore": ["score", "income", "job"], "protected": {"sex": False, "rooms": False}}, "at least one feature"),
        (
            {"categorical": ["sex"]},
            "column 'job' must be a number, however: string, first 'clerk' in row 1; name it in",
        ),
        ({"time": None}, "column 'opened' must be a number, however: date32"),
    ],
)
def test_a_toml_that_does_not_fit_the_table_is_refused_by_its_key(roles, reason):
    with pytest.raises(DataError, match=reason):
        _learn(**roles)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (["12", None, " -1.5e3 ", "lots"], "column 'income' must be a number, however: string, first 'lots' in row 4"),
        (["12", "13", "14", "15"], "however: string, first '12' in row 1"),
        (pa.array(["1", "x", "y", "1"]).dictionary_encode(), "however: dictionary.*, first 'x' in row 2"),
        (pa.array([None] * 4, pa.string()), "however: string; name it in data.categorical or data.ignore"),
        ([1.0, math.inf, -math.inf, None], "must be finite or missing, however: infinite in 2 rows, first in row 2"),
        ([[1], [2], [3], [4]], "column 'income' must be a number, however: list"),
    ],
)
def test_text_and_infinity_among_numbers_are_told_with_the_first_row(values, reason):
    with pytest.raises(DataError, match=reason) as error:
        _learn({"income": values})
    assert "\n" not in str(error.value)


def test_an_ignored_column_may_hold_anything():
    assert "score" not in [column.name for column in _learn({"score": ["x", "", None, "y"]}).columns]


def test_each_feature_has_the_price_of_the_call_that_brings_it():
    vendors = {"bureau": {"features": ["income", "job"], "price": 1.2}}
    by_name = {c.name: (c.vendor, c.cost) for c in _learn(vendors=vendors, costs={"rooms": 0.5}).columns}
    assert [by_name[name] for name in ("income", "job", "rooms")] == [("bureau", 1.2), ("bureau", 1.2), ("", 0.5)]
    with pytest.raises(DataError, match=r"data.vendors.bureau: no column 'incom'; .*income"):
        _learn(vendors={"bureau": {"features": ["incom"], "price": 1}})
    with pytest.raises(DataError, match=r"data.vendors.bureau: must name features, however: 'loan' is the id"):
        _learn(vendors={"bureau": {"features": ["loan"], "price": 1}})
