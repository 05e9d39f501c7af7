"""What run.json and the figures beside a choice say of a run, held against the run itself."""

from types import SimpleNamespace

import numpy as np
import pytest
from stand_in_studies import three

from riskmodel.core import Policy, Variant
from riskmodel.evaluation.champion import Champion
from riskmodel.review import run_study

CHAMPION = Champion("lgbm", "tune", {"lgbm": (0.4,), "xgb": (0.5,)})
HASHES = {"data": "d" * 64, "toml": "t" * 64}


@pytest.fixture
def contest(settings, fitted):
    made = {name: Variant(name, name, fitted(name)) for name in ("lgbm", "scorecard")}
    cut = Variant("lgbm/trees@0.5", "lgbm", fitted("xgb"), steps=("trees",), keep=0.5)
    run = settings.model_copy(update={"data": settings.data.model_copy(update={"protected": {}})})
    variants = {**made, cut.name: cut}
    return SimpleNamespace(run=run, variants=variants, champion="lgbm", policy=Policy(0.3, 0.25, (0.1,)), cascade=None)


def facts(contest, **samples):
    return run_study.facts(contest, CHAMPION, HASHES, samples, [])


def test_run_json_has_hashes_seed_policy_and_how_the_champion_was_chosen(contest):
    made = facts(contest, samples={"train": {"rows": 3}})
    assert (made["hashes"], made["seeds"], made["suspects"]) == (HASHES, {"run": contest.run.seed}, [])
    assert made["policy"] == {"cutoff": 0.3, "refer_from": 0.25}
    assert made["champion"] == {"name": "lgbm", "by": "tune", "losses": dict(CHAMPION.losses), "since": None}
    assert made["samples"] == {"train": {"rows": 3}}
    assert {"numpy", "lightgbm"} <= set(made["versions"])
    assert made["machine"]["cores"] >= 1


def test_a_cascade_and_how_many_apply_are_told_where_there_are_some(contest):
    assert "cascade" not in facts(contest)
    policy = contest.run.policy.model_copy(update={"applications_per_year": 12_000})
    contest.run = contest.run.model_copy(update={"policy": policy})
    contest.cascade = {"band": [0.1, 0.2]}
    made = facts(contest)
    assert made["cascade"] == {"band": [0.1, 0.2]}
    assert made["policy"]["applications_per_year"] == 12_000


@pytest.fixture
def made(contest, development, fresh):
    trade_off = three().trade_off
    times = {"lgbm": (1.8e9, 20.0), "lgbm/trees@0.5": (1.9e9, 3.0)}
    return run_study.study(contest, trade_off, {"lgbm": "tested"}, {"a": 1}, development, fresh, times)


def test_features_are_ranked_of_unpruned_boosters_alone_by_mean_shap_on_tune(made, contest, development):
    assert set(made.attributions) == {"lgbm"}
    scorer = contest.variants["lgbm"].scorer
    mean = np.abs(scorer.contributions(development.tune.matrix)[:, :-1]).mean(axis=0)
    names = [column.name for column in scorer.features]
    due = sorted(zip(names, mean, strict=True), key=lambda pair: -pair[1])
    assert [name for name, _ in made.attributions["lgbm"]] == [name for name, _ in due]
    np.testing.assert_allclose(
        [value for _, value in made.attributions["lgbm"]], [value for _, value in due], rtol=1e-6
    )


def test_beside_each_variant_stand_its_flips_and_how_long_it_took(made, contest, fresh):
    declined = {name: one.scorer.score(fresh) >= 0.3 for name, one in contest.variants.items()}
    for name, figures in made.side_figures.items():
        assert figures.flips == pytest.approx((declined[name] != declined["lgbm"]).mean())
    assert made.side_figures["lgbm"].flips == 0
    assert made.side_figures["scorecard"].flips > 0
    assert (made.side_figures["lgbm"].started, made.side_figures["lgbm"].seconds) == (1.8e9, 20.0)
    assert made.side_figures["scorecard"].seconds is None


def test_the_confirmation_is_the_trial_of_the_chosen_or_none(made, contest, development, fresh):
    assert made.trade_off.chosen not in made.trade_off.trials
    assert made.confirmation is None
    assert (made.tested, made.run) == ({"lgbm": "tested"}, {"a": 1})
