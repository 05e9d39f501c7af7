"""Trees as the terms of a machine: looked up in its tables, every row has the margin that the trees gave it."""

from dataclasses import replace
from itertools import count

import drawn_machines
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import random_ensemble

from riskmodel.errors import UnsupportedScorer
from riskmodel.scorers.foreign.ebm_terms import rebuilt
from riskmodel.scorers.foreign.ebm_trees import ensemble_of, level_codes
from riskmodel.trees import MISSING_NAN


def there_and_back(machine):
    codes = level_codes(machine)
    return rebuilt(machine, ensemble_of(machine, codes), codes)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 9999), nominal=st.booleans())
def test_a_machine_made_of_its_own_trees_says_the_same(seed, nominal):
    machine = drawn_machines.drawn(seed, nominal)
    rows = drawn_machines.rows(machine, 60, seed)
    again = drawn_machines.margins(there_and_back(machine), rows)
    np.testing.assert_allclose(again, drawn_machines.margins(machine, rows), atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 9999))
def test_any_trees_of_two_numbers_become_tables_that_say_the_same(seed):
    trees = random_ensemble(seed, "lightgbm", features=(0, 1), missing=(MISSING_NAN,))
    machine = drawn_machines.drawn(seed, nominal=False)
    rows = drawn_machines.rows(machine, 60, seed)
    made = rebuilt(machine, trees, {})
    np.testing.assert_allclose(drawn_machines.margins(made, rows), trees.margins(rows), atol=1e-9)
    assert len({tuple(term) for term in made.term_features_}) == len(made.term_features_)
    assert [len(term) for term in made.term_features_] == sorted(len(term) for term in made.term_features_)


def test_the_given_machine_stays_and_the_new_one_has_as_many_bags():
    machine = drawn_machines.drawn(8)
    before = [scores.copy() for scores in machine.term_scores_]
    made = there_and_back(machine)
    assert made is not machine
    for scores, kept in zip(machine.term_scores_, before, strict=True):
        np.testing.assert_array_equal(scores, kept)
    for scores, bagged, spread in zip(made.term_scores_, made.bagged_scores_, made.standard_deviations_, strict=True):
        np.testing.assert_array_equal(bagged, np.stack([scores, scores]))
        np.testing.assert_array_equal(spread, np.zeros_like(scores))


def test_a_term_has_a_mean_of_zero_over_its_rows_and_the_intercept_the_rest():
    machine = drawn_machines.drawn(8, nominal=False)
    for weights in machine.bin_weights_:
        weights[tuple(slice(0, -1) for _ in weights.shape)] += 1
        for axis in range(weights.ndim):
            np.moveaxis(weights, axis, 0)[-1] = 0  # no row of numbers is of no value's bin
    made = there_and_back(machine)
    for scores, weights in zip(made.term_scores_, made.bin_weights_, strict=True):
        assert np.average(scores, weights=weights) == pytest.approx(0, abs=1e-9)
        assert not scores[-1].any()


def test_rows_move_with_their_bins_and_none_gets_lost():
    machine = drawn_machines.drawn(11)
    made = there_and_back(machine)
    old = dict(zip(machine.term_features_, machine.bin_weights_, strict=True))
    for term, weights in zip(made.term_features_, made.bin_weights_, strict=True):
        assert weights.sum() == pytest.approx(old[tuple(term)].sum())
        assert (weights >= 0).all()


def test_levels_that_shared_a_bin_have_even_parts_of_its_rows():
    machine = drawn_machines.drawn(4, pairs=((0, 2),))
    machine.bins_[2] = [{"car": 1, "debt": 1, "home": 2}, machine.bins_[2][1]]
    machine.term_scores_[2] = np.array([1.0, 2.0, 3.0, 1.0])
    machine.bin_weights_[2] = np.array([5.0, 30.0, 7.0, 2.0])
    made = there_and_back(machine)
    place = made.term_features_.index((2,))
    np.testing.assert_array_equal(made.bin_weights_[place], [5, 15, 15, 7, 2])


def test_trees_without_a_split_are_in_the_intercept():
    machine = drawn_machines.drawn(6, nominal=False)
    trees = random_ensemble(6, "lightgbm", features=(0,), missing=(MISSING_NAN,))
    leaves = tuple(tree.with_leaves({0: 1.5}) for tree in trees.trees[:2])
    made = rebuilt(machine, replace(trees, trees=leaves, intercept=0.25), {})
    assert made.term_features_ == []
    np.testing.assert_array_equal(made.intercept_, [3.25])
    np.testing.assert_array_equal(made.bagged_intercept_, [3.25, 3.25])


def test_a_tree_of_three_features_has_no_place():
    trees = random_ensemble(1, "lightgbm", features=(0, 1), missing=(MISSING_NAN,))
    largest = max(trees.trees, key=len)
    feature = largest.feature.copy()
    feature[np.flatnonzero(feature >= 0)[:3]] = [0, 1, 2]
    trees = replace(trees, trees=(replace(largest, feature=feature),))
    with pytest.raises(UnsupportedScorer, match="terms are of one or two features; another tree has no place in it"):
        rebuilt(drawn_machines.drawn(1, nominal=False), trees, {})


def test_where_no_two_bins_say_the_same_every_row_stays_in_its_bin():
    """The second pair is given the other way round."""
    drawn = (drawn_machines.drawn(seed, nominal=False, pairs=((0, 1), (2, 1))) for seed in count())
    machine = next(one for one in drawn if all(len(cuts) for levels in one.bins_ for cuts in levels))
    machine.term_scores_ = [
        np.arange(scores.size, dtype=float).reshape(scores.shape) for scores in machine.term_scores_
    ]
    made = there_and_back(machine)
    new = dict(zip(made.term_features_, made.bin_weights_, strict=True))
    for term, weights in zip(machine.term_features_, machine.bin_weights_, strict=True):
        due = weights if term == tuple(sorted(term)) else weights.T
        np.testing.assert_array_equal(new[tuple(sorted(term))], due)
