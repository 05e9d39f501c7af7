"""Boxes of rows: no margin leaves its range, one tree's is met, and the search for the other side is exact."""

import numpy as np
import pytest

from riskmodel.core import Column, Kind
from riskmodel.trees.worst_case.box_branching import BoxSearch
from riskmodel.trees.worst_case.box_range import BoxRange

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
