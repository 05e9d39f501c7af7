"""Recursive elimination: what falls first, what falls together, where it stops, and what it never looks at."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from riskmodel import pruning
from riskmodel.core import Column, Development
from riskmodel.errors import ConfigError, RiskModelError, UnsupportedScorer
from riskmodel.explanation.cost import price
from riskmodel.pruning import shap_elimination
from riskmodel.pruning.algorithms.features.shadow import judged

NAME = "shap_elimination"
QUICKLY = {"folds": 3, "rows": 300}


def plan(scorer, development, keep, **options):
    return pruning.make(NAME, {**QUICKLY, **options}).plan(scorer, development, keep)


def kept(made):
    return {made.units[i] for i in made.kept}


def widened(sample, name, values):
    return replace(
        sample, features=(*sample.features, Column(name)), matrix=np.column_stack([sample.matrix, values(sample)])
    )


@pytest.fixture(params=["lgbm", "xgb"])
def scorer(request, fitted):
    return fitted(request.param)


def test_noise_goes_first_and_the_refitted_scorer_asks_for_the_rest(scorer, development):
    made = plan(scorer, development, 0.8)
    assert {made.units[i] for i in made.dropped} == {"noise"}
    assert [made.steps[i] for i in made.kept] == [0] * 4
    assert made.steps[made.dropped[0]] == 1
    small = pruning.make(NAME, QUICKLY).apply(made, scorer, development)
    assert [column.name for column in small.features] == ["income", "utilisation", "purpose", "months"]


def test_smaller_shares_keep_subsets(scorer, development):
    plans = pruning.make(NAME, QUICKLY).plans(scorer, development, [0.8, 0.6, 0.4, 0.2])
    assert [len(p.kept) for p in plans] == [4, 3, 2, 1]
    for larger, smaller in pairwise(plans):
        assert kept(larger) > kept(smaller)


def test_correlated_features_fall_as_one_and_the_plan_names_them(fitted, development):
    noise = np.random.default_rng(1)
    wide = Development(
        *(
            widened(s, "echo", lambda s: s.matrix[:, 4] + 0.05 * noise.normal(size=len(s)))
            for s in (development.train, development.tune)
        )
    )
    scorer = fitted("lgbm").refit(wide, wide.train.features)
    made = plan(scorer, wide, 0.7)
    assert {made.units[i] for i in made.dropped} == {"noise + echo"}
    alone = plan(scorer, wide, 0.7, alike=1.5)
    assert {alone.units[i] for i in alone.dropped} == {"noise", "echo"}
    stays = plan(scorer, wide, 0.85, must_keep=["echo"])
    assert {stays.units[i] for i in stays.dropped} == {"noise"}


def test_of_perfect_twins_the_dearer_goes_and_a_constant_goes_first(fitted, development):
    wide = [widened(s, "twin", lambda s: s.matrix[:, 0]) for s in (development.train, development.tune)]
    wide = [widened(s, "same", lambda s: np.full(len(s), 7.0)) for s in wide]
    dear = tuple(replace(c, cost=2.0 if c.name == "income" else 0.0) for c in wide[0].features)
    rows = Development(*(replace(s, features=dear) for s in wide))
    made = plan(fitted("lgbm").refit(rows, dear), rows, 5 / 7)
    assert {made.units[i] for i in made.dropped} == {"income", "same"}


def test_a_dear_feature_must_say_more_to_stay(scorer, development):
    dear = tuple(replace(c, cost=1e6 * (c.name == "income")) for c in scorer.features)
    rows = Development(*(replace(s, features=dear) for s in (development.train, development.tune)))
    priced = replace(scorer, features=dear)
    assert kept(plan(priced, rows, 0.8)) == {"utilisation", "purpose", "months", "noise"}
    assert "income" in kept(plan(priced, rows, 0.8, cost_weight=0.0))


@pytest.mark.parametrize("stop", ["one_error", "margin"])
def test_a_rule_stops_before_what_matters_goes(scorer, development, stop):
    made = plan(scorer, development, 0.2, stop=stop, margin=0.02)
    assert "income" in kept(made)
    assert len(made.kept) > 1
    assert kept(plan(scorer, development, 0.2)) < kept(made) or len(made.kept) == len(made.units)


def test_what_must_stay_stays_and_what_must_go_goes(scorer, development):
    made = plan(scorer, development, 0.4, must_keep=["noise"], must_drop=["income"])
    assert "noise" in kept(made)
    assert "income" not in kept(made)


@pytest.mark.parametrize(
    ("options", "keep", "message"),
    [
        ({"must_keep": ["wealth"]}, 0.5, "must_keep must name features of the model, however: 'wealth' is none"),
        ({"must_keep": ["noise", "income"]}, 0.2, "keep must leave the 2 features of must_keep, however: 0.2 leaves 1"),
        (
            {"must_keep": ["income", "utilisation", "purpose", "months", "noise"]},
            0.5,
            "must_keep must leave a feature that can go, however: it names all 5",
        ),
        (
            {"must_drop": ["income", "utilisation", "purpose", "months", "noise"]},
            0.5,
            "must_drop must leave a feature, however: it names all 5",
        ),
        ({"step": 1.5}, 0.5, "step must be a share in"),
    ],
)
def test_what_cannot_be_is_one_line(fitted, development, options, keep, message):
    with pytest.raises((RiskModelError, ConfigError), match=message):
        plan(fitted("lgbm"), development, keep, **options)


def test_a_network_is_refused_in_words(fitted, development):
    with pytest.raises(UnsupportedScorer, match="must have exact SHAP values, however: a mlp scorer has none"):
        plan(fitted("mlp"), development, 0.5)


@pytest.fixture
def priced(fitted, development):
    """Purpose and months come by one call, utilisation by a dear one, noise by the dearest."""
    of = {"purpose": ("form", 1.0), "months": ("form", 1.0), "utilisation": ("bureau", 3.0), "noise": ("gossip", 6.0)}
    prices = {name: {"vendor": vendor, "cost": cost} for name, (vendor, cost) in of.items()}
    columns = tuple(replace(column, **prices.get(column.name, {})) for column in development.train.features)
    rows = Development(*(replace(s, features=columns) for s in (development.train, development.tune)))
    return replace(fitted("lgbm"), features=columns), rows


def test_whole_calls_go_by_what_they_lose_for_their_price(priced):
    scorer, rows = priced
    pruner = pruning.make(NAME, {**QUICKLY, "by": "vendor"})
    first, second = pruner.plans(scorer, rows, [0.4, 0.1])
    assert (kept(first), kept(second)) == ({"form", "bureau", "uncharged"}, {"form", "uncharged"})
    small = pruner.apply(second, scorer, rows)
    assert [column.name for column in small.features] == ["income", "purpose", "months"]
    assert price(small) == 1.0


def test_lists_hold_for_calls_too(priced):
    scorer, rows = priced
    pruner = pruning.make(NAME, {**QUICKLY, "by": "vendor", "must_keep": ["noise"], "must_drop": ["purpose"]})
    made = pruner.plan(scorer, rows, 0.6)
    assert kept(made) == {"gossip", "uncharged"}
    assert [column.name for column in pruner.apply(made, scorer, rows).features] == ["income", "noise"]
    with pytest.raises(RiskModelError, match=r"keep must leave the calls of must_keep, 0.6 of the price, however: 0.5"):
        pruner.plan(scorer, rows, 0.5)
    whole = pruner.plan(scorer, rows, 1.0)
    assert "purpose" not in [column.name for column in pruner.apply(whole, scorer, rows).features]


def test_without_prices_there_are_no_calls(fitted, development):
    with pytest.raises(
        RiskModelError, match=r"needs prices in data.vendors or data.costs, however: no feature has one"
    ):
        plan(fitted("lgbm"), development, 0.5, by="vendor")


def test_what_the_screen_rejects_goes_at_keep_1_too_and_what_is_open_stays(fitted, development, monkeypatch):
    monkeypatch.setattr(shap_elimination, "screened", lambda *_: judged(np.array([30, 30, 15, 30, 0]), 30))
    scorer, pruner = fitted("lgbm"), pruning.make(NAME, {**QUICKLY, "screen": "shadow", "repeats": 30})
    made = pruner.plan(scorer, development, 1.0)
    assert {made.units[i] for i in made.dropped} == {"noise"}
    small = pruner.apply(made, scorer, development)
    assert [column.name for column in small.features] == ["income", "utilisation", "purpose", "months"]


def test_a_screen_that_leaves_nothing_is_one_line(fitted, development, monkeypatch):
    monkeypatch.setattr(shap_elimination, "screened", lambda *_: judged(np.zeros(5, np.int64), 20))
    assert kept(plan(fitted("lgbm"), development, 0.5, screen="shadow", must_keep=["months"])) == {"months"}
    with pytest.raises(RiskModelError, match="screen must leave a feature, however: none says more"):
        plan(fitted("lgbm"), development, 0.5, screen="shadow")
    with pytest.raises(RiskModelError, match='screen must be "none" where by is "vendor"'):
        plan(fitted("lgbm"), development, 0.5, screen="shadow", by="vendor")


def test_no_fold_parts_a_borrower(development):
    shared = Development(*(replace(s, borrower=s.rows // 3) for s in (development.train, development.tune)))
    parts = list(pruning.make(NAME, QUICKLY)._parts(shared))
    for fits, (judges,) in parts:
        borrowers = [set(s.borrower.tolist()) for s in (fits.train, fits.tune, judges)]
        assert sum(map(len, borrowers)) == len(set.union(*borrowers))
    judging = [judges for _, (judges,) in parts]
    assert sum(map(len, judging)) == len(development.train) + len(development.tune)
    assert all(0 < judges.default.mean() < 1 for judges in judging)


@pytest.fixture
def fading(development):
    """Income and a fad, each a call of one price; until May 2025 the fad knows most outcomes, then it knows none."""
    random = np.random.default_rng(3)

    def fad(sample):
        known = sample.days < np.datetime64("2025-05-01")
        return np.where(known, 2.0 * sample.default, 1.0) + random.normal(size=len(sample))

    wide = [widened(s, "fad", fad) for s in (development.train, development.tune)]
    calls = {"income": ("bureau", 1.0), "fad": ("feed", 1.0)}
    columns = tuple(
        replace(c, vendor=calls[c.name][0], cost=calls[c.name][1]) if c.name in calls else c for c in wide[0].features
    )
    return Development(*(replace(s, features=columns) for s in wide))


@pytest.mark.parametrize(("out_of_time", "stays"), [(False, "feed"), (True, "bureau")])
def test_out_of_time_later_periods_judge_and_what_faded_goes(fading, fitted, out_of_time, stays):
    rows = replace(fading, out_of_time=out_of_time)
    scorer = fitted("lgbm").refit(rows, rows.train.features)
    assert kept(plan(scorer, rows, 0.5, by="vendor")) == {stays, "uncharged"}


def test_out_of_time_one_fit_of_earlier_rows_meets_each_later_period(development):
    ((fits, judges),) = pruning.make(NAME, QUICKLY)._parts(replace(development, out_of_time=True))
    assert len(judges) == 4
    borders = [max(fits.train.days.max(), fits.tune.days.max())]
    for one in judges:
        assert borders[-1] < one.days.min()
        borders.append(one.days.max())
