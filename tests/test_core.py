"""The words keep their promises: rankings nest, plans survive JSON, the test sample opens once."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import FEATURES, drawn

from riskmodel.core import Choice, PruningPlan, Ranking, Sealed, canonical
from riskmodel.errors import TestIsSealed as Refused

KEEPS = st.floats(0.01, 1.0)


@given(st.lists(st.tuples(st.floats(-5, 5), st.integers(1, 9)), min_size=1, max_size=30), KEEPS, KEEPS)
def test_a_smaller_share_keeps_a_subset_within_its_cost(units, one, other):
    importance, cost = (np.array(values, float) for values in zip(*units, strict=True))
    ranking = Ranking(tuple(map(str, range(len(units)))), importance, cost)
    small, large = (ranking.strongest(keep) for keep in sorted((one, other)))
    assert set(small) <= set(large)
    assert small
    assert len(small) == 1 or cost[list(small)].sum() <= min(one, other) * cost.sum() * (1 + 1e-9)
    assert ranking.strongest(1.0) == tuple(range(len(units)))


def test_the_most_important_stay_in_their_own_order():
    ranking = Ranking(tuple("abcd"), np.array([1.0, 4.0, 2.0, 3.0]), np.ones(4))
    assert ranking.strongest(0.5) == (1, 3)


PLAN = PruningPlan("trees", {"rows": 3}, "tree", 0.5, ("a", "b", "c"), (0.1, 3.0, 2.0), (1, 2), "ab" * 32)


def test_a_plan_says_what_goes_and_survives_json():
    assert PLAN.dropped == (0,)
    assert PruningPlan.from_json(PLAN.to_json()) == PLAN


def test_the_test_sample_opens_once_to_a_choice():
    sealed = Sealed(drawn(5, 0))
    with pytest.raises(Refused):
        sealed.open(Choice(""))
    assert len(sealed.open(Choice("a", ("a/half",)))) == 5
    with pytest.raises(Refused):
        sealed.open(Choice("a", ("a/half",)))


def test_columns_come_in_the_order_asked_for():
    sample = drawn(7, 0)
    wanted = (FEATURES[3], FEATURES[0])
    np.testing.assert_array_equal(sample.columns(wanted), sample.matrix[:, [3, 0]])


def test_taking_rows_takes_all_that_belongs_to_them():
    sample = replace(drawn(9, 0), attributes={"sex": np.arange(9)})
    some = sample.take(np.array([4, 1]), "two")
    assert (len(some), some.name) == (2, "two")
    assert some.attributes["sex"].tolist() == some.rows.tolist() == [4, 1]
    np.testing.assert_array_equal(some.matrix, sample.matrix[[4, 1]])


def test_json_has_one_spelling_and_no_nan():
    assert canonical({"b": 1, "a": [1.5, "ä"]}) == canonical(json.loads(canonical({"a": [1.5, "ä"], "b": 1})))
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical({"a": float("nan")})
