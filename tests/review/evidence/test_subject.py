import numpy as np
import pytest

from riskmodel.errors import DataError
from riskmodel.review.evidence.subject import MOST_LEVELS, spread


def test_groups_and_thin_files_are_looked_into_and_equal_rows_only_once(subject):
    masks = subject(rows=900).masks
    assert list(masks) == ["sex=f", "sex=m", "thin file (1 or more features missing)"]


def test_a_protected_column_of_too_many_levels_is_refused(subject):
    names = np.array([f"group {i}" for i in range(900)], dtype=object)
    with pytest.raises(DataError, match=f"'branch' must have at most {MOST_LEVELS} levels, however: 900"):
        _ = subject(rows=900, protected={"branch": names}).groups


def test_explained_rows_are_spread_over_all_of_them():
    rows = np.arange(0, 9000, 3)
    assert spread(rows, 4).tolist() == [0, 2997, 5997, 8997]
    assert spread(rows[:3], 4).tolist() == [0, 3, 6]


def test_what_a_side_does_not_read_adds_nothing(subject):
    side = subject(rows=300).champion
    effects = side.effects(np.arange(7), ("months", "elsewhere", "margin"))
    assert effects.shape == (7, 3)
    assert not effects[:, 1].any()
