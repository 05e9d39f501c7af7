"""Rows and outcomes by scikit-learn's own rules: two classes, parted alike, seeds of any kind."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.base import BaseEstimator

from riskmodel.api.estimators import rows
from riskmodel.errors import DataError

X = np.arange(12.0).reshape(6, 2)
FRAME = pd.DataFrame(X, columns=["a", "b"])


class Fitted(BaseEstimator):
    """Something that rows are checked for."""


def test_a_refusal_is_a_value_error_with_the_same_words():
    with pytest.raises(ValueError, match=r"^no rows$") as refused, rows.as_value_errors():
        raise DataError("no rows")
    assert isinstance(refused.value.__cause__, DataError)
    with pytest.raises(KeyError), rows.as_value_errors():
        raise KeyError("mine")


def test_a_frame_stays_a_frame_and_its_names_are_remembered():
    estimator = Fitted()
    assert rows.checked(estimator, FRAME, reset=True) is FRAME
    assert estimator.feature_names_in_.tolist() == ["a", "b"]
    with pytest.raises(ValueError, match="feature names"):
        rows.checked(estimator, FRAME[["b", "a"]], reset=False)


@pytest.mark.parametrize(
    ("given_rows", "options", "why"),
    [
        (FRAME.iloc[:0], {}, r"X must have rows, however: 0 sample\(s\)"),
        (np.array([[np.inf, 1.0]]), {}, "infinity"),
        (np.array([[np.nan, 1.0]]), {"missing": False}, "NaN"),
        (sparse.csr_matrix(X), {}, "[Ss]parse"),
        (np.array([["a", "b"]]), {}, "."),
        (np.arange(3.0), {}, "2D array"),
    ],
)
def test_what_is_no_matrix_of_numbers_is_refused(given_rows, options, why):
    with pytest.raises((ValueError, TypeError), match=why):
        rows.checked(Fitted(), given_rows, reset=True, **options)


def test_missing_and_sparse_numbers_are_taken_where_they_are_allowed():
    assert np.isnan(rows.checked(Fitted(), np.array([[np.nan, 1.0]]), reset=True)).any()
    assert sparse.issparse(rows.checked(Fitted(), sparse.csr_matrix(X), reset=True, sparse=True))


@pytest.mark.parametrize(
    ("y", "classes", "default"),
    [
        ([0, 1, 0, 1, 1, 0], [0, 1], [0, 1, 0, 1, 1, 0]),
        (list("gbgbbg"), ["b", "g"], [1, 0, 1, 0, 0, 1]),
        ([-1, 1, -1, -1, 1, 1], [-1, 1], [0, 1, 0, 0, 1, 1]),
    ],
)
def test_the_later_class_in_sorted_order_is_the_bad(y, classes, default):
    found_classes, outcome = rows.outcome(y, X)
    assert found_classes.tolist() == classes
    assert outcome.tolist() == default


@pytest.mark.parametrize(
    ("y", "why"),
    [
        (None, "requires y to be passed, but the target y is None"),
        ([0, 1, 2, 0, 1, 2], "Only binary classification is supported. The type of the target is multiclass."),
        ([0.5, 1.2, 0.1, 2, 3, 4], "continuous"),
        ([1, 1, 1, 1, 1, 1], "y must have two classes, however: 1 class"),
        ([0, 1, 0], "inconsistent"),
    ],
)
def test_other_targets_are_refused(y, why):
    with pytest.raises(ValueError, match=why):
        rows.outcome(y, X)


def test_weights_are_checked_and_need_both_classes():
    assert rows.weights(None, X) is None
    assert rows.weights([1, 0, 2, 0, 1, 1], X).tolist() == [1, 0, 2, 0, 1, 1]
    for wrong in ([1, 2], [-1.0, 1, 1, 1, 1, 1]):
        with pytest.raises(ValueError, match=r"."):
            rows.weights(wrong, X)
    default = np.array([0, 1, 0, 1, 0, 0])
    rows.require_both(default, None)
    rows.require_both(default, np.ones(6))
    with pytest.raises(ValueError, match="y must have two classes with a weight, however"):
        rows.require_both(default, np.array([1.0, 0, 1, 0, 1, 1]))


@settings(max_examples=25, deadline=None)
@given(st.integers(6, 60), st.integers(6, 60), st.sampled_from([0.25, 0.3, 0.5]), st.integers(0, 99))
def test_both_parts_have_the_same_share_of_bads_and_no_row_twice(goods, bads, share, seed):
    default = np.random.default_rng(seed).permutation(np.repeat([0, 1], [goods, bads]))
    fits, decides = rows.parted(default, share, seed)
    assert sorted([*fits, *decides]) == list(range(goods + bads))
    assert abs(default[decides].sum() - share * bads) <= 1
    assert (np.diff(fits) > 0).all()
    np.testing.assert_array_equal(rows.parted(default, share, seed)[1], decides)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, 1.5])
def test_a_share_that_leaves_nothing_is_refused(share):
    with pytest.raises(ValueError, match=rf"^holdout must be in \(0, 1\), however: {share:g}$"):
        rows.parted(np.array([0, 1] * 9), share, 0)


def test_a_seed_is_a_number_of_any_random_state():
    assert rows.seed_of(7) == rows.seed_of(np.int64(7)) == 7
    generators = [np.random.RandomState(3) for _ in range(2)]
    assert rows.seed_of(generators[0]) == rows.seed_of(generators[1])
    assert 0 <= rows.seed_of(None) < 2**31
