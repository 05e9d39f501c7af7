import datetime

import pyarrow as pa
import pytest
from pydantic import ValidationError

from riskmodel.config import Where
from riskmodel.datasets.row_filter import filtered
from riskmodel.errors import DataError

LOANS = pa.table(
    {
        "product": ["card", "loan", None, "card", "lease"],
        "branch": [7, 12, 7, None, 33],
        "opened": [datetime.date(2018, month, 1) for month in range(1, 6)],
        "bad": [0, 1, 0, 1, 0],
    }
)
WHY = "not of this portfolio"


def kept(**rules):
    result, left_out = filtered(LOANS, {name: Where(**rule, why=WHY) for name, rule in rules.items()})
    assert result.num_rows + left_out[WHY] == LOANS.num_rows
    return [LOANS["opened"].to_pylist().index(day) for day in result["opened"].to_pylist()]


@pytest.mark.parametrize(
    ("rules", "rows"),
    [
        ({"product": {"keep": ["card"]}}, [0, 3]),
        ({"product": {"drop": ["card"]}}, [1, 4]),
        ({"branch": {"keep": ["00007", 12.0]}}, [0, 1, 2]),
        ({"branch": {"from": 8, "before": 33}}, [1]),
        ({"opened": {"from": "2018-02", "before": "2018-05-01"}}, [1, 2, 3]),
        ({"bad": {"drop": [True]}}, [0, 2, 4]),
        ({"product": {"keep": ["card", "loan"]}, "branch": {"from": 8}}, [1]),
    ],
)
def test_rows_that_a_rule_does_not_let_in_are_left_out_and_counted(rules, rows):
    assert kept(**rules) == rows


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({}, "must have keep, drop, or from and before"),
        ({"keep": ["a"], "from": 2}, "one of these ways alone"),
        ({"from": "2018", "before": 7}, "must both be numbers or both be dates"),
    ],
)
def test_a_rule_goes_one_way(rule, message):
    with pytest.raises(ValidationError, match=message):
        Where(**rule, why=WHY)


@pytest.mark.parametrize(
    ("name", "rule", "message"),
    [
        ("prduct", {"keep": ["a"]}, "data.where: no column 'prduct'; did you mean 'product'"),
        ("product", {"keep": ["boat"]}, "data.where: must let in some rows, however: none of 5"),
        ("opened", {"from": "soon"}, "data.where: a date must be like 2018-05-31 or 2018-05, however: 'soon'"),
    ],
)
def test_what_cannot_be_read_or_leaves_nothing_is_refused(name, rule, message):
    with pytest.raises(DataError, match=message):
        filtered(LOANS, {name: Where(**rule, why=WHY)})
