"""A reason is what raises the PD most above what is usual: by each kind of scorer, and by hand."""

from dataclasses import replace

import numpy as np
import pytest
from samples import FEATURES, drawn

from riskmodel.core import Calibration, Column, Reference
from riskmodel.explanation.reasons import COUNT, NONE, Reasons


class Additive:
    """A scorer whose margin is a weighted sum; it has no trees and no contributions of its own."""

    def __init__(self, features, weights, slope=1.0):
        self.features, self.weights = tuple(features), np.array(weights)
        self.calibration = Calibration(0.0, slope)

    def raw_margin(self, matrix):
        return np.nan_to_num(matrix) @ self.weights


def columns(*names):
    return [Column(name) for name in names]


def reasons_of(reasons, *rows):
    return [[reasons.names[c] for c in row if c != NONE] for row in reasons(np.array(rows, float))]


def test_the_largest_comes_first_and_what_lowers_the_pd_is_none():
    reasons = Reasons(Additive(columns(*"abcdef"), [1, 1, 1, 1, 1, 1]))
    assert reasons_of(reasons, [3, -1, 5, 0, 1, 2], [-1] * 6, [6, 5, 4, 3, 2, 1]) == [list("cafe"), [], list("abcd")]


def test_equal_effects_come_in_the_order_of_the_columns():
    assert reasons_of(Reasons(Additive(columns(*"abcde"), [1] * 5)), [2, 1, 2, 1, 2]) == [list("aceb")]


def test_a_network_is_compared_with_what_is_usual_and_missing_counts():
    reference = Reference({"a": 10.0, "b": None, "c": 2.0})
    reasons = Reasons(Additive(columns("a", "b", "c"), [1, 1, -1]), reference)
    rows = np.array([[11.0, 3.0, 0.0], [12.0, np.nan, 5.0]])
    np.testing.assert_allclose(reasons.effects(rows), [[1, 3, 2], [2, 0, -3]])
    assert reasons_of(reasons, *rows) == [["b", "c", "a"], ["a"]]
    assert [reasons.of_row(row) for row in rows] == [("b", "c", "a"), ("a",)]


def test_a_slope_that_turns_the_scorer_round_turns_the_reasons():
    assert reasons_of(Reasons(Additive(columns("a", "b"), [1, -1], slope=-0.5)), [1, 1]) == [["b"]]


def test_an_indicator_speaks_for_its_column_and_columns_of_one_text_are_one_reason():
    features = [*columns("bureau", "late30", "late60"), Column("bureau is -9", codes=(-9.0,), source="bureau")]
    reasons = Reasons(Additive(features, [1, 1, 1, 1]), texts={"late30": "Paid late", "late60": "Paid late"})
    assert reasons.names == ("bureau", "Paid late")
    np.testing.assert_allclose(reasons.effects(np.array([[1.0, 2, 3, 4]])), [[5, 5]])
    assert reasons_of(reasons, [1, 1, 1, 0.5], [1, 3, -1, 1.5]) == [["Paid late", "bureau"], ["bureau", "Paid late"]]


@pytest.mark.parametrize("kind", ["lgbm", "xgb", "scorecard", "neural"])
def test_every_kind_gives_as_many_as_there_are(fitted, kind):
    scorer, rows = fitted(kind), drawn(60, 5).matrix
    reasons = Reasons(scorer)
    codes, effects = reasons(rows), reasons.effects(rows)
    assert codes.shape == (60, COUNT)
    for row, effect in zip(codes, effects, strict=True):
        slow = sorted((i for i in range(len(effect)) if effect[i] > 0), key=lambda i: (-effect[i], i))[:COUNT]
        assert [c for c in row if c != NONE] == slow


@pytest.mark.parametrize("kind", ["lgbm", "xgb", "scorecard"])
def test_trees_and_scorecards_give_their_exact_contributions_to_the_margin(fitted, kind):
    scorer, rows = fitted(kind), drawn(60, 5).matrix
    expected = scorer.calibration.slope * scorer.contributions(rows)[:, :-1]
    np.testing.assert_allclose(Reasons(scorer).effects(rows), expected, rtol=0, atol=1e-5)


def test_a_feature_that_is_not_used_is_never_a_reason(fitted):
    scorer = fitted("lgbm")
    noise = [column.name for column in FEATURES].index("noise")
    without = [i for i, tree in enumerate(scorer.ensemble.trees) if noise not in tree.used_features]
    small = scorer.with_ensemble(replace(scorer.ensemble, trees=tuple(scorer.ensemble.trees[i] for i in without)))
    assert not Reasons(small).effects(drawn(200, 8).matrix)[:, noise].any()
