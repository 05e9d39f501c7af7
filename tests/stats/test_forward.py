"""Development as it was, and the later rows by period; and which of several holds across them."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from samples import drawn

from riskmodel.core import Development
from riskmodel.stats.forward import forward, steadiest

DATED = Development(drawn(1500, 1, "train"), drawn(700, 2, "tune"), out_of_time=True)


def test_no_row_that_judges_is_earlier_than_one_that_was_fitted_on():
    then = forward(DATED)
    before = max(then.earlier.train.days.max(), then.earlier.tune.days.max())
    assert before < then.since == then.later.days.min()
    assert len(then.earlier.train) + len(then.earlier.tune) + len(then.later) == 2200
    assert 0.3 < len(then.later) / 2200 < 0.37
    np.testing.assert_array_equal(np.sort(np.concatenate(then.periods)), np.arange(len(then.later)))
    days = [then.later.days[part] for part in then.periods]
    assert all(one.max() < two.min() for one, two in itertools.pairwise(days))
    assert forward(then.earlier) is None


def test_losses_are_those_of_each_period_by_weight():
    weight = np.random.default_rng(0).uniform(1, 3, 2200)
    parts = (replace(DATED.train, weight=weight[:1500]), replace(DATED.tune, weight=weight[1500:]))
    then = forward(replace(DATED, train=parts[0], tune=parts[1]))
    margin = np.linspace(-2, 2, len(then.later))
    want = [
        np.average(
            np.logaddexp(0, margin[part]) - margin[part] * then.later.default[part], weights=then.later.weight[part]
        )
        for part in then.periods
    ]
    np.testing.assert_allclose(then.losses(margin), want)


@pytest.mark.parametrize("what", ["split at random", "no dates", "one date", "no bads of late"])
def test_where_nothing_is_to_be_learnt_of_time_there_is_none(what):
    train, tune = DATED.train, DATED.tune
    given = {
        "split at random": replace(DATED, out_of_time=False),
        "no dates": replace(DATED, tune=replace(tune, days=None)),
        "one date": replace(
            DATED,
            **{one.name: replace(one, days=np.full(len(one), np.datetime64("2024-01-01"))) for one in (train, tune)},
        ),
        "no bads of late": replace(
            DATED,
            **{
                one.name: replace(one, default=np.where(one.days > np.datetime64("2025-06-01"), 0, one.default))
                for one in (train, tune)
            },
        ),
    }
    assert forward(given[what]) is None


def test_a_spread_over_periods_goes_before_a_mean_that_is_as_good():
    assert steadiest(np.array([[0.30, 0.31, 0.44], [0.34, 0.35, 0.36], [0.50, 0.50, 0.50]])) == 1
    assert steadiest(np.array([[0.30, 0.30, 0.30], [0.34, 0.35, 0.36]])) == 0
    assert steadiest(np.array([[0.31], [0.30]])) == 1


@settings(max_examples=50, deadline=None)
@given(losses=arrays(np.int64, (4, 3), elements=st.integers(1, 64)), level=st.integers(0, 64))
def test_a_bad_time_for_all_changes_nothing(losses, level):
    """A level that a period adds to every setting is no merit of any."""
    assert steadiest(losses / 64) == steadiest((losses + np.array([0, level, 0])) / 64)
