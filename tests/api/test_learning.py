"""Given PDs are laid beside the rows that they are of; what is of another length or no number is refused."""

import numpy as np
import pandas as pd
import polars
import pyarrow.parquet as pq
import pytest

from riskmodel.api.learning import TARGET, TEACHER, _written, prune_pd
from riskmodel.errors import DataError, RiskModelError

MATRIX = np.arange(6.0).reshape(3, 2)
PDS, Y = [0.1, 0.2, 0.3], [0, 1, 0]


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        (MATRIX, ["Column_0", "Column_1"]),
        (MATRIX.tolist(), ["Column_0", "Column_1"]),
        (pd.DataFrame(MATRIX, columns=["a", "b"]), ["a", "b"]),
        (polars.DataFrame({"a": [0.0, 2, 4], "b": [1.0, 3, 5]}), ["a", "b"]),
    ],
)
def test_rows_outcomes_and_pds_stand_side_by_side(rows, names, tmp_path):
    table = pq.read_table(_written(rows, PDS, Y, tmp_path))
    assert table.column_names == [*names, TARGET, TEACHER]
    assert table[TEACHER].to_pylist() == PDS
    assert table[TARGET].to_pylist() == Y
    assert [table[name].to_pylist() for name in names] == MATRIX.T.tolist()


def test_a_pd_that_is_missing_is_null(tmp_path):
    table = pq.read_table(_written(MATRIX, [0.1, np.nan, 0.3], Y, tmp_path))
    assert table[TEACHER].to_pylist() == [0.1, None, 0.3]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"pd": PDS[1:]}, "^pd, X and y must be of one length, however: 3 and 2$"),
        ({"y": [*Y, 0]}, "^pd, X and y must be of one length, however: 3 and 4$"),
        ({"X": np.arange(3.0)}, "^X must be rows x columns, however: of 1 dimensions$"),
        ({"X": [["a", "b"], ["c", "d"], ["e", "f"]]}, "^X must be numbers, however: could not convert string to float"),
        ({"pd": ["low", "high", "low"]}, "^pd must be numbers, however: "),
        ({"margin": 0.01, "leaves": 9}, "^margin and leaves each set the size: give one of them$"),
        ({"seed": -1}, "^seed must be a whole number of 0 or more, however: -1$"),
        ({"monotone": ["a"]}, "^monotone must be a mapping by column, however: list$"),
        ({"as_": "catboost"}, "catboost"),
    ],
)
def test_what_is_given_wrongly_is_one_line(given, why):
    with pytest.raises(RiskModelError, match=why) as refused:
        prune_pd(**{"pd": PDS, "X": MATRIX, "y": Y, "progress": False, **given})
    assert "\n" not in str(refused.value)
    assert isinstance(refused.value, DataError | RiskModelError)
