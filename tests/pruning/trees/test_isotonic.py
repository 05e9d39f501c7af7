"""The one-pass projection against a generic solver."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import random_tree
from scipy.optimize import LinearConstraint, minimize

from riskmodel.pruning.algorithms.trees.isotonic import in_order
from riskmodel.pruning.algorithms.trees.layout import laid_out


def pairs(layout):
    """(lower leaf, upper leaf) for each constraint."""
    results = []
    for split in np.flatnonzero(layout.order):
        left, right = layout.below(int(layout.left[split])), layout.below(int(layout.right[split]))
        lower, upper = (left, right) if layout.order[split] > 0 else (right, left)
        results += [(a, b) for a in lower for b in upper]
    return results


def drawn(seed):
    draw = np.random.default_rng(seed)
    layout = laid_out(random_tree(draw, "lightgbm", int(draw.integers(1, 9))), (1, -1, 0))
    leaves = len(layout.leaves)
    return layout, draw.normal(size=leaves), draw.uniform(0.1, 2, leaves)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_values_are_the_weighted_projection(seed):
    layout, wished, weight = drawn(seed)
    ours, order = in_order(layout, wished, weight), pairs(layout)
    if order:
        rows = np.zeros((len(order), len(wished)))
        for row, (lower, upper) in zip(rows, order, strict=True):
            row[[lower, upper]] = -1, 1
        theirs = minimize(
            lambda x: weight @ (x - wished) ** 2,
            np.zeros(len(wished)),
            jac=lambda x: 2 * weight * (x - wished),
            constraints=LinearConstraint(rows, 0, np.inf),
            method="SLSQP",
            options={"maxiter": 500, "ftol": 1e-14},
        )
        np.testing.assert_allclose(ours, theirs.x, atol=2e-5)
    else:
        np.testing.assert_array_equal(ours, wished)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_order_holds_to_the_last_bit_and_what_is_in_order_stays(seed):
    layout, wished, weight = drawn(seed)
    ours = in_order(layout, wished, weight)
    assert all(ours[lower] <= ours[upper] for lower, upper in pairs(layout))
    np.testing.assert_array_equal(in_order(layout, ours, weight), ours)
