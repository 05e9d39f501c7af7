"""Bins hold what they say, and their weight of evidence is a count that anybody can repeat."""

from math import inf, log, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.core import Column, Kind
from riskmodel.scorers.scorecard.binning import FeatureBins, by_level, by_tree, count, in_direction, weight_of_evidence

PURPOSE = Column("purpose", kind=Kind.CATEGORICAL, categories=("boat", "car", "debt", "home"))


@given(
    edges=st.lists(st.floats(-9, 9), unique=True, max_size=9).map(sorted),
    values=st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=30),
)
def test_a_number_lies_in_the_first_bin_whose_edge_it_does_not_pass(edges, values):
    values = [*values, *edges]
    slow = [
        len(edges) + 1 if np.isnan(v) else next((i for i, edge in enumerate(edges) if v <= edge), len(edges))
        for v in values
    ]
    bins = FeatureBins(edges=tuple(edges))
    assert bins.of(np.array(values)).tolist() == slow
    assert [bins.of_one(value) for value in values] == slow


def test_a_category_lies_in_the_bin_of_its_level_and_anything_else_is_missing():
    bins = FeatureBins(groups=(1, 0, 1))
    codes = [0, 1, 2, nan, 3, -1, inf]
    assert bins.of(np.array(codes)).tolist() == [bins.of_one(code) for code in codes] == [1, 0, 1, 2, 2, 2, 2]


def test_labels_name_every_bin():
    assert FeatureBins(edges=(0.5, 2)).labels(Column("x")) == ("<= 0.5", "(0.5, 2]", "> 2", "missing")
    assert FeatureBins().labels(Column("x")) == ("any", "missing")
    assert FeatureBins(groups=(0, 2, 2, 1)).labels(PURPOSE) == ("boat", "home", "car, debt", "missing")


def test_a_tree_finds_the_step_and_respects_the_least_share():
    draw = np.random.default_rng(0)
    x = draw.uniform(size=4000)
    bads = (draw.random(4000) < np.where(x > 0.7, 0.6, 0.1)).astype(np.int8)
    assert by_tree(x, bads, max_bins=2, min_share=0.05).edges == pytest.approx((0.7,), abs=0.01)
    bins = by_tree(x, bads, max_bins=8, min_share=0.1)
    rows, _ = count(bins.of(x), bads, len(bins))
    assert len(bins) <= 9
    assert rows[:-1].min() >= 400


@pytest.mark.parametrize("values", [[nan] * 9, [3.0] * 9, [3.0] * 5 + [nan] * 4, [inf] * 9])
def test_values_without_a_difference_are_one_bin_and_missing(values):
    bins = by_tree(np.array(values), np.array([0, 1, 0, 1, 0, 1, 0, 1, 0], np.int8), max_bins=4, min_share=0.1)
    assert bins == FeatureBins()


def test_rare_levels_share_a_bin_with_those_never_seen():
    values = np.repeat([0.0, 1.0, 2.0, nan], [50, 1, 45, 4])
    bins = by_level(values, PURPOSE, rare_share=0.02)
    assert bins.labels(PURPOSE) == ("boat", "debt", "car, home", "missing")
    assert by_level(values, PURPOSE, rare_share=0.0).labels(PURPOSE) == ("boat", "car", "debt", "home", "missing")


@pytest.mark.parametrize("direction", [-1, 1])
def test_a_direction_is_kept_in_every_bin(direction):
    draw = np.random.default_rng(1)
    x = draw.normal(size=3000)
    bads = (draw.random(3000) < 0.2 + 0.1 * np.sin(4 * x) + 0.1 * (x > 0) * direction).astype(np.int8)
    free = by_tree(x, bads, max_bins=10, min_share=0.03)
    bins = in_direction(free, x, bads, direction, smoothing=1.0)
    woe = weight_of_evidence(*count(bins.of(x), bads, len(bins)), smoothing=1.0)[:-1]
    assert (np.diff(woe) * direction >= 0).all()
    assert 3 <= len(bins) < len(free)
    assert set(bins.edges) < set(free.edges)


def test_the_weight_of_evidence_is_a_direct_count():
    codes = np.array([0, 0, 0, 1, 1, 1, 1, 2])
    bads = np.array([1, 0, 0, 1, 1, 1, 0, 0], np.int8)
    rows, bad = count(codes, bads, 4)
    woe = weight_of_evidence(rows, bad, smoothing=2.0)
    slow = []
    for bin_ in range(4):
        of_bads = sum(1 for c, b in zip(codes, bads, strict=True) if c == bin_ and b) + 2.0 * 4 / 8
        of_goods = sum(1 for c, b in zip(codes, bads, strict=True) if c == bin_ and not b) + 2.0 * 4 / 8
        slow.append(log(of_bads / 4) - log(of_goods / 4))
    np.testing.assert_allclose(woe, slow, atol=1e-15)
    assert woe[3] == 0  # a bin without rows says nothing
