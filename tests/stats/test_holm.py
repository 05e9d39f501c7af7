"""Holm's correction against statsmodels, and the verdicts that are left after it."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from riskmodel.core import Difference, Verdict
from riskmodel.stats.holm import corrected_verdicts, holm


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_the_adjusted_p_values_are_those_of_statsmodels_in_the_order_given(p_values):
    adjusted = holm({str(i): p for i, p in enumerate(p_values)})
    assert list(adjusted) == [str(i) for i in range(len(p_values))]
    with mock.patch("gc.collect"):  # which statsmodels calls each time: a third of a second here
        expected = multipletests(p_values, method="holm")[1]
    np.testing.assert_allclose(list(adjusted.values()), expected, atol=1e-15)


def test_nothing_tested_is_nothing_corrected():
    assert holm({}) == {}


def of(p_value: float, verdict: Verdict) -> Difference:
    return Difference(0.0, 0.001, -0.002, 0.002, 0.005, p_value, 0.003, verdict)


def test_a_verdict_that_holds_alone_may_not_hold_among_many():
    alone = {"a": (of(0.02, Verdict.NON_INFERIOR),)}
    assert corrected_verdicts(alone) == {"a": Verdict.NON_INFERIOR}
    assert corrected_verdicts(alone | {"b": (of(0.04, Verdict.NON_INFERIOR),), "c": (of(0.9, Verdict.INFERIOR),)}) == {
        "a": Verdict.INCONCLUSIVE,
        "b": Verdict.INCONCLUSIVE,
        "c": Verdict.INFERIOR,
    }


@pytest.mark.parametrize("other", [Verdict.INFERIOR, Verdict.INCONCLUSIVE])
def test_no_worse_must_hold_in_every_figure(other):
    assert corrected_verdicts({"a": (of(0.001, Verdict.NON_INFERIOR), of(0.3, other))}) == {"a": other}
