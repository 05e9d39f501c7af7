"""Whole features out of a trained booster: what goes, what stays, and what the trees say afterwards."""

from dataclasses import replace

import numpy as np
import pytest

from riskmodel import pruning
from riskmodel.core import Development
from riskmodel.errors import RiskModelError
from riskmodel.pruning.algorithms.trees.surrogate_splits import FeatureRemoval
from riskmodel.trees.monotone import held
from riskmodel.trees.worst_case import worst_change

NAME = "remove_without_refit"


@pytest.fixture(params=["lgbm", "xgb"])
def scorer(request, fitted):
    return fitted(request.param)


def names(scorer):
    return {column.name for column in scorer.features}


def cut(scorer, development, keep, **options):
    pruner = pruning.make(NAME, options)
    plan = pruner.plan(scorer, development, keep)
    return plan, pruner.apply(plan, scorer, development)


def test_no_split_asks_for_what_went_and_the_library_agrees(scorer, development, fresh):
    plan, small = cut(scorer, development, 0.4)
    assert len(plan.kept) == 2
    assert set(small.ensemble.used_features) <= set(plan.kept)
    assert small.ensemble.n_leaves <= scorer.ensemble.n_leaves
    assert small.features == scorer.features
    other = fresh.take(np.arange(len(fresh)))
    other.matrix[:, list(plan.dropped)] = 1e9
    np.testing.assert_array_equal(small.score(other), small.score(fresh))
    matrix = fresh.columns(small.features)
    np.testing.assert_allclose(small.native_margin(matrix), small.ensemble.margins(matrix), atol=1e-5)


def test_the_worst_change_is_bounded_for_every_applicant(scorer, development, fresh):
    _, small = cut(scorer, development, 0.6)
    worst = worst_change(scorer.ensemble, small.ensemble, fresh.columns(scorer.features))
    change = small.ensemble.margins(fresh.columns(scorer.features)) - scorer.ensemble.margins(
        fresh.columns(scorer.features)
    )
    assert np.abs(change).max() <= worst.bound + 1e-9
    assert 0 < worst.pd_bound < 1


def test_what_must_stay_stays_and_what_must_go_goes(scorer, development):
    first, second = scorer.features[0].name, scorer.features[1].name
    plan, small = cut(scorer, development, 0.4, must_keep=["noise"], must_drop=[first])
    kept = {plan.units[i] for i in plan.kept}
    assert "noise" in kept
    assert first not in kept
    whole, _ = cut(scorer, development, 1.0, must_drop=[second])
    assert {whole.units[i] for i in whole.dropped} == {second}
    assert 0 not in small.ensemble.used_features


def test_a_dear_feature_goes_first(scorer, development):
    dear = tuple(replace(column, cost=1e9 * (i == 1)) for i, column in enumerate(scorer.features))
    priced = replace(scorer, features=dear)
    paid = Development(*(replace(s, features=dear) for s in (development.train, development.tune)))
    plan = pruning.make(NAME, {"tried": 9}).plan(priced, paid, 0.8)
    free = pruning.make(NAME, {"tried": 9, "cost_weight": 0.0}).plan(priced, paid, 0.8)
    assert 1 not in free.dropped
    assert plan.dropped == (1,)


@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
def test_of_perfect_twins_one_goes_and_the_other_speaks_for_both(kind, development, fitted):
    """A column that half of the trees read in the place of its twin: without it no margin moves."""
    trees = fitted(kind).ensemble
    matrix = development.train.matrix.copy()
    matrix[:, 4] = matrix[:, 1]
    twins = replace(trees, trees=tuple(_reading(tree, 1, 4 if i % 2 else 1) for i, tree in enumerate(trees.trees)))
    one = replace(trees, trees=tuple(_reading(tree, 4, 1) for tree in trees.trees))
    assert 4 in twins.used_features
    small = FeatureRemoval(one, matrix, np.ones(len(matrix))).without(twins, {4})
    assert 4 not in small.used_features
    noise = [t for t in trees.trees if 4 in t.used_features]
    if not noise:
        np.testing.assert_allclose(small.margins(matrix), twins.margins(matrix), atol=1e-9)


def _reading(tree, column, instead):
    return replace(tree, feature=np.where(tree.feature == column, instead, tree.feature).astype(np.int32))


@pytest.mark.parametrize(
    ("options", "keep", "message"),
    [
        ({"must_keep": ["wealth"]}, 0.5, "must_keep must name features of the model, however: 'wealth' is none"),
        ({"must_keep": ["noise"], "must_drop": ["noise"]}, 0.5, "however: 'noise' is in must_keep and in must_drop"),
        ({"must_keep": ["noise", "income"]}, 0.2, "keep must leave the 2 features of must_keep, however: 0.2 leaves 1"),
    ],
)
def test_lists_that_cannot_be_are_one_line(scorer, development, options, keep, message):
    with pytest.raises(RiskModelError, match=message.replace("(", r"\(")):
        pruning.make(NAME, options).plan(scorer, development, keep)


def test_all_must_stay_or_all_must_go_is_one_line(scorer, development):
    with pytest.raises(RiskModelError, match=r"must_keep must leave a feature that can go, however: it names all"):
        pruning.make(NAME, {"must_keep": sorted(names(scorer))}).plan(scorer, development, 0.5)
    with pytest.raises(RiskModelError, match=r"must_drop must leave a feature, however: it names all"):
        pruning.make(NAME, {"must_drop": sorted(names(scorer))}).plan(scorer, development, 0.5)


def test_monotone_constraints_hold_after(development, fitted):
    for kind in ("lgbm", "xgb"):
        scorer = fitted(kind)
        declared = held(scorer.ensemble, [column.monotone for column in scorer.features])
        _, small = cut(scorer, development, 0.6)
        assert held(small.ensemble, declared) == declared
