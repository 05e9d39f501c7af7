"""Which features may go: by name, never both ways, and as many stay as a share leaves."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from riskmodel.core import Column
from riskmodel.errors import RiskModelError
from riskmodel.pruning.algorithms.features.lists import FeatureLists, feature_lists, prices

FEATURES = tuple(Column(name) for name in "abcde")


def lists(keep=(), drop=(), keeps=(0.5,)):
    return feature_lists(FEATURES, keep, drop, keeps)


def test_names_become_places_and_the_others_are_free():
    made = lists(["d", "a"], ["c"])
    assert (made.must_keep, made.must_drop, made.free) == ((0, 3), (2,), (1, 4))


@pytest.mark.parametrize(
    ("keep", "drop", "why"),
    [
        (["x"], [], "must_keep must name features of the model, however: 'x' is none"),
        ([], ["z", "a", "y"], "must_drop must name features of the model, however: 'y', 'z' are none$"),
        (["b", "a"], ["b"], "a feature must stay or go, however: 'b' is in must_keep and in must_drop"),
        ([], "abcde", "must_drop must leave a feature, however: it names all 5"),
        ("abcde", [], "must_keep must leave a feature that can go, however: it names all 5"),
    ],
)
def test_what_cannot_be_is_refused(keep, drop, why):
    with pytest.raises(RiskModelError, match=why):
        lists(keep, drop)


@pytest.mark.parametrize("keeps", [(), (1.0,)])
def test_all_may_have_to_stay_where_nothing_is_to_go(keeps):
    assert lists("abcde", keeps=keeps).free == ()


def test_those_that_go_last_stay_beside_those_that_must():
    decision = lists(["a"], ["c"]).decision(0.6, [4, 1, 3])
    assert decision.kept == (0, 1, 3)
    assert np.argsort(decision.importance).tolist() == [2, 4, 1, 3, 0]
    assert decision.units == tuple("abcde")


def test_a_share_that_must_keep_does_not_fit_into_is_refused():
    with pytest.raises(RiskModelError, match=r"must leave the 3 features of must_keep, however: 0\.4 leaves 2"):
        lists("abc").decision(0.4, [3, 4])


def test_what_must_go_goes_even_where_all_is_kept():
    assert lists([], ["b", "e"]).decision(1.0, [0, 2, 3]).kept == (0, 2, 3)


@pytest.mark.parametrize("keep", [0.0, 1.5, -1.0, float("nan")])
def test_a_share_is_in_0_to_1(keep):
    with pytest.raises(RiskModelError, match=r"keep must be in \(0, 1\], however:"):
        lists().decision(keep, [0, 1, 2, 3, 4])


@given(st.integers(1, 40))
@example(22)  # 15 / 22 * 22 is a bit below 15
def test_as_many_stay_as_the_share_says_and_one_at_least(count):
    made = FeatureLists(tuple(map(str, range(count))), (), ())
    for wanted in range(1, count + 1):
        assert made.count(wanted / count) == len(made.decision(wanted / count, range(count)).kept) == wanted
    assert len(made.decision(1e-9, range(count)).kept) == 1


@given(st.permutations(range(7)))
def test_smaller_shares_keep_parts_of_larger_ones(going):
    made = FeatureLists(tuple("abcdefg"), (), ())
    kept = [set(made.decision(keep, going).kept) for keep in (0.2, 0.5, 0.9)]
    assert kept[0] < kept[1] < kept[2]


def test_a_price_is_one_and_the_weight_of_what_a_feature_costs():
    columns = [Column("free"), Column("bureau", cost=2.5)]
    np.testing.assert_array_equal(prices(columns, 0.0), [1, 1])
    np.testing.assert_array_equal(prices(columns, 4.0), [1 + 4 * columns[0].cost, 11])
