from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.pruning.algorithms.networks.schedule import levels

shares = st.floats(0.01, 0.99)


@given(st.sampled_from(["one_shot", "iterative", "cubic"]), shares, shares, st.integers(1, 30))
def test_every_schedule_falls_and_ends_at_the_share_asked_for(schedule, keep, step, steps):
    result = levels(schedule, keep, step=step, steps=steps)
    assert result[-1] == keep
    assert all(later < earlier for earlier, later in pairwise((1.0, *result)))


@given(shares, shares)
def test_an_iterative_step_takes_the_same_share_of_what_stands_until_the_last(keep, step):
    *whole, last = pairwise((1.0, *levels("iterative", keep, step=step, steps=1)))
    assert all(later / earlier == pytest.approx(1 - step) for earlier, later in whole)
    assert last[1] / last[0] >= (1 - step) * (1 - 1e-6)


def test_paths_to_two_shares_begin_alike():
    far, near = (levels("iterative", keep, step=0.2, steps=1) for keep in (0.1, 0.3))
    assert far[: len(near) - 1] == near[:-1]


def test_the_cubic_schedule_is_that_of_zhu_and_gupta():
    result = levels("cubic", 0.2, step=0.5, steps=4)
    sparsity = [0.8 + (0 - 0.8) * (1 - t / 4) ** 3 for t in (1, 2, 3, 4)]
    assert result == pytest.approx([1 - s for s in sparsity])


def test_everything_stays_in_one_step():
    assert levels("cubic", 1.0, step=0.2, steps=5) == (1.0,)
