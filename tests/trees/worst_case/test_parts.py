"""The parts of a difference add up, for every applicant, to what the two ensembles differ by."""

from itertools import product

import numpy as np
import pytest
from random_trees import random_ensemble, trying

from riskmodel.trees.worst_case.cells import representatives
from riskmodel.trees.worst_case.flat_parts import flat_parts
from riskmodel.trees.worst_case.parts import DifferencePart, difference, join

both = pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])


def value(part, cells):
    """What a part adds for an applicant, given its cell of each feature: its one leaf that allows all of them."""
    [leaf] = [i for i in range(len(part.value)) if all(mask[i, cells[f]] for f, mask in part.allowed.items())]
    return part.value[leaf]


def pair(rules, seed, **how):
    before = random_ensemble(seed, rules, trees=3, **how)
    after = random_ensemble(seed + 50, rules, trees=4, **how)
    return before, after


@both
@pytest.mark.parametrize("seed", range(3))
def test_parts_add_up_to_the_difference_of_every_applicant(rules, seed):
    before, after = pair(rules, seed)
    values, parts = difference(before, after)
    draw = np.random.default_rng(seed)
    cells = np.column_stack([draw.integers(0, len(column), 60) for column in values])
    rows = np.column_stack([column[cells[:, f]] for f, column in enumerate(values)])
    due = (after.margins(rows) - after.intercept) - (before.margins(rows) - before.intercept)
    sums = [sum(value(part, row) for part in parts) for row in cells]
    np.testing.assert_allclose(sums, due, atol=1e-12)


@both
def test_representatives_lose_no_difference(rules):
    """What rows of any value reach is reached by rows of representatives."""
    before, after = pair(rules, 11, features=(0, 2))
    values, _ = difference(before, after)

    def change(rows):
        return after.margins(rows) - before.margins(rows)

    of_cells = change(np.array(list(product(*values))))
    assert np.isin(change(trying(after, 400)), of_cells).all()
    assert all(set(column[~np.isnan(column)]) <= set(whole) for column, whole in
               zip(values, representatives((before, after)), strict=True))  # fmt: skip


def halves(feature, size, at, low, high):
    """A part of two leaves: below a cell, and from it on."""
    below = np.arange(size) < at
    return DifferencePart(np.array([low, high]), {feature: np.array([below, ~below])}, {feature: (below, ~below)})


def test_joined_parts_have_the_leaves_that_meet_alone():
    whole = join(halves(0, 4, 1, 1.0, 2.0), halves(0, 4, 3, 10.0, 20.0))
    leaves = sorted(zip(whole.value.tolist(), whole.allowed[0].astype(int).tolist(), strict=True))
    assert leaves == [(11.0, [1, 0, 0, 0]), (12.0, [0, 1, 1, 0]), (22.0, [0, 0, 0, 1])]
    assert whole.spread == 11.0
    assert len(join(halves(0, 4, 1, 1.0, 2.0), halves(1, 3, 1, 5.0, 7.0)).value) == 4  # nothing keeps them apart


def test_flat_parts_say_what_the_parts_say():
    """The arrays, read back one number after the other, allow each leaf the same cells."""
    values, parts = difference(*pair("lightgbm", 4))
    sizes = [len(column) for column in values]
    flat = flat_parts(parts, sizes)
    np.testing.assert_array_equal(flat.value, np.concatenate([part.value for part in parts]))
    restricted = {}
    for slot, (part, feature) in enumerate(zip(flat.slot_part, flat.slot_feature, strict=True)):
        assert flat.slot_starts[slot + 1] - flat.slot_starts[slot] == sizes[feature]
        assert slot in flat.slots_of_feature[flat.feature_starts[feature] : flat.feature_starts[feature + 1]]
        for entry in range(flat.entry_starts[slot], flat.entry_starts[slot + 1]):
            mask = np.zeros(sizes[feature], bool)
            for run in range(flat.run_starts[entry], flat.run_starts[entry + 1]):
                mask[flat.run_first[run] : flat.run_end[run]] = True
            restricted[int(feature), int(flat.entry_leaf[entry] - flat.leaf_starts[part]), int(part)] = mask
    due = {
        (feature, leaf, i): row
        for i, part in enumerate(parts)
        for feature, mask in part.allowed.items()
        for leaf, row in enumerate(mask)
        if not row.all()
    }
    assert due.keys() == restricted.keys()
    assert all((restricted[key] == row).all() for key, row in due.items())
    assert flat.work == sum(int(row.sum()) for row in due.values()) + int(flat.slot_starts[-1])
