"""Terms are chosen one after the other by what they say beyond those before, and as many stay as tune has use for."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from riskmodel.core import Column, Kind, Sample, Targets
from riskmodel.scorers.scorecard.fitting import fit
from riskmodel.scorers.simple import choice
from riskmodel.scorers.simple.choice import PENALTY, choose
from riskmodel.scorers.simple.terms import DIFFERENCE, ScorecardTerm
from riskmodel.stats import log_loss

FEATURES = (
    Column("debt"),
    Column("limit"),
    Column("town", kind=Kind.CATEGORICAL, categories=("a", "b", "c")),
    Column("noise"),
)
SETTINGS = {"most": 3, "screen": 4, "max_bins": 5, "min_share": 0.05}


def sample(rows, seed, weight=None):
    draw = np.random.default_rng(seed)
    matrix = np.column_stack([draw.normal(size=(rows, 2)), draw.integers(0, 3, rows), draw.normal(size=rows)])
    margin = 2 * (matrix[:, 0] - matrix[:, 1]) + 1.5 * (matrix[:, 2] == 1) - 1
    default = (draw.random(rows) < expit(margin)).astype(np.int8)
    return Sample("s", FEATURES, matrix, default, np.arange(rows), weight=weight)


TRAIN, TUNE = sample(903, 0), sample(401, 1)
OUTCOMES = Targets(TRAIN.default.astype(float), TUNE.default.astype(float))


def chosen(train=TRAIN, tune=TUNE, targets=OUTCOMES, **settings):
    return choose(train, tune, targets, **{**SETTINGS, **settings})


def tune_loss(result):
    margin = np.full(len(TUNE), result.fit.intercept)
    for one, margins in zip(result.candidates, result.fit.margins, strict=True):
        margin += margins[one.evidence.bins.of(one.term(TUNE.matrix))]
    return log_loss.of_margin(margin, OUTCOMES.tune).mean()


def test_what_says_most_comes_first():
    first, second = chosen(most=2).candidates
    assert first.term == ScorecardTerm((0, 1), DIFFERENCE)
    assert second.column.name == "town"


def test_no_term_is_chosen_twice_even_where_no_other_says_anything(monkeypatch):
    fits = []
    monkeypatch.setattr(choice, "fit", lambda evidence, *rest: fits.append(evidence) or fit(evidence, *rest))
    matrix = np.where(np.arange(4) == 0, TRAIN.matrix, 0.0)
    chosen(train=replace(TRAIN, matrix=matrix), most=3, screen=1)
    assert [len({id(one) for one in evidence}) for evidence in fits] == [1, 2, 3]


def test_pairs_are_made_of_the_screened_features_alone():
    (only,) = chosen(most=1, screen=1).candidates
    assert len(only.term.features) == 1


@pytest.mark.parametrize("most", [1, 2, 3, 9])
def test_no_more_terms_than_asked_for_or_than_features(most):
    assert 1 <= len(chosen(most=most).candidates) <= min(most, len(FEATURES))


def test_the_points_are_those_of_a_fit_of_the_chosen_terms_together():
    result = chosen()
    again = fit([one.evidence for one in result.candidates], OUTCOMES.train, PENALTY)
    assert result.fit.intercept == again.intercept
    for margins, due in zip(result.fit.margins, again.margins, strict=True):
        np.testing.assert_array_equal(margins, due)


def test_as_many_terms_stay_as_have_the_least_loss_on_tune():
    """A path of terms is nested: what `most` allows alone decides how far it goes."""
    losses = [tune_loss(chosen(most=most)) for most in (1, 2, 3, 4)]
    assert losses == sorted(losses, reverse=True)  # each further choice may stop earlier, and so is no worse


def test_every_choice_ticks_once_even_those_that_do_not_stay():
    ticks = []
    chosen(most=3, tick=lambda: ticks.append(1))
    assert len(ticks) == 3


def test_rows_of_one_weight_are_rows_without_any():
    plain, equal = chosen(), chosen(train=sample(903, 0, np.full(903, 3.0)))
    assert [one.term for one in plain.candidates] == [one.term for one in equal.candidates]
    np.testing.assert_allclose(plain.fit.intercept, equal.fit.intercept, rtol=1e-9)


def test_soft_targets_move_the_points_and_not_the_bins():
    soft = Targets(np.clip(OUTCOMES.train, 0.1, 0.9), np.clip(OUTCOMES.tune, 0.1, 0.9))
    hard, gentle = chosen(most=1), chosen(most=1, targets=soft)
    assert hard.candidates[0].evidence.bins == gentle.candidates[0].evidence.bins
    assert max(abs(gentle.fit.margins[0])) < max(abs(hard.fit.margins[0]))
