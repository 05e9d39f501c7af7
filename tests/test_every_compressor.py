"""What every compressor promises: it is taken up from its folder, unasked."""

import numpy as np
import pytest
from scipy.special import expit

from riskmodel import compression, scorers
from riskmodel.core import Calibration, Column, Development, Kind, Sample
from riskmodel.errors import UnsupportedScorer
from riskmodel.scorers.neural import NeuralRecipe

pytest.importorskip("torch")

FEATURES = (Column("income"), Column("region", kind=Kind.CATEGORICAL, categories=("north", "south", "east")))


def a_sample(rows, seed):
    random = np.random.default_rng(seed)
    income, region = random.normal(size=rows), random.integers(0, 3, rows)
    income[::17] = np.nan
    default = random.random(rows) < expit(3 * np.nan_to_num(np.abs(income)) - 3 + (region == 1))
    return Sample("s", FEATURES, np.column_stack([income, region]), default.astype(np.int8), np.arange(rows))


SEEN = Development(a_sample(500, 0), a_sample(230, 1))
NEW = a_sample(1100, 2)


@pytest.fixture(scope="module")
def scorer():
    recipe = NeuralRecipe(members=2, hidden=(48, 24), bins=8, embedding=2, epochs=6, batch=64, rate=0.01)
    return recipe.fit(SEEN, FEATURES, seed=0).recalibrated(Calibration(-0.1, 1.2))


@pytest.fixture(params=compression.names())
def compressor(request):
    return compression.make(request.param)


def test_pds_stay_within_its_tolerance(compressor, scorer):
    small = compressor.compress(scorer)
    assert 0 < compressor.tolerance < 0.05
    assert np.abs(small.score(NEW) - scorer.score(NEW)).max() <= compressor.tolerance


def test_it_never_takes_more_work_and_what_saves_bytes_takes_fewer(compressor, scorer):
    before, after = scorer.complexity(), compressor.compress(scorer).complexity()
    assert after.work <= before.work
    assert after.bytes < before.bytes or compressor.saves == "time"


def test_the_original_is_left_as_it_was(compressor, scorer):
    before = scorer.sha256
    small = compressor.compress(scorer)
    assert scorer.sha256 == before
    assert small.calibration == scorer.calibration
    assert small.features == scorer.features


def test_the_same_scorer_gives_the_same_bytes(compressor, scorer):
    assert compressor.compress(scorer).files() == compressor.compress(scorer).files()


def test_what_it_makes_can_be_saved_and_loaded(compressor, scorer):
    small = compressor.compress(scorer)
    back = scorers.load(small.kind, small.features, small.calibration, small.files())
    np.testing.assert_array_equal(back.score(NEW), small.score(NEW))
    assert back.sha256 == small.sha256


def test_a_scorer_it_cannot_compress_is_refused_by_its_kind(compressor):
    class Stranger:
        kind = "stranger"

    with pytest.raises(UnsupportedScorer, match="stranger"):
        compressor.compress(Stranger())
