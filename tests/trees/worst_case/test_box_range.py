"""Boxes of rows: no margin leaves its range, one tree's is met, and the search for the other side is exact."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import NUMBERS, built, random_ensemble, trying

from riskmodel.core import Column, Kind
from riskmodel.trees import MISSING_ZERO, TreeEnsemble
from riskmodel.trees.worst_case.box_branching import BoxSearch
from riskmodel.trees.worst_case.box_range import BoxRange
from riskmodel.trees.worst_case.cells import representatives
from riskmodel.trees.worst_case.decisions import ROUNDING

boosters = pytest.mark.parametrize("kind", ["lgbm", "xgb"])


def boxes(rows, features: tuple[Column, ...], reach: float):
    spread = np.nanstd(rows, axis=0) * [column.kind is Kind.NUMERIC for column in features]
    return rows - reach * spread, rows + reach * spread


def inside(low, high, random, count: int):
    """Rows of the boxes: ends, and between."""
    for i in range(count):
        share = random.uniform(size=low.shape) if i % 2 else random.integers(2, size=low.shape)
        yield np.where(np.isnan(low), low, low + share * (high - low))


@boosters
@pytest.mark.parametrize("reach", [0.0, 0.05, 0.5])
def test_no_margin_leaves_its_range_and_a_point_has_none(kind, reach, fitted, fresh):
    scorer, random = fitted(kind), np.random.default_rng(0)
    low, high = boxes(fresh.matrix, scorer.features, reach)
    least, most = BoxRange(scorer.ensemble)(low, high)
    margins = np.array([scorer.raw_margin(rows) for rows in inside(low, high, random, 40)])
    assert (margins >= least).all()
    assert (margins <= most).all()
    if not reach:
        np.testing.assert_allclose(least, most, atol=3e-5)


@boosters
def test_the_range_of_one_tree_is_that_of_its_leaves(kind, fitted, fresh):
    scorer, random = fitted(kind), np.random.default_rng(1)
    one = scorer.ensemble.keep_trees([3])
    low, high = boxes(fresh.matrix[:60], scorer.features, 0.3)
    least, most = BoxRange(one)(low, high)
    margins = np.array([one.margins(rows) for rows in inside(low, high, random, 3000)])
    np.testing.assert_allclose(margins.min(axis=0), least, atol=3e-5)
    np.testing.assert_allclose(margins.max(axis=0), most, atol=3e-5)


@boosters
def test_the_search_comes_to_the_end_and_agrees_with_all_rows_that_were_tried(kind, fitted, fresh):
    scorer, random = fitted(kind), np.random.default_rng(2)
    search = BoxSearch(scorer.ensemble)
    low, high = boxes(fresh.matrix, scorer.features, 0.1)
    margins = scorer.raw_margin(fresh.matrix)
    cutoff = float(np.quantile(margins, 0.8))
    near = np.argsort(np.abs(margins - cutoff))[:60]
    tried = np.array([scorer.raw_margin(rows) for rows in inside(low[near], high[near], random, 400)])
    counts = {True: 0, False: 0}
    for row, reached in zip(near, tried.T, strict=True):
        upward = margins[row] < cutoff
        answer = search(low[row], high[row], cutoff, upward=bool(upward))
        turned = (reached >= cutoff).any() if upward else (reached < cutoff).any()
        assert answer.sure
        assert answer.witness is not None or not turned
        if answer.witness is not None:
            witness = answer.witness[None]
            assert (scorer.raw_margin(witness)[0] >= cutoff) == upward
            same = (witness == low[row]) | ((witness >= low[row]) & (witness <= high[row])) | np.isnan(low[row])
            assert same.all()
        counts[answer.witness is not None] += 1
    assert min(counts.values()) >= 5


RULES = st.sampled_from(["lightgbm", "xgboost"])


def small_boxes(ensemble, seed, count=12):
    """Boxes from one odd row to another; the category, and what is missing in one of the two, stay as they are."""
    one, other = trying(ensemble, count, seed), trying(ensemble, count, seed + 1)
    stays = np.isnan(one) | np.isnan(other)
    stays[:, 2] = True
    other = np.where(stays, one, other)
    return np.minimum(one, other), np.maximum(one, other)


def all_rows(ensemble, low, high):
    """A row of every kind that lies in a box."""
    columns = [
        np.unique([*column[(column >= a) & (column <= b)], a, b]) if a != b and a == a else np.array([a])  # noqa: PLR0124
        for column, a, b in zip(representatives([ensemble]), low, high, strict=True)
    ]
    return np.array(list(product(*columns)))


@given(st.integers(0, 10_000), RULES, st.integers(1, 3))
@settings(max_examples=25, deadline=None)
def test_no_row_of_any_box_passes_the_range_of_any_trees(seed, rules, trees):
    ensemble = random_ensemble(seed, rules, trees=trees)
    low, high = small_boxes(ensemble, seed)
    least, most = BoxRange(ensemble)(low, high)
    for box in zip(low, high, least, most, strict=True):
        margins = ensemble.margins(all_rows(ensemble, *box[:2]))
        assert box[2] <= margins.min()
        assert margins.max() <= box[3]


@given(st.integers(0, 10_000), RULES)
@settings(max_examples=25, deadline=None)
def test_of_one_split_some_row_meets_each_end(seed, rules):
    """But for zeros that are missing, which stand out of the order of numbers."""
    draw = np.random.default_rng(seed)
    tree = next(t for t in random_ensemble(seed, rules, trees=60, missing=(0, 2)).trees if t.n_leaves == 2)
    ensemble = replace(random_ensemble(seed, rules, trees=1), trees=(tree,), intercept=float(draw.choice(NUMBERS)))
    low, high = small_boxes(ensemble, seed)
    least, most = BoxRange(ensemble)(low, high)
    for box in zip(low, high, least, most, strict=True):
        margins = ensemble.margins(all_rows(ensemble, *box[:2]))
        assert margins.min() - box[2] == pytest.approx(ROUNDING[rules], rel=1e-3)
        assert box[3] - margins.max() == pytest.approx(ROUNDING[rules], rel=1e-3)


@pytest.mark.parametrize(("at", "default_left"), [(-0.5, True), (0.5, False)])
@pytest.mark.parametrize("zero", [0.0, 1e-36, -1e-36])
@pytest.mark.parametrize("far", [-1.0, 1.0])
def test_a_box_that_ends_at_a_zero_that_is_missing_has_the_numbers_before_it_too(at, default_left, zero, far):
    """Zero goes with the far end; what lies between them and the split does not."""
    root = {"feature": 0, "threshold": at, "left": 1, "right": 2, "default_left": default_left}
    tree = built(
        [root, *({"feature": -1, "cover": 1.0} for _ in "ab")], [MISSING_ZERO] * 3, [0.0, 3.0, 7.0], "lightgbm"
    )
    low, high = np.array([[min(zero, far)]]), np.array([[max(zero, far)]])
    ensemble = TreeEnsemble((tree,), 0.0, 1, "lightgbm")
    margins = ensemble.margins(np.linspace(low[0], high[0], 101))
    (least,), (most,) = BoxRange(ensemble)(low, high)
    assert least <= margins.min() <= margins.max() <= most
