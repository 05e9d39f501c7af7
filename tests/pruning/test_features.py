"""Features go by mean |SHAP|."""

from dataclasses import replace

import numpy as np

from riskmodel import pruning
from riskmodel.core import Development


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
