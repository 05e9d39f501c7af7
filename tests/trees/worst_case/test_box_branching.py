"""The search of a box answers as trying out every cell of it does."""

from itertools import product

import numpy as np
import pytest
from random_trees import random_ensemble

from riskmodel.trees.worst_case import box_branching
from riskmodel.trees.worst_case.box_branching import BoxSearch
from riskmodel.trees.worst_case.cells import representatives

both = pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
NUMBERS = {"features": (0, 1), "missing": (0, 2)}


def inside(ensemble, low, high):
    """Margins of every cell of a box, and of its corners."""
    columns = [
        np.unique([*column[(column >= a) & (column <= b)], a, b])
        for column, a, b in zip(representatives([ensemble]), low, high, strict=True)
    ]
    return ensemble.margins(np.array(list(product(*columns))))


@both
@pytest.mark.parametrize("seed", range(5))
def test_it_answers_as_all_cells_do(rules, seed):
    ensemble = random_ensemble(seed, rules, **NUMBERS)
    draw, search = np.random.default_rng(seed), BoxSearch(ensemble)
    for _ in range(6):
        low = np.float32(draw.normal(size=3) * 2).astype(float)
        high = low + np.float32(draw.exponential(size=3)).astype(float)
        high = np.float32(high).astype(float)
        margins = inside(ensemble, low, high)
        for cutoff in (margins.min() - 0.5, np.median(margins) + 0.25, margins.max() - 0.5, margins.max() + 0.5):
            for upward in (True, False):
                answer = search(low, high, cutoff, upward=upward)
                exists = bool((margins >= cutoff).any() if upward else (margins < cutoff).any())
                if not answer.sure:  # LightGBM takes many numbers around 0 for 0, which intervals do not part
                    assert rules == "lightgbm"
                    assert ((low <= 0) & (high >= 0)).any()
                    continue
                assert (answer.witness is not None) == exists
                if answer.witness is not None:
                    [margin] = ensemble.margins(answer.witness[None])
                    assert (margin >= cutoff) == upward
                    assert (low <= answer.witness).all()
                    assert (answer.witness <= high).all()


def test_a_search_that_is_cut_short_says_that_it_is_not_sure(monkeypatch):
    ensemble = random_ensemble(1, "lightgbm", **NUMBERS)
    low, high = np.full(3, -5.0), np.full(3, 5.0)
    margins = inside(ensemble, low, high)
    monkeypatch.setattr(box_branching, "MOST", 1)
    answer = BoxSearch(ensemble)(low, high, float(margins.max()), upward=True)
    assert (answer.witness, answer.sure) == (None, False)
