"""Features go by mean |SHAP|."""

from dataclasses import replace

import numpy as np
import pytest
from samples import FEATURES

from riskmodel import pruning
from riskmodel.config import Scoring
from riskmodel.core import Column, Development
from riskmodel.datasets import input_validation
from riskmodel.errors import DataError, RiskModelError

NAMES = [column.name for column in FEATURES]


def test_the_feature_that_says_nothing_goes_first(fitted, development):
    for kind in ("lgbm", "xgb", "scorecard"):
        plan = pruning.make("features").plan(fitted(kind), development, 0.8)
        assert "noise" not in {plan.units[i] for i in plan.kept}, kind


def test_the_refitted_scorer_asks_for_the_kept_features_only(fitted, development, fresh):
    pruner = pruning.make("features")
    scorer = fitted("lgbm")
    cut = pruner.apply(pruner.plan(scorer, development, 0.4), scorer, development)
    assert len(cut.features) == 2
    other = fresh.take(np.arange(len(fresh)))
    gone = [i for i, column in enumerate(fresh.features) if column not in cut.features]
    other.matrix[:, gone] = 1e9
    np.testing.assert_array_equal(cut.score(other), cut.score(fresh))


def test_a_dear_feature_must_say_more_to_stay(fitted, development):
    scorer = fitted("lgbm")
    plain = pruning.make("features").rank(scorer, development).importance
    first = int(np.argmax(plain))
    dear = [replace(column, cost=3.0 * (i == first)) for i, column in enumerate(scorer.features)]
    priced, samples = (
        replace(scorer, features=tuple(dear)),
        [replace(s, features=tuple(dear)) for s in (development.train, development.tune)],
    )
    paid = Development(*samples)
    for weight, divisor in ((0.0, 1.0), (1.0, 4.0), (2.0, 7.0)):
        result = pruning.make("features", {"cost_weight": weight}).rank(priced, paid).importance
        want = np.where(np.arange(len(plain)) == first, plain / divisor, plain)
        np.testing.assert_allclose(result, want)
    plan = pruning.make("features", {"cost_weight": 1e6}).plan(priced, paid, 0.8)
    assert plan.dropped == (first,)


def test_rows_bound_what_is_explained(fitted, development):
    few = pruning.make("features", {"rows": 50}).rank(fitted("lgbm"), development).importance
    many = pruning.make("features", {"rows": 700}).rank(fitted("lgbm"), development).importance
    assert not np.array_equal(few, many)


def test_what_must_stay_stays_and_what_must_go_goes(fitted, development):
    scorer = fitted("lgbm")
    pruner = pruning.make("features", {"must_keep": ["noise"], "must_drop": ["income"]})
    large, small = pruner.plans(scorer, development, [1.0, 0.4])
    assert [large.units[i] for i in large.kept] == ["utilisation", "purpose", "months", "noise"]
    assert len(small.kept) == 2
    assert "noise" in {small.units[i] for i in small.kept}
    assert pruning.make("features").plan(scorer, development, 0.4).importance == small.importance


@pytest.mark.parametrize("name", ["features", "shap_elimination", "remove_without_refit"])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"must_keep": NAMES},
            "must_keep must leave a feature that can go, however: it names all 5",
        ),
        ({"must_drop": NAMES}, "must_drop must leave a feature, however: it names all 5"),
        ({"must_keep": ["wealth"]}, "must_keep must name features of the model, however: 'wealth' is none"),
        (
            {"must_keep": ["noise"], "must_drop": ["noise"]},
            "must stay or go, however: 'noise' is in must_keep",
        ),
    ],
)
def test_lists_that_cannot_be_are_one_line_of_every_pruner_of_features(name, options, message, fitted, development):
    with pytest.raises(RiskModelError, match=message):
        pruning.make(name, options).plan(fitted("lgbm"), development, 0.5)


@pytest.mark.parametrize("name", ["features", "shap_elimination", "remove_without_refit"])
def test_a_constant_goes_first_and_a_perfect_twin_before_what_says_something(name, fitted, development):
    rows = Development(*(_widened(s) for s in (development.train, development.tune)))
    scorer = fitted("lgbm").refit(rows, rows.train.features)
    options = {"folds": 3, "rows": 300} if name == "shap_elimination" else {}
    first, more = pruning.make(name, options).plans(scorer, rows, [6 / 7, 4 / 7])
    gone = {more.units[i] for i in more.dropped}
    assert "same" in gone
    if name == "remove_without_refit":  # it asks which splits others can say, and noise matters less than half a twin
        assert [first.units[i] for i in first.dropped] == ["same"]
    else:
        assert gone == {"same", "twin", "noise"}


def _widened(sample):
    matrix = np.column_stack([sample.matrix, sample.matrix[:, 0], np.full(len(sample), 7.0)])
    return replace(sample, features=(*sample.features, Column("twin"), Column("same")), matrix=matrix)


def test_a_feature_that_is_absent_at_scoring_is_one_line(fitted, development, fresh):
    scorer = fitted("lgbm")
    cut = pruning.make("features").apply(pruning.make("features").plan(scorer, development, 0.4), scorer, development)
    names = [column.name for column in cut.features]
    input_validation.check_names(names, cut.features, Scoring())  # the others are not asked for
    with pytest.raises(DataError, match=f"no column '{names[0]}'") as error:
        input_validation.check_names(names[1:], cut.features, Scoring())
    assert str(error.value).count("\n") == 0
