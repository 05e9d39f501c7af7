import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.datasets.profiling._codes import suspected


def _codes(values) -> list[float]:
    return list(suspected(*np.unique(np.array(values, float), return_counts=True)))


COUNTS = [*range(14)] * 50
MONTHS = [*range(131)] * 4


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        (COUNTS + [96] * 5 + [98] * 264, [96, 98]),  # Give Me Some Credit
        (MONTHS + [-9] * 30 + [-8] * 20 + [-7] * 10, [-9, -8, -7]),  # HELOC
        ([*range(10)] * 40 + [-9] * 30 + [-8] * 20, [-9, -8]),
        (MONTHS + [999] * 12, [999]),
        (MONTHS + [9999] * 12 + [-1] * 7, [-1, 9999]),
        ([*range(18, 76)] * 10 + [99] * 500, [99]),  # a pile apart from a thin end
        ([0.1 * i for i in range(10)] * 9 + [-1] * 9, [-1]),
        ([*range(-50, 200)] * 2 + [-999] * 5, [-999]),
    ],
)
def test_usual_codes_beyond_the_other_values_are_suspected(values, codes):
    assert _codes(values) == codes


@pytest.mark.parametrize(
    "values",
    [
        [*range(-2, 9)] * 30,  # Taiwan's PAY_0: one scale
        [-1, 0, 1] * 30,
        [*range(18, 110)] * 5,  # 96 to 99 lie among the others
        [*range(101)] * 5,
        [*range(100)] * 5,
        MONTHS + [999] * 2,  # twice may be a slip
        MONTHS + [500] * 50,  # no usual code
        [0, 1] * 50 + [99] * 9,  # two values are no scale
        [-9] * 20,
        [],
    ],
)
def test_what_may_be_a_quantity_is_not_suspected(values):
    assert _codes(values) == []


@pytest.mark.parametrize(
    ("others", "pile"),
    [
        ([*range(-17_000, 0, 7)], [365243] * 400),
        ([*range(0, 9000, 7)], [-999_999] * 200),
        ([i / 7 for i in range(3000)], [2**31 - 1] * 50),
    ],
)
def test_a_far_pile_of_one_value_is_suspected_whatever_it_is(others, pile):
    assert _codes(others + pile) == [pile[0]]
    width = max(others) - min(others)
    near = max(others) + width if pile[0] > 0 else min(others) - width
    assert _codes(others + [near] * len(pile)) == []  # may be a quantity
    assert _codes(others + pile[:2]) == []  # a slip


def test_the_reason_gives_the_rows_and_the_range_of_the_others():
    (reason,) = suspected(*np.unique(np.array(MONTHS + [999] * 12, float), return_counts=True)).values()
    assert reason == "999 in 12 rows, the others from 0 to 130"


@given(st.lists(st.integers(-10_000, 10_000), max_size=60))
def test_a_suspect_is_always_the_lowest_or_the_highest_of_the_values(values):
    others = sorted(set(values) - set(_codes(values)))
    assert all(not others or code < others[0] or code > others[-1] for code in _codes(values))
