"""Every beginning of an order is a fair part."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.pruning.algorithms.rows import draws


@settings(max_examples=40, deadline=None)
@given(
    codes=st.lists(st.integers(0, 3), min_size=5, max_size=120),
    share=st.floats(0.05, 1),
    seed=st.integers(0, 1000),
)
def test_any_share_of_the_largest_has_the_share_of_each_stratum_within_a_row(codes, share, seed):
    strata = np.array(codes)
    importance = draws.shuffled(strata, seed)
    count = int(share * len(strata))
    kept = np.argsort(-importance)[:count]
    for code in np.unique(strata):
        expected = (strata == code).sum() * count / len(strata)
        assert abs((strata[kept] == code).sum() - expected) <= len(np.unique(strata)) + 1


def test_the_chance_to_be_drawn_is_in_proportion_to_size_and_at_most_one():
    size = np.array([10.0, 1.0, 1.0, 2.0, 0.5])
    chance = draws.inclusion(size, 3)
    assert chance.sum() == pytest.approx(3)
    assert chance[0] == 1
    np.testing.assert_allclose(chance[1:] / size[1:], chance[1] / size[1])


def test_weights_by_one_over_the_chance_give_back_totals():
    """Over 3,000 draws the estimated total is the true one, within 1 %; rows come as often as their chance says."""
    random = np.random.default_rng(0)
    size, value = random.gamma(2, 1, 60), random.normal(5, 1, 60)
    chance, total, times = draws.inclusion(size, 20), [], np.zeros(60)
    for seed in range(3000):
        kept = np.argsort(-draws.by_chance(size, seed))[:20]
        total.append((value[kept] / chance[kept]).sum())
        times[kept] += 1
    assert np.mean(total) == pytest.approx(value.sum(), rel=0.01)
    np.testing.assert_allclose(times / 3000, chance, atol=0.06)


def test_smaller_draws_are_parts_of_larger_ones_of_the_same_seed():
    importance = draws.by_chance(np.arange(1.0, 50.0), 3)
    order = np.argsort(-importance)
    assert set(order[:10]) < set(order[:25])
