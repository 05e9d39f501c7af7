import math

import numpy as np
import pyarrow as pa
import pytest

from riskmodel.config import Data
from riskmodel.datasets import outcome
from riskmodel.errors import DataError


@pytest.mark.parametrize("values", [[0, 1], [False, True], [0.0, 1.0], pa.array([0, 1], pa.uint8())])
def test_an_outcome_is_0_and_1_in_any_spelling_of_numbers(values):
    default = outcome.outcome(pa.table({"bad": values}), "bad")
    assert default.dtype == np.int8
    assert default.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([0, 0, 0], "data.target: 'bad' must have both 0 and 1, however: only 0"),
        ([True, True], "must have both 0 and 1, however: only 1"),
        ([7, 7, 7], "must be 0 or 1, however: 7 in row 1"),
        ([0, 1, 2], "must be 0 or 1, however: 2 in row 3"),
        ([0, 1, 0.5], "must be 0 or 1, however: 0.5 in row 3"),
        ([0, None, math.nan, 1], "'bad' is missing in 2 rows, first in row 2"),
        (["good", "bad"], "must be 0 or 1, however: string, first 'good' in row 1"),
        (pa.nulls(2), "'bad' is missing in 2 rows, first in row 1"),
        (pa.array([], pa.int8()), "must have both 0 and 1, however: no rows"),
    ],
)
def test_any_other_outcome_is_refused(values, reason):
    with pytest.raises(DataError, match=reason):
        outcome.outcome(pa.table({"bad": values}), "bad")


@pytest.mark.parametrize(
    ("values", "bad"),
    [
        (["paid", "late", "paid"], "late"),
        (pa.array(["paid", "late", "paid"]).dictionary_encode(), "late"),
        ([1, 2, 1], 2),
        ([1.0, 2.0, 1.0], 2),
        (["1", "2", "1"], 2),
        ([True, False, True], False),
    ],
)
def test_the_value_of_a_bad_can_be_named_in_any_type(values, bad):
    (level,) = outcome.bad_level(Data(path="x", target="y", bad=bad))
    assert outcome.outcome(pa.table({"y": values}), "y", level).tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (["paid", "late", "open"], "data.target: 'y' must have two values, however: 3, 'late' beside 'open', 'paid'"),
        (["paid", "lost", "lost"], "data.bad: must be among the values of 'y', 'lost', 'paid', however: 'late'"),
        (["late", "late", "late"], "must have both 0 and 1, however: only 1"),
        (["late", "", "paid"], "'y' is missing in 1 rows, first in row 2"),
        ([[1], [2], [1]], "column 'y' must be a category"),
    ],
)
def test_an_outcome_without_that_value_or_with_a_third_is_refused(values, reason):
    with pytest.raises(DataError, match=reason):
        outcome.outcome(pa.table({"y": values}), "y", "late")
