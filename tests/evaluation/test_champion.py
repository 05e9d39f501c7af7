"""The champion by tune, and by later periods where later rows judge: what only held at its time loses."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from riskmodel import scorers
from riskmodel.core import Column, Development, Sample
from riskmodel.evaluation import auc, champion, log_loss
from riskmodel.workflows.train import develop

FEATURES = (Column("strain"), Column("campaign"), Column("index"))
SMALL = {"search": 0, "rounds": 80, "rate": 0.1, "leaves": 8, "min_rows": 20, "feature_share": 1.0, "patience": 20}


def drifting(rows: int, seed: int, name: str, first: float, last: float) -> Sample:
    """`campaign` says now more, now less risk, month by month, and `index` says which month it is."""
    draw = np.random.default_rng(seed)
    time = draw.uniform(first, last, rows)
    strain, campaign = draw.normal(size=(2, rows))
    turn = np.sin(time * 2 * np.pi * 4)
    margin = -1.5 + 0.8 * strain + 1.4 * turn * campaign
    matrix = np.column_stack([strain, campaign, time + 0.005 * draw.normal(size=rows)])
    default = (draw.random(rows) < expit(margin)).astype(np.int8)
    days = (np.datetime64("2020-01-01") + (time * 1000).astype(np.int64)).astype("M8[D]")
    return Sample(name, FEATURES, matrix, default, np.arange(rows), days=days)


@pytest.fixture(scope="module")
def development():
    return Development(drifting(3000, 0, "train", 0, 0.75), drifting(1100, 1, "tune", 0, 0.75), out_of_time=True)


@pytest.fixture(scope="module")
def variants(development):
    how = {"booster": scorers.recipe("lgbm", SMALL), "card": scorers.recipe("scorecard", {})}
    return develop.fitted(how, FEATURES, development, seed=3)


def test_what_held_in_each_month_alone_is_chosen_by_tune_and_not_by_what_came_later(variants, development):
    late = drifting(3000, 2, "late", 0.75, 1.0)
    by_tune = champion.choose(variants, replace(development, out_of_time=False))
    by_time = champion.choose(variants, development)
    assert (by_tune.name, by_tune.by, by_tune.since) == ("booster", "tune", None)
    assert (by_time.name, by_time.by) == ("card", "later periods")
    losses = {name: log_loss(late.default, variant.scorer.score(late)).value for name, variant in variants.items()}
    assert losses["card"] < losses["booster"] - 0.02
    assert all(len(of) == 4 for of in by_time.losses.values())
    assert by_time.facts["since"] == by_time.since < "2022"


def test_one_scorer_is_the_champion_without_another_fit(variants, development):
    assert champion.choose({"card": variants["card"]}, development).by == "tune"


def test_a_search_prefers_settings_that_hold_later(development):
    """Of a setting that can use two features together and one that cannot, tune and later periods take another."""
    recipe = scorers.recipe("lgbm", {**SMALL, "search": 2})
    settings = [replace(recipe, search=0, leaves=leaves) for leaves in (2, 16)]
    taken = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(recipe), "drawn", lambda *_: settings)
        for out_of_time in (False, True):
            given = replace(development, out_of_time=out_of_time)
            taken[out_of_time] = recipe.fit(given, FEATURES, seed=1)
    assert [taken[late].recipe.leaves for late in (False, True)] == [16, 2]
    late = drifting(3000, 2, "late", 0.75, 1.0)
    assert auc(late.default, taken[True].score(late)).value > auc(late.default, taken[False].score(late)).value + 0.02


def test_a_blend_weighs_its_members_by_what_came_later(development):
    of = [{"kind": "lgbm", "options": SMALL}, {"kind": "scorecard"}]
    recipe, late = scorers.recipe("blend", {"of": of}), drifting(3000, 2, "late", 0.75, 1.0)
    blends = [recipe.fit(replace(development, out_of_time=later), FEATURES, seed=1) for later in (False, True)]
    assert blends[0].weights[0] > 0.5
    assert blends[1].weights[0] < 0.5 * blends[0].weights[0]
    losses = [log_loss(late.default, blend.score(late)).value for blend in blends]
    assert losses[1] < losses[0] - 0.02
