"""Which decisions a small change turns: a linear scorer has a closed form, trees and networks are held to trials."""

from dataclasses import fields

import numpy as np
import pytest
from linear_scorer import COLUMNS, LinearScorer

from riskmodel.core import Calibration
from riskmodel.evaluation.robustness.margin_ranges import range_of
from riskmodel.evaluation.robustness.nearby import Way, spread, turned_nearby


def test_the_spread_is_the_lesser_one_and_a_category_has_none():
    values = np.random.default_rng(0).normal(2, 3, size=(20_000, 3))
    values[:5, 1] = 1e6
    values[:50, 0] = np.nan
    result = spread(values, COLUMNS)
    assert result == pytest.approx([3, 3, 0], rel=0.05)
    mostly_zero = np.zeros((100, 3))
    mostly_zero[:10, 0] = 4
    assert spread(mostly_zero, COLUMNS)[0] == pytest.approx(np.std(mostly_zero[:, 0]))


def test_of_a_linear_scorer_the_search_turns_exactly_those_within_reach():
    random = np.random.default_rng(1)
    rows = random.normal(size=(3000, 3))
    rows[:, 2] = random.integers(2, size=3000)
    rows[:400, 0] = np.nan
    scorer = LinearScorer(COLUMNS, Calibration(-0.2, 1.3), (0.8, -1.1, 0.5))
    cutoff = float(np.quantile(scorer.pd(rows), 0.8))
    nearby = turned_nearby(scorer, rows, cutoff, share=0.05)
    reach = 0.05 * spread(rows, COLUMNS) * np.abs(scorer.weights)
    reached = np.where(np.isnan(rows), 0, reach).sum(axis=1)
    apart = np.abs(scorer.raw_margin(rows) - (np.log(cutoff / (1 - cutoff)) + 0.2) / 1.3)
    clear = np.abs(apart - reached) > 1e-9
    np.testing.assert_array_equal(nearby.turned[clear], (apart < reached)[clear])
    assert (nearby.way, nearby.open_) == (Way.SEARCH, None)
    alone = np.where(np.isnan(rows), 0, reach) > apart[:, None]
    assert (nearby.alone != alone).sum() <= 2
    assert not nearby.alone[:, 2].any()


KINDS = pytest.mark.parametrize("kind", ["lgbm", "xgb", "neural", "gru", "conv", "scorecard"])


@KINDS
def test_what_trials_turn_is_not_excluded_and_what_is_turned_is_open(kind, fitted, fresh):
    scorer, random = fitted(kind), np.random.default_rng(2)
    rows = fresh.matrix[:160]
    pd = scorer.pd(rows)
    cutoff = float(np.quantile(pd, 0.6))
    nearby = turned_nearby(scorer, rows, cutoff, share=0.05)
    reach = 0.05 * spread(rows, scorer.features)
    tried = np.zeros(len(rows), bool)
    for i in range(25):
        share = np.sign(random.normal(size=rows.shape)) if i % 2 else random.uniform(-1, 1, rows.shape)
        tried |= (scorer.pd(rows + share * reach) >= cutoff) != (pd >= cutoff)
    possible = nearby.turned if nearby.open_ is None else nearby.open_
    assert 0 < nearby.turned.sum() < len(rows) / 2
    assert not (nearby.turned & ~possible).any()
    assert not (tried & ~possible).sum() > (nearby.open_ is None) * 2
    if kind in ("lgbm", "xgb"):
        assert nearby.way is Way.EXACT
    elif kind != "scorecard":
        assert nearby.way is Way.BOUNDS
        assert possible.sum() - nearby.turned.sum() <= 0.05 * len(rows)


def test_an_anatomy_that_does_not_say_what_the_scorer_says_is_not_believed(fitted, fresh):
    scorer = fitted("lgbm")

    class Dressed(type(scorer)):
        def raw_margin(self, matrix):
            return super().raw_margin(matrix) + 0.1

    other = Dressed(**{field.name: getattr(scorer, field.name) for field in fields(scorer)})
    assert range_of(scorer, fresh.matrix) is not None
    assert range_of(other, fresh.matrix) is None
    assert turned_nearby(other, fresh.matrix[:50], 0.3).way is Way.SEARCH


def test_a_falling_calibration_is_searched_alone(fitted, fresh):
    scorer = fitted("lgbm").recalibrated(Calibration(0.0, -1.0))
    assert turned_nearby(scorer, fresh.matrix[:50], 0.6).way is Way.SEARCH
