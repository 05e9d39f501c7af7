"""Whatever cells are active and however many passes are made, no applicant of the box passes its bound."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trees.worst_case.small_boxes import largest, problem, total

from riskmodel.trees.worst_case.diffusion import bound_within


def masks(cells, draw):
    """Some cells of each feature, at least one."""
    chosen = [draw.random(size) < 0.6 for size in cells]
    for mask in chosen:
        mask[draw.integers(len(mask))] = True
    return chosen


def bounded(flat, chosen, passes):
    active = np.concatenate(chosen)
    return bound_within(flat, np.zeros(int(flat.slot_starts[-1])), 0.0, active, passes)


@given(st.integers(0, 10_000), st.integers(1, 6))
@settings(max_examples=25, deadline=None)
def test_no_applicant_of_a_box_passes_its_bound(seed, passes):
    parts, cells, flat = problem(seed)
    chosen = masks(cells, np.random.default_rng(seed))
    bound, *_ = bounded(flat, chosen, passes)
    assert bound >= largest(parts, chosen) - 1e-9


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_of_a_single_applicant_the_bound_is_what_it_has(seed):
    parts, cells, flat = problem(seed)
    draw = np.random.default_rng(seed)
    at = [int(draw.integers(size)) for size in cells]
    point = [np.arange(size) == cell for size, cell in zip(cells, at, strict=True)]
    bound, *_ = bounded(flat, point, 1)
    assert bound == pytest.approx(total(parts, at), abs=1e-9)


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_more_passes_are_no_worse(seed):
    _, cells, flat = problem(seed)
    whole = [np.ones(size, np.bool_) for size in cells]
    one, two, many = (bounded(flat, whole, passes)[0] for passes in (1, 2, 12))
    assert many <= two + 1e-9 <= one + 2e-9


@pytest.mark.parametrize("seed", range(4))
def test_prices_that_come_out_start_the_next_box_where_this_one_ended(seed):
    """They add up to the same in every cell, so that the bound still holds, and what was given stays as it was."""
    parts, cells, flat = problem(seed)
    whole = [np.ones(size, np.bool_) for size in cells]
    given_prices = np.zeros(int(flat.slot_starts[-1]))
    bound, _, prices, constant = bound_within(flat, given_prices, 0.0, np.concatenate(whole), 8)
    assert not given_prices.any()
    assert prices.max() <= 0
    chosen = masks(cells, np.random.default_rng(seed))
    again, *_ = bound_within(flat, prices, constant, np.concatenate(chosen), 2)
    assert largest(parts, chosen) - 1e-9 <= again <= bound + 1e-9
