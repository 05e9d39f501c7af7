"""Terms of an explainable boosting machine as trees: the same margin on every row, whatever its bins are."""

import drawn_machines
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.errors import UnsupportedScorer
from riskmodel.scorers.foreign.ebm_trees import TermAxis, ensemble_of, level_codes
from riskmodel.trees import LEAF


def read(machine):
    return ensemble_of(machine, level_codes(machine))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 9999), nominal=st.booleans())
def test_the_trees_add_up_to_what_the_tables_say(seed, nominal):
    machine = drawn_machines.drawn(seed, nominal)
    rows = drawn_machines.rows(machine, 60, seed)
    np.testing.assert_array_equal(read(machine).margins(rows), drawn_machines.margins(machine, rows))


def test_each_term_is_one_tree_of_its_features_in_the_order_of_the_terms():
    machine = drawn_machines.drawn(5)
    trees = read(machine).trees
    assert len(trees) == len(machine.term_features_)
    for tree, term in zip(trees, machine.term_features_, strict=True):
        assert set(tree.used_features) <= set(term)


def test_bins_that_say_the_same_are_one_leaf_with_the_rows_of_all():
    axis = TermAxis(0, np.array([1.0, 2.0, 3.0]))
    node = axis.split([(9.0, 1.0), (5.0, 10.0), (5.0, 20.0), (7.0, 30.0), (7.0, 40.0)])
    feature, edge, missing_left, (again, same, missing_left_again, low, missing), high = node
    assert (feature, again, edge, same) == (0, 0, 2.0, 2.0)
    assert (missing_left, missing_left_again, missing) == (True, False, (9.0, 1.0))
    assert (low, high) == ((5.0, 30.0), (7.0, 70.0))


def test_rows_of_a_leaf_are_those_of_its_bins():
    machine = drawn_machines.drawn(2, nominal=False)
    machine.bin_weights_ = [weights + 1 for weights in machine.bin_weights_]  # a leaf without rows counts for one
    for tree, weights in zip(read(machine).trees, machine.bin_weights_, strict=True):
        assert tree.cover[0] == weights[tuple(slice(0, -1) for _ in weights.shape)].sum()


def test_levels_are_listed_by_the_bin_that_they_share():
    machine = drawn_machines.drawn(3, pairs=((0, 2),))
    assert level_codes(machine) == {2: {"car": 0, "debt": 1, "home": 2}}
    listed = {codes for codes in read(machine).trees[-1].sets if codes is not None}
    assert listed <= {(0, 2), (1,), (0, 1, 2)}
    assert any(tree.sets[node] for tree in read(machine).trees for node in np.flatnonzero(tree.feature == 2))


def test_a_machine_without_terms_is_its_intercept():
    machine = drawn_machines.drawn(1)
    machine.term_features_, machine.term_scores_, machine.bin_weights_ = [], [], []
    trees = read(machine)
    assert [tree.feature.tolist() for tree in trees.trees] == [[LEAF]]
    np.testing.assert_array_equal(trees.margins(np.zeros((3, 3))), [0.75] * 3)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"classes_": np.arange(3)}, "must have two classes and the link logit, however: 3, logit"),
        ({"link_": "cloglog"}, "must have two classes and the link logit, however: 2, cloglog"),
        (
            {"feature_types_in_": ["continuous", "ordinal", "nominal"]},
            "however: 'b' is ordinal; fit with feature_types",
        ),
        ({"term_features_": [(0, 1, 2)]}, "terms must have one or two features, however: 3"),
    ],
)
def test_what_no_tree_of_two_features_says_is_refused(changed, message):
    machine = drawn_machines.drawn(1)
    codes = level_codes(machine)
    vars(machine).update(changed)
    with pytest.raises(UnsupportedScorer, match=message):
        ensemble_of(machine, codes)
