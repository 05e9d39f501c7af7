"""SHAP values add up to the margin."""

import numpy as np

from riskmodel.explanation import attributions, importance


def test_the_libraries_own_values_add_up_to_the_margin(fitted, fresh):
    for kind, tolerance in (("lgbm", 1e-9), ("xgb", 1e-4)):
        scorer = fitted(kind)
        values = attributions(scorer, fresh.matrix)
        rest = scorer.raw_margin(fresh.matrix) - values.sum(axis=1)
        np.testing.assert_allclose(rest, rest[0], rtol=0, atol=tolerance)


def test_sampled_values_add_up_too(fitted, fresh):
    scorer = fitted("scorecard")
    values = attributions(scorer, fresh.matrix)
    rest = scorer.raw_margin(fresh.matrix[: len(values)]) - values.sum(axis=1)
    np.testing.assert_allclose(rest, rest[0], rtol=0, atol=1e-8)


def test_importance_is_the_mean_size(fitted, fresh):
    scorer = fitted("lgbm")
    expected = np.abs(attributions(scorer, fresh.matrix)).mean(axis=0)
    np.testing.assert_array_equal(importance(scorer, fresh.matrix), expected)
