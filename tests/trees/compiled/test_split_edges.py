"""Edges: at them a value goes left, and at the next number it goes right, by the code that scores."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import NUMBERS, beside, built

from riskmodel.trees import LEAF, MISSING_NAN, TreeEnsemble
from riskmodel.trees.compiled.split_edges import ZERO, category_edges, last_left

both = pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])


def stump(rules, **split):
    """One split, whose left side adds 1."""
    nodes = [
        {"feature": 0, "left": 1, "right": 2, "default_left": False, **split},
        {"feature": LEAF},
        {"feature": LEAF},
    ]
    return TreeEnsemble((built(nodes, [MISSING_NAN] * 3, [0.0, 1.0, 0.0], rules),), 0.0, 1, rules)


def left(ensemble, values):
    return ensemble.margins(np.array(values, float)[:, None]) == 1


@both
@settings(max_examples=40, deadline=None)
@given(
    threshold=st.one_of(
        st.sampled_from(NUMBERS.tolist()), st.integers(-(2**40), 2**40).map(lambda n: float(np.float32(n / 2**20)))
    )
)
def test_the_edge_is_the_last_number_that_goes_left(rules, threshold):
    ensemble = stump(rules, threshold=threshold)
    [edge] = last_left(np.array([threshold]), rules)
    assert left(ensemble, [edge, np.nextafter(edge, np.inf)]).tolist() == [True, False]
    near = np.array(beside(threshold))
    np.testing.assert_array_equal(left(ensemble, near), near <= edge)


@pytest.mark.parametrize(
    ("threshold", "edge"), [(0.0, ZERO), (ZERO, ZERO), (-ZERO, np.nextafter(-ZERO, -1)), (2 * ZERO, 2 * ZERO)]
)
def test_what_lightgbm_takes_for_zero_is_on_one_side(threshold, edge):
    assert last_left(np.array([threshold]), "lightgbm").tolist() == [edge]


def test_nothing_is_below_minus_infinity_in_xgboost():
    assert last_left(np.array([-np.inf]), "xgboost").tolist() == [-np.inf]


@both
@pytest.mark.parametrize("codes", [(0,), (3,), (0, 1, 7), (31, 32)])
def test_between_edges_of_categories_nothing_changes(rules, codes):
    """Rows at edges, beside them and in the middle between two: the answer changes at edges alone."""
    ensemble = stump(rules, set=codes)
    edges = np.unique(category_edges(np.array(codes), rules))
    for low, high in zip([-1e6, *edges], [*edges, 1e6], strict=True):
        inner = [np.nextafter(low, np.inf), (low + high) / 2, high]
        assert len(set(left(ensemble, inner).tolist())) == 1
    listed = left(ensemble, [code + part for code in codes for part in (0.0, 0.25, 0.75)])
    assert set(listed.tolist()) == {rules == "lightgbm"}
