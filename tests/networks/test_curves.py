import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.networks import Curves

line = st.lists(st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-9), min_size=2, max_size=40, unique=True)


@settings(max_examples=60, deadline=None)
@given(st.lists(line.map(sorted), min_size=1, max_size=4), st.integers(0, 10**6))
def test_every_height_is_that_of_numpy_to_the_last_bit(knots, seed):
    """At knots, between and beyond them, on infinities and gaps, and over more than one block of rows."""
    random = np.random.default_rng(seed)
    knots = [np.array(each) for each in knots]
    heights = [random.normal(size=len(each)) for each in knots]
    medians = random.normal(size=len(knots))
    rows = np.column_stack(
        [random.choice([*each, *(each * 1.01), -np.inf, np.inf, np.nan, 0.3], 300) for each in knots]
    )
    order = random.permutation(len(knots)).astype(np.int32)
    sizes = np.array([len(knots[j]) for j in order], np.int32)
    joined = (np.concatenate([part[j] for j in order]) for part in (knots, heights))
    out = np.zeros((300, len(knots) + 1), np.float32)

    Curves(order, medians, sizes, *joined).write(rows, out)

    for place, j in enumerate(order):
        filled = np.where(np.isnan(rows[:, j]), medians[place], rows[:, j])
        want = np.interp(filled, knots[j], heights[j])
        np.testing.assert_array_equal(out[:, place], want.astype(np.float32))
    assert not out[:, -1].any()
