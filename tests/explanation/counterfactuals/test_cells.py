"""Cells of random trees against the slow version: every value there is, scored by walking the trees again."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import random_ensemble, trying

from riskmodel.core import Column
from riskmodel.explanation.counterfactuals.bounds import Bounds
from riskmodel.explanation.counterfactuals.cells import ROUNDING, Cells
from riskmodel.trees import MISSING_NAN, TreePart

FEATURES = (Column("a"), Column("b"), Column("c"))
LOW, HIGH = -2.25, 1.5
BOUNDED = tuple(Column(name, low=LOW, high=HIGH) for name in "abc")


def parts_of(seed, rules="lightgbm", **how):
    """Two ensembles, one at half weight; of LightGBM's no zero counts as missing unless asked for."""
    how = {"missing": (MISSING_NAN, 0), **how} if rules == "lightgbm" else how
    return tuple(TreePart(random_ensemble(seed + i, rules, **how), weight) for i, weight in enumerate((1.0, 0.5)))


def margins(parts, rows):
    return sum(part.weight * part.ensemble.margins(rows) for part in parts)


def plain_rows(parts, rows=25, seed=0):
    """Rows at and beside the thresholds, without infinite numbers."""
    matrix = trying(parts[0].ensemble, rows, seed)
    return np.where(np.abs(matrix) > 1e6, 3.0, matrix)


def every_value(parts, feature):
    """At, just below and just above each threshold of a feature, in both precisions, and far out."""
    values = [-1e9, 1e9]
    for part in parts:
        for tree in part.ensemble.trees:
            asked = [n for n in np.flatnonzero(tree.feature == feature) if tree.sets[n] is None]
            for threshold in tree.threshold[asked]:
                single = np.float32(threshold)
                values += [threshold, np.nextafter(threshold, np.inf), np.nextafter(threshold, -np.inf), float(single)]
                values += [float(np.nextafter(single, np.float32(end))) for end in (np.inf, -np.inf)]
    return np.array(values)


def slow(parts, row, feature, limit, bounds):
    """The nearest allowed value at which the margin changes by at most the limit, how far it is, or infinitely far."""
    values = np.append(every_value(parts, feature), [end for end in (LOW, HIGH) if bounds.high[feature] < np.inf])
    values = values[bounds.allowed(feature, row[feature], values)]
    changed = np.tile(row, (len(values), 1))
    changed[:, feature] = values
    change = margins(parts, changed) - margins(parts, row[None])[0]
    near = np.abs(values[change <= limit] - row[feature])
    return near.min() if len(near) else np.inf


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
@pytest.mark.parametrize("features", [FEATURES, BOUNDED])
@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 5_000), wanted=st.sampled_from([-0.5, -1.0, -2.5]))
def test_the_nearest_number_is_that_of_a_slow_search(rules, features, seed, wanted):
    parts = parts_of(seed, rules)
    rows, bounds = plain_rows(parts), Bounds.of(features, {})
    cells = Cells.of(parts, 3)
    answers = cells.nearest(rows, np.full(len(rows), wanted + ROUNDING), bounds)
    for row, answer in zip(rows, answers, strict=True):
        for feature in range(3):
            if not cells.exact[feature] or np.isnan(row[feature]):
                assert np.isnan(answer[feature])
                continue
            distance = slow(parts, row, feature, wanted, bounds)
            if np.isnan(answer[feature]):
                assert distance == np.inf
                continue
            assert bounds.allowed(feature, row[feature], answer[[feature]]).all()
            changed = row.copy()
            changed[feature] = answer[feature]
            assert margins(parts, changed[None])[0] - margins(parts, row[None])[0] <= wanted + 1e-8
            assert abs(answer[feature] - row[feature]) <= distance + 2e-7 * max(1, abs(answer[feature]))


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
def test_candidates_are_one_of_every_other_cell_the_nearest_first(rules):
    parts = parts_of(7, rules)
    cells = Cells.of(parts, 3)
    for feature in (0, 1):
        own = cells.edges[cells.starts[feature] : cells.starts[feature + 1]]
        for value in (-5.0, 0.25, float(own[0]), 9.0):
            candidates = cells.candidates(feature, value)
            assert len(candidates) == len(own)
            assert (np.diff(np.abs(candidates - value)) >= 0).all()
            cell_of = np.searchsorted(own, candidates)
            assert sorted([*cell_of, np.searchsorted(own, value)]) == list(range(len(own) + 1))


def test_edges_rise_and_have_a_number_on_either_side():
    cells = Cells.of(parts_of(3), 3)
    for feature in range(3):
        own = slice(cells.starts[feature], cells.starts[feature + 1])
        edges, below, above = cells.edges[own], cells.below[own], cells.above[own]
        assert (np.diff(edges) > 0).all()
        assert (below <= edges).all()
        assert (above > edges).all()
    assert cells.starts[-1] == len(cells.edges)


def test_a_feature_that_is_asked_otherwise_than_by_a_comparison_is_not_exact():
    zero_is_missing = Cells.of(parts_of(1, missing=(1,)), 3)
    assert not zero_is_missing.exact.any()
    assert Cells.of(parts_of(1, features=(0, 1)), 3).exact.tolist() == [True, True, True]
    assert Cells.of(parts_of(1, features=(0, 2)), 3).exact.tolist() == [True, True, False]


def test_trees_without_a_split_have_no_cells():
    lone = (TreePart(random_ensemble(0, "lightgbm", 0)),)
    cells = Cells.of(lone, 3)
    assert len(cells.edges) == 0
    assert cells.candidates(0, 1.0).tolist() == []
    assert np.isnan(cells.nearest(np.zeros((2, 3)), np.full(2, -1.0), Bounds.of(FEATURES, {}))).all()


def test_no_row_has_no_answer():
    cells = Cells.of(parts_of(2), 3)
    assert cells.nearest(np.empty((0, 3)), np.empty(0), Bounds.of(FEATURES, {})).shape == (0, 3)
