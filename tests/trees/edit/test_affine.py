"""A line after the margin, folded into the trees, gives its margins, and the libraries' notes follow."""

from dataclasses import replace

import numpy as np
import pytest
from random_trees import random_ensemble, trying

from riskmodel.core import Calibration
from riskmodel.trees.edit.affine import folded

LINE = Calibration(0.25, 0.5)


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
def test_the_margins_are_the_line_of_the_given_ones(rules):
    given = random_ensemble(3, rules)
    notes = [{**tree.carried, "inner": np.arange(len(tree)) + 1.0} for tree in given.trees]
    given = replace(given, trees=tuple(replace(t, carried=n) for t, n in zip(given.trees, notes, strict=True)))
    rows = trying(given)
    after = folded(given, LINE)
    np.testing.assert_allclose(after.margins(rows), 0.25 + 0.5 * given.margins(rows), rtol=0, atol=1e-12)
    assert after.intercept == 0.25 + 0.5 * given.intercept
    for one, other in zip(given.trees, after.trees, strict=True):
        np.testing.assert_array_equal(other.value, 0.5 * one.value)
        np.testing.assert_array_equal(other.carried["inner"], 0.5 * one.carried["inner"])
        np.testing.assert_array_equal(other.carried["gain"], one.carried["gain"])
