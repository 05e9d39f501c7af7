"""No applicant beats the bounds, none of them beats the solver's, and a search that ends meets the largest sum."""

from itertools import pairwise, product

import numpy as np
import pytest
from random_trees import random_ensemble

from riskmodel.trees.worst_case.branching import tightened
from riskmodel.trees.worst_case.climbing import climb, climbed
from riskmodel.trees.worst_case.diffusion import bound_within
from riskmodel.trees.worst_case.flat_parts import flat_parts
from riskmodel.trees.worst_case.parts import difference
from riskmodel.trees.worst_case.relaxation import dual_bound, relaxed

CASES = [("lightgbm", 21), ("lightgbm", 22), ("xgboost", 23)]
every = pytest.mark.parametrize("problem", CASES, indirect=True, ids=str)


def sums(parts, cells):
    """What the parts add up to for every combination of cells: the slow, exact way."""
    of = list(product(*map(range, cells)))
    inside = [
        np.array([all(mask[leaf, one[f]] for f, mask in part.allowed.items()) for one in of]) * value
        for part in parts
        for leaf, value in enumerate(part.value)
    ]
    return np.array(of), np.sum(inside, axis=0)


@pytest.fixture(scope="module")
def problem(request):
    rules, seed = request.param
    two = (random_ensemble(seed, rules, trees=4, features=(0, 1)) for seed in (seed, seed + 100))
    values, parts = difference(*two)
    cells = [len(column) for column in values]
    return parts, cells, *sums(parts, cells)


@every
def test_no_applicant_beats_the_relaxed_bound(problem):
    parts, cells, _, due = problem
    solved = relaxed(parts, cells)
    assert solved.bound >= due.max() - 1e-9
    assert solved.bound <= sum(part.value.max() for part in parts) + 1e-9
    assert all(abs(share.sum() - 1) < 1e-6 for share in solved.shares)
    for feature, size in enumerate(cells):
        prices = [price for (_, f), price in solved.prices.items() if f == feature]
        np.testing.assert_allclose(np.sum([*prices, np.zeros(size)], axis=0), 0, atol=1e-9)


@every
def test_without_multipliers_the_bound_is_the_sum_of_the_largest_leaves(problem):
    parts, cells, *_ = problem
    assert dual_bound(parts, cells, [], np.zeros(0)) == sum(part.value.max() for part in parts)


@every
def test_a_climb_ends_where_no_change_of_one_feature_is_better(problem):
    parts, cells, of, due = problem
    flat, value_of = flat_parts(parts, cells), {tuple(one): value for one, value in zip(of, due, strict=True)}
    for start in of[:: max(1, len(of) // 7)]:
        value, reached = climb(flat, np.array(start, np.int64))
        assert value == pytest.approx(value_of[tuple(reached)])
        assert value >= value_of[tuple(start)] - 1e-9
        for feature, size in enumerate(cells):
            for cell in range(size):
                near = reached.copy()
                near[feature] = cell
                assert value_of[tuple(near)] <= value + 1e-9


@every
def test_the_best_of_many_climbs_is_a_true_sum(problem):
    parts, cells, of, due = problem
    starts = [np.zeros(len(cells), np.int64)]
    value, reached = climbed(flat_parts(parts, cells), starts, np.random.default_rng(1))
    assert value == pytest.approx(due[(of == reached).all(axis=1)][0])
    assert value <= due.max() + 1e-9


@every
def test_each_pass_keeps_a_bound_and_more_passes_are_no_worse(problem):
    parts, cells, of, due = problem
    flat = flat_parts(parts, cells)
    prices, whole = np.zeros(int(flat.slot_starts[-1])), np.ones(sum(cells), bool)
    bounds = [bound_within(flat, prices, 0.0, whole, passes)[0] for passes in (0, 1, 4, 20)]
    assert bounds[0] == pytest.approx(sum(part.value.max() for part in parts))
    assert all(bound >= due.max() - 1e-9 for bound in bounds)
    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(bounds))
    half = whole.copy()
    half[: max(1, cells[0] // 2)] = False  # the upper cells of the first feature alone
    inside = due[of[:, 0] >= max(1, cells[0] // 2)]
    assert bound_within(flat, prices, 0.0, half, 4)[0] >= inside.max() - 1e-9


@every
def test_the_search_of_boxes_ends_at_the_largest_sum(problem):
    parts, cells, of, due = problem
    flat, solved = flat_parts(parts, cells), relaxed(parts, cells)
    prices = np.concatenate([
        solved.prices[int(part), int(feature)] for part, feature in zip(flat.slot_part, flat.slot_feature, strict=True)
    ])  # fmt: skip
    worst = int(np.argmin(due))
    bound, reached = tightened(flat, prices, solved.bound, (float(due[worst]), of[worst].astype(np.int64)))
    assert bound == pytest.approx(due.max(), abs=1e-6)
    assert due[(of == reached).all(axis=1)][0] == pytest.approx(due.max(), abs=1e-6)
