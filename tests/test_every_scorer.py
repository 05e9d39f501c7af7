"""What every scorer promises; a new module in riskmodel/scorers is held to it unasked."""

from dataclasses import replace

import numpy as np
import pytest
from samples import FEATURES, QUICK, drawn

from riskmodel import scorers
from riskmodel.core import Calibration, Development, Targets
from riskmodel.errors import UnsupportedScorer

every = pytest.mark.parametrize("kind", scorers.names())


@pytest.fixture(scope="module")
def teacher():
    """Fitted on other rows, whose chance outcomes nothing else has learnt."""
    return scorers.recipe("lgbm", QUICK["lgbm"]).fit(Development(drawn(2500, 11), drawn(800, 12)), FEATURES, seed=1)


@every
def test_a_pd_is_a_probability_and_ranks_better_than_chance(kind, fitted, fresh):
    pd = fitted(kind).score(fresh)
    assert pd.shape == (900,)
    assert ((pd > 0) & (pd < 1)).all()
    bads, goods = pd[fresh.default == 1], pd[fresh.default == 0]
    assert (bads[:, None] > goods).mean() > 0.65


@every
def test_the_same_seed_gives_the_same_bytes(kind, development):
    first, second = (scorers.recipe(kind, QUICK.get(kind, {})).fit(development, FEATURES, seed=7) for _ in range(2))
    assert first.files() == second.files()
    assert first.sha256 == second.sha256


@every
def test_taught_a_teachers_pds_it_ranks_more_as_the_teacher_does(kind, teacher, fitted, development, fresh):
    pds = Targets(teacher.score(development.train), teacher.score(development.tune))
    taught = scorers.recipe(kind, QUICK.get(kind, {})).fit(development, FEATURES, seed=5, targets=pds)
    ranks = np.argsort(np.argsort([scorer.score(fresh) for scorer in (teacher, taught, fitted(kind))], axis=1), axis=1)
    agreement = np.corrcoef(ranks)[0]
    assert agreement[1] > agreement[2]


@every
def test_saved_and_loaded_it_scores_the_same(kind, fitted, fresh):
    scorer = fitted(kind)
    again = scorers.load(kind, scorer.features, scorer.calibration, scorer.files())
    np.testing.assert_array_equal(again.score(fresh), scorer.score(fresh))
    assert again.sha256 == scorer.sha256


@every
def test_missing_values_and_unseen_categories_get_a_pd(kind, fitted):
    rows = drawn(50, 9)
    rows.matrix[::2, :] = np.nan
    rows.matrix[1::2, 2] = np.nan
    assert np.isfinite(fitted(kind).score(rows)).all()


@every
def test_rows_are_scored_one_by_one_as_they_are_together(kind, fitted, fresh):
    scorer = fitted(kind)
    rows = fresh.matrix[:7]
    np.testing.assert_allclose([scorer.pd(rows[i : i + 1])[0] for i in range(7)], scorer.pd(rows), rtol=1e-6)


@every
def test_no_rows_give_no_scores(kind, fitted):
    assert fitted(kind).pd(np.empty((0, len(FEATURES)))).shape == (0,)


@every
def test_recalibration_gives_a_new_scorer(kind, fitted, fresh):
    scorer = fitted(kind)
    before, sha256 = scorer.score(fresh), scorer.sha256
    recalibrated = scorer.recalibrated(Calibration(0.5, 1.0))
    assert recalibrated.sha256 != sha256
    np.testing.assert_allclose(recalibrated.margin(fresh.matrix), scorer.raw_margin(fresh.matrix) + 0.5)
    np.testing.assert_array_equal(scorer.score(fresh), before)


@every
def test_refitting_on_fewer_features_uses_no_other(kind, fitted, development, fresh):
    kept = (FEATURES[0], FEATURES[2])
    refitted = fitted(kind).refit(development, kept)
    assert refitted.features == kept
    assert refitted.complexity().features <= 2
    fresh.matrix.flags.writeable = False
    assert refitted.score(fresh).shape == (900,)


@every
def test_a_smaller_size_has_fewer_units_or_is_refused(kind, fitted, development):
    scorer = fitted(kind)
    try:
        small = scorer.refit(development, FEATURES, size=0.4).complexity()
    except UnsupportedScorer:
        return
    whole = scorer.complexity()
    assert small.leaves <= 0.4 * whole.leaves
    assert (small.leaves, small.neurons) < (whole.leaves, whole.neurons)


@every
def test_its_complexity_adds_up(kind, fitted):
    scorer = fitted(kind)
    complexity = scorer.complexity()
    assert complexity.bytes == sum(map(len, scorer.files().values()))
    assert 0 < complexity.connections <= complexity.parameters
    assert 0 < complexity.features <= len(FEATURES)
    assert complexity.work > 0


@every
def test_goods_that_stand_for_three_give_the_pds_of_the_whole(kind, fitted, development, fresh):
    random = np.random.default_rng(2)
    parts = []
    for sample in (development.train, development.tune):
        stays = (sample.default == 1) | (random.random(len(sample)) < 1 / 3)
        kept = sample.take(np.flatnonzero(stays))
        parts.append(replace(kept, weight=np.where(kept.default == 1, 1.0, 3.0)))
    blind = Development(*(replace(part, weight=None) for part in parts))
    recipe = scorers.recipe(kind, QUICK.get(kind, {}))
    whole = fitted(kind).recalibrated(Calibration()).score(fresh).mean()
    informed, uninformed = (recipe.fit(d, FEATURES, seed=5).score(fresh).mean() for d in (Development(*parts), blind))
    assert informed == pytest.approx(whole, rel=0.12)
    assert uninformed > 1.35 * whole
