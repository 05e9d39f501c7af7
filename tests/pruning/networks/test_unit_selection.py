from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import drawn_network

from riskmodel.errors import RiskModelError
from riskmodel.pruning.algorithms.networks.unit_selection import Standing, check_finite, ranked, strongest

importances = st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=6).map(np.array), min_size=1, max_size=4)


def whole(scores):
    return Standing(drawn_network(), tuple(np.arange(np.size(score)) for score in scores))


@given(importances, st.integers(0, 24))
def test_every_layer_keeps_its_strongest_and_the_rest_go_by_importance(importance, count):
    stay = strongest(importance, count)
    total = sum(len(layer) for layer in importance)
    assert sum(map(len, stay)) == min(total, max(count, len(importance)))
    for layer, kept in zip(importance, stay, strict=True):
        assert layer[kept].max() == layer.max()
        assert list(kept) == sorted(set(kept.tolist()))


@given(importances, st.integers(1, 23))
def test_a_smaller_count_keeps_a_subset(importance, count):
    less, more = strongest(importance, count), strongest(importance, count + 1)
    assert all(set(a.tolist()) <= set(b.tolist()) for a, b in zip(less, more, strict=True))


def test_scopes_compare_over_all_in_a_layer_or_in_a_row():
    scores = [np.array([[1.0, 2.0], [30.0, 40.0]]), np.array([[5.0, 6.0]])]
    layer, other = ranked(whole(scores).units, scores, "layer", 0.05)
    np.testing.assert_array_equal((*layer, *other), [0.25, 0.5, 0.75, 1, 0.5, 1])
    layer, other = ranked(whole(scores).units, scores, "row", 0.05)
    np.testing.assert_array_equal((*layer.ravel(), *other.ravel()), [0.5, 1, 0.5, 1, 0.5, 1])
    layer, other = ranked(whole(scores).units, scores, "global", 0.0)
    np.testing.assert_allclose((*layer, *other), np.array([1, 2, 5, 6, 3, 4]) / 6)


def test_the_floor_lifts_each_layers_strongest_above_all_others():
    scores = [np.arange(10.0), 100 + np.arange(10.0)]
    faint, _ = ranked(whole(scores).units, scores, "global", 0.2)
    assert sorted(np.argsort(-faint)[:2].tolist()) == [8, 9]
    assert (faint > 1).sum() == 2


def test_only_what_stands_is_compared():
    scores = [np.array([[1.0, 9.0, 2.0]]), np.array([3.0, 4.0])]
    standing = replace(whole(scores), units=(np.array([0, 2]), np.array([0, 1])))
    first, second = ranked(standing.units, scores, "layer", 0.05)
    np.testing.assert_array_equal((*first, *second), [0.5, 1, 0.5, 1])


def test_weights_that_are_no_numbers_are_told_by_their_array():
    network = drawn_network()
    head = network.head.copy()
    head[0, :2] = np.nan, np.inf
    broken = network.with_matrices((*network.weights, head))
    with pytest.raises(RiskModelError, match="neurons needs a network of finite weights, however: 2 of head are not"):
        check_finite(broken, "neurons")
    check_finite(network, "neurons")
