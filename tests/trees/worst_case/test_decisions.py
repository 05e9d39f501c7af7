"""What is proved of everyone's decision holds for one applicant of every kind."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import random_ensemble

from riskmodel.trees.bounds import margin_range
from riskmodel.trees.upper_parts import cut_bound
from riskmodel.trees.worst_case import decisions
from riskmodel.trees.worst_case.parts import difference

RULES = st.sampled_from(["lightgbm", "xgboost"])


def decided(before, after, cutoff):
    """Whether one applicant of every kind that the splits can tell apart is decided alike, by going through all."""
    values, _ = difference(before, after)
    rows = np.array(list(product(*values)))
    return ((before.margins(rows) >= cutoff) == (after.margins(rows) >= cutoff)).all()


@given(st.integers(0, 10_000), RULES, st.floats(-2, 2))
@settings(max_examples=40, deadline=None)
def test_everyone_is_everyone(seed, rules, cutoff):
    before, after = random_ensemble(seed, rules, 2), random_ensemble(seed, rules, 2 - seed % 2)
    bound, reach = cut_bound(before, after), margin_range(before)
    proof = decisions.proved(before, after, cutoff, bound, reach)
    if proof.everyone:
        assert decided(before, after, cutoff)
    elif proof.kinds is not None:
        margins_near = not decided(before, after, cutoff)
        assert margins_near or _some_margin_at(before, after, cutoff)


def _some_margin_at(before, after, cutoff):
    values, _ = difference(before, after)
    rows = np.array(list(product(*values)))
    return min(np.abs(one.margins(rows) - cutoff).min() for one in (before, after)) <= 1e-5


def test_a_cutoff_beyond_all_margins_turns_nobody_and_one_between_does():
    before, after = random_ensemble(3, "lightgbm", 2), random_ensemble(4, "lightgbm", 2)
    bound, (low, high) = cut_bound(before, after), margin_range(before)
    assert decisions.proved(before, after, high + bound + 1, bound, (low, high)).everyone
    assert not decisions.proved(before, after, (low + high) / 2, bound, (low, high)).everyone


@pytest.mark.parametrize("most", [1, 200_000])
def test_too_many_kinds_are_not_gone_through(monkeypatch, most):
    monkeypatch.setattr(decisions, "MOST_KINDS", most)
    before, after = random_ensemble(3, "lightgbm", 2), random_ensemble(4, "lightgbm", 2)
    proof = decisions.proved(before, after, 0.1, 5.0, (-1.0, 1.0))
    assert (proof.kinds is None) == (most == 1)
