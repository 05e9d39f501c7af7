"""Two scorers as one: who answers which row, what need not be there, and what it is saved as."""

from dataclasses import replace

import numpy as np
import pytest
from samples import FEATURES

from riskmodel import scorers
from riskmodel.core import Calibration, HasStages
from riskmodel.errors import BundleError, RiskModelError, UnsupportedScorer
from riskmodel.explanation import attributions
from riskmodel.explanation.cost import price

CHEAP = FEATURES[1:]
KINDS = ["lgbm", "scorecard", "mlp"]


@pytest.fixture(scope="module", params=KINDS)
def pair(request, fitted, development):
    full = fitted(request.param)
    return full.refit(development, CHEAP).recalibrated(Calibration(0.05, 1.1)), full


@pytest.fixture(scope="module")
def cascade(pair):
    return scorers.composed(*pair, 0.15, 0.4, 0.3)


def test_the_full_scorer_answers_in_the_band_and_the_cheap_one_elsewhere(pair, cascade, fresh):
    cheap, full = pair
    first, second, pd = cheap.score(fresh), full.score(fresh), cascade.score(fresh)
    band = (first >= 0.15) & (first < 0.4)
    assert 0.1 < band.mean() < 0.9
    np.testing.assert_allclose(pd[band], second[band], rtol=1e-6)
    np.testing.assert_allclose(pd[~band], first[~band], rtol=1e-6)


def test_what_is_bought_need_not_be_there_outside_the_band(cascade, fresh):
    rows = fresh.matrix.copy()
    rows[:, 0] = np.nan
    band = cascade.in_band(rows)
    np.testing.assert_array_equal(cascade.pd(rows)[~band], cascade.pd(fresh.matrix)[~band])
    np.testing.assert_array_equal(cascade.undecided(rows), band)
    known = ~np.isnan(fresh.matrix[:, 0])
    assert not cascade.undecided(fresh.matrix[known]).any()
    assert cascade.bought == ("income",)
    assert [column.nullable for column in cascade.features] == [True, *(c.nullable for c in CHEAP)]
    assert isinstance(cascade, HasStages)


def test_saved_and_loaded_it_scores_the_same(cascade, fresh):
    again = scorers.load("cascade", cascade.features, cascade.calibration, cascade.files())
    np.testing.assert_array_equal(again.score(fresh), cascade.score(fresh))
    assert again.sha256 == cascade.sha256
    assert again.bought_share == 0.3
    recalibrated = cascade.recalibrated(Calibration(0.5, 1.0))
    again = scorers.load("cascade", recalibrated.features, recalibrated.calibration, recalibrated.files())
    np.testing.assert_allclose(again.margin(fresh.matrix), cascade.margin(fresh.matrix) + 0.5)
    with pytest.raises(BundleError, match="the files of a cascade are damaged"):
        scorers.load("cascade", cascade.features[1:], cascade.calibration, cascade.files())


def test_one_by_one_as_together_and_none(cascade, fresh):
    rows = fresh.matrix[:7]
    np.testing.assert_allclose([cascade.pd(rows[i : i + 1])[0] for i in range(7)], cascade.pd(rows), rtol=1e-6)
    assert cascade.pd(rows[:0]).shape == (0,)
    assert np.isfinite(cascade.probes(64)).any(axis=0).all()


def test_its_attributions_add_up_to_the_margin(cascade, fresh):
    if not hasattr(cascade, "contributions"):
        pytest.skip("of networks no exact SHAP values are known")
    values = cascade.contributions(fresh.matrix[:200])
    np.testing.assert_allclose(values.sum(axis=1), cascade.raw_margin(fresh.matrix[:200]), atol=1e-6)
    outside = ~cascade.in_band(fresh.matrix[:200])
    assert (values[outside, 0] == 0).all()
    assert attributions(cascade, fresh.matrix[:5]).shape == (5, 5)


def test_an_application_is_charged_on_the_mean(pair):
    columns = [replace(column, cost=cost) for column, cost in zip(FEATURES, (4.0, 1.0, 0, 0, 0), strict=True)]
    if pair[0].kind != "scorecard":
        pytest.skip("a price is of columns, whatever reads them")
    cheap, full = replace(pair[0], features=tuple(columns[1:])), replace(pair[1], features=tuple(columns))
    assert price(scorers.composed(cheap, full, 0.1, 0.2, 0.25)) == 1.0 + 0.25 * 4.0
    whole, part = (one.complexity().work for one in (full, cheap))
    assert scorers.composed(cheap, full, 0.1, 0.2, 0.25).complexity().work == part + 0.25 * whole


def test_what_cannot_be_is_one_line(pair, cascade, development):
    cheap, full = pair
    with pytest.raises(
        RiskModelError, match="must read a column that the cheap one does not have, however: it reads none"
    ):
        scorers.composed(full, cheap, 0.1, 0.2, 0.5)
    other = replace(cheap, features=(replace(CHEAP[0], codes=(-9.0,)), *CHEAP[1:]))
    with pytest.raises(RiskModelError, match="must be the same in both models, however: 'utilisation' is not"):
        scorers.composed(other, full, 0.1, 0.2, 0.5)
    with pytest.raises(UnsupportedScorer, match="must be made of two plain models"):
        scorers.composed(cheap, cascade, 0.1, 0.2, 0.5)
    with pytest.raises(UnsupportedScorer, match="a cascade has no recipe"):
        cascade.refit(development, CHEAP)
