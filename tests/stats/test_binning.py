"""Bins whose edges come from the reference alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.stats.binning import binned, edge_words, edges

VALUES = st.lists(st.one_of(st.integers(-3, 3), st.just(float("nan"))), min_size=1, max_size=40)


@given(VALUES, st.integers(1, 12))
def test_no_bin_of_the_reference_is_empty_and_missing_values_have_the_last(values, parts):
    values = np.array(values, dtype=float)
    inner = edges(values, parts)
    bins = binned(values, inner)
    known = ~np.isnan(values)
    assert set(bins[~known]) <= {len(inner) + 1}
    assert set(bins[known]) == (set(range(len(inner) + 1)) if known.any() else set())
    assert len(inner) < parts or not len(inner)


def test_equal_counts_without_ties():
    values = np.random.default_rng(0).permutation(100).astype(float)
    assert np.bincount(binned(values, edges(values, 10))).tolist() == [10] * 10


def test_an_edge_has_no_exponent_where_a_person_would_write_none():
    assert [edge_words(edge) for edge in (62216.7, -4685.0, 999.94, 0.6126, 41.0)] == [
        "62,217",
        "-4,685",
        "999.9",
        "0.6126",
        "41",
    ]
