"""Parts as arrays say what the parts say; a climb along them ends where no one feature is better."""

from itertools import product

import numpy as np
import pytest
from random_trees import random_ensemble

from riskmodel.trees.worst_case.branching import tightened
from riskmodel.trees.worst_case.climbing import climb, climbed
from riskmodel.trees.worst_case.flat_parts import flat_parts
from riskmodel.trees.worst_case.parts import difference


def problem(seed, rules="lightgbm", features=(0, 1)):
    before, after = (random_ensemble(one, rules, trees=3, features=features) for one in (seed, seed + 70))
    values, parts = difference(before, after)
    cells = [len(column) for column in values]
    return parts, cells, flat_parts(parts, cells)


def total(parts, cell_of):
    """The sum of the one leaf a part that allows all cells."""
    return sum(
        value
        for part in parts
        for leaf, value in enumerate(part.value)
        if all(mask[leaf, cell_of[f]] for f, mask in part.allowed.items())
    )


@pytest.mark.parametrize("seed", range(4))
def test_every_leaf_and_every_cell_that_it_allows_stands_in_the_arrays(seed):
    parts, cells, flat = problem(seed)
    assert flat.value.tolist() == [value for part in parts for value in part.value]
    for slot, (part, feature) in enumerate(zip(flat.slot_part, flat.slot_feature, strict=True)):
        mask = parts[part].allowed[feature]
        entries = range(flat.entry_starts[slot], flat.entry_starts[slot + 1])
        restricted = {int(flat.entry_leaf[entry] - flat.leaf_starts[part]) for entry in entries}
        assert restricted == {leaf for leaf in range(len(mask)) if not mask[leaf].all()}
        for entry in entries:
            runs = range(flat.run_starts[entry], flat.run_starts[entry + 1])
            inside = [cell for run in runs for cell in range(flat.run_first[run], flat.run_end[run])]
            leaf = flat.entry_leaf[entry] - flat.leaf_starts[part]
            assert inside == np.flatnonzero(mask[leaf]).tolist()
    assert flat.cell_starts[-1] == sum(cells)
    assert flat.work == sum(flat.run_end - flat.run_first) + flat.slot_starts[-1]


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
@pytest.mark.parametrize("seed", range(3))
def test_a_climb_ends_where_no_other_cell_of_one_feature_is_better(rules, seed):
    parts, cells, flat = problem(seed, rules)
    draw = np.random.default_rng(seed)
    for _ in range(5):
        start = np.array([draw.integers(size) for size in cells])
        value, reached = climb(flat, start)
        assert value == pytest.approx(total(parts, reached))
        assert value >= total(parts, start) - 1e-12
        for feature, size in enumerate(cells):
            for cell in range(size):
                other = reached.copy()
                other[feature] = cell
                assert total(parts, other) <= value + 1e-9


@pytest.mark.parametrize("seed", range(3))
def test_witness_and_bound_enclose_the_largest_sum(seed):
    parts, cells, flat = problem(seed)
    largest = max(total(parts, one) for one in product(*map(range, cells)))
    starts = [np.zeros(len(cells), np.int64)]
    value, reached = climbed(flat, starts, np.random.default_rng(0))
    assert total(parts, reached) == pytest.approx(value)
    assert value <= largest + 1e-9
    loose = sum(part.value.max() for part in parts)
    prices = np.zeros(int(flat.slot_starts[-1]))
    bound, witness = tightened(flat, prices, loose, (value, reached))
    assert largest - 1e-9 <= bound <= loose + 1e-9
    assert total(parts, witness) <= bound + 1e-9


def test_the_same_generator_gives_the_same_witness():
    _, cells, flat = problem(2)
    starts = [np.zeros(len(cells), np.int64)]
    one, other = (climbed(flat, starts, np.random.default_rng(5)) for _ in range(2))
    assert one[0] == other[0]
    assert one[1].tolist() == other[1].tolist()
