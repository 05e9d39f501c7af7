"""The search of boxes ends at the largest sum; cut short, what it says is still a bound and a witness."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trees.worst_case.small_boxes import largest, problem, total

from riskmodel.trees.worst_case import branching
from riskmodel.trees.worst_case.climbing import climb

FAR = 1e6  # a relaxed bound that says nothing


def searched(flat, cells, relaxed=FAR):
    start = np.zeros(len(cells), np.int64)
    return branching.tightened(flat, np.zeros(int(flat.slot_starts[-1])), relaxed, climb(flat, start))


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_given_the_steps_it_ends_at_the_largest_sum_and_names_who_has_it(seed):
    parts, cells, flat = problem(seed)
    exact = largest(parts, [np.ones(size, np.bool_) for size in cells])
    bound, witness = searched(flat, cells)
    assert bound == pytest.approx(exact, abs=1e-8)
    assert total(parts, witness) == pytest.approx(exact, abs=1e-8)


@given(st.integers(0, 10_000), st.integers(0, 6))
@settings(max_examples=20, deadline=None)
def test_cut_short_the_sum_lies_between_witness_and_bound(seed, boxes):
    parts, cells, flat = problem(seed)
    exact = largest(parts, [np.ones(size, np.bool_) for size in cells])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(branching, "BUDGET", flat.work * (2 * branching.AT_ROOT + 9.0 * boxes))
        bound, witness = searched(flat, cells)
    assert total(parts, witness) - 1e-9 <= exact <= bound + 1e-9


def test_a_bound_that_is_known_already_is_never_given_up(monkeypatch):
    monkeypatch.setattr(branching, "BUDGET", 0.0)
    monkeypatch.setattr(branching, "AT_ROOT", 0)
    looser = 0
    for seed in range(12):
        parts, cells, flat = problem(seed)
        known = largest(parts, [np.ones(size, np.bool_) for size in cells]) + 1e-3
        looser += searched(flat, cells)[0] > known
        assert searched(flat, cells, relaxed=known)[0] <= known
    assert looser > 3  # where no pass and no box is made


def test_the_same_search_ends_at_the_same_box():
    """Steps are counted and no seconds."""
    _, cells, flat = problem(11)
    (bound, witness), (again, same) = searched(flat, cells), searched(flat, cells)
    assert bound == again
    assert witness.tolist() == same.tolist()
