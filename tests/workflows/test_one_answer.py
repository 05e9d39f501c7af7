"""Whichever way an application is asked about, the answer is one."""

import numpy as np
import pytest
from batch.books import applications, packed
from one_answer import ways

from riskmodel.core import Policy


@pytest.mark.parametrize(("kind", "near"), [("lgbm", 1e-12), ("xgb", 1e-6)])  # XGBoost sums in single precision
def test_every_way_gives_the_same_answer(kind, near, fitted):
    saved, table = packed(fitted(kind), policy=Policy(0.3, 0.2, (0.1, 0.2, 0.4))), applications(700, 31)
    by_way, native = ways(saved, table)
    for way, answers in by_way.items():
        assert answers == by_way["batch"], way
    pds = np.array([pd for pd, _ in by_way["batch"]])
    np.testing.assert_allclose(pds, [pd for pd, _, _ in native], rtol=0, atol=near)
    edges = np.array([0.1, 0.2, 0.3, 0.4])
    far = np.abs(pds[:, None] - edges).min(axis=1) > near
    for (_, (grade, decision, *_)), (_, its_grade, its_decision), is_far in zip(
        by_way["batch"], native, far, strict=True
    ):
        assert not is_far or (grade, decision) == (its_grade, its_decision)
    assert {decision for _, (_, decision, *_) in by_way["batch"]} == {"approve", "refer", "decline"}
    assert far.mean() > 0.99
