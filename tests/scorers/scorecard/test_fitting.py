"""The regression agrees with scikit-learn's, written out as one wide table."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from riskmodel.scorers.scorecard.binning import FeatureBins, count, weight_of_evidence
from riskmodel.scorers.scorecard.fitting import BinnedFeature, fit


def evidence(codes, default, bins, *, steps):
    rows, bads = count(codes, default, len(bins))
    return BinnedFeature(bins, codes, rows, bads, weight_of_evidence(rows, bads, 1.0), steps)


@pytest.fixture
def drawn():
    """Codes of a number (4 bins, the third empty, and missing) and of a category (3 levels), and what came of them."""
    draw = np.random.default_rng(3)
    number = draw.choice([0, 1, 3, 4], 1100, p=[0.4, 0.3, 0.2, 0.1])
    level = draw.integers(0, 3, 1100)
    margin = np.array([-2, -1, 0, 0.5, -0.5])[number] + np.array([-0.5, 0, 0.8])[level]
    default = (draw.random(1100) < 1 / (1 + np.exp(-margin))).astype(np.int8)
    return number, level, default


NUMBER, LEVEL = FeatureBins(edges=(0.0, 1.0, 2.0)), FeatureBins(groups=(0, 1, 2))


def pd_of(card, *codes):
    margin = card.intercept + sum(m[c] for m, c in zip(card.margins, codes, strict=True))
    return 1 / (1 + np.exp(-margin))


@pytest.mark.parametrize("penalty", [0.5, 20.0])
def test_without_steps_pds_are_those_of_a_pipeline_on_weights_of_evidence(drawn, penalty):
    number, level, default = drawn
    both = [evidence(c, default, b, steps=False) for c, b in ((number, NUMBER), (level, LEVEL))]
    weigh = FunctionTransformer(lambda codes: np.column_stack([e.woe[c] for e, c in zip(both, codes.T, strict=True)]))
    oracle = make_pipeline(weigh, LogisticRegression(C=1 / penalty, tol=1e-10, max_iter=1000))
    codes = np.column_stack([number, level])
    expected = oracle.fit(codes, default).predict_proba(codes)[:, 1]
    np.testing.assert_allclose(pd_of(fit(both, default, penalty), number, level), expected, atol=1e-6)


@pytest.mark.parametrize("penalty", [0.5, 20.0])
def test_with_steps_pds_are_those_of_scikit_learn_on_the_wide_table(drawn, penalty):
    number, level, default = drawn
    both = [evidence(c, default, b, steps=True) for c, b in ((number, NUMBER), (level, LEVEL))]
    passed = [(number >= i) & (number < 4) for i in (1, 2, 3)]
    levels = [level == i for i in range(4)]
    wide = np.column_stack([both[0].woe[number], *passed, number == 4, both[1].woe[level], *levels]).astype(float)
    oracle = LogisticRegression(C=1 / penalty, tol=1e-10, max_iter=2000).fit(wide, default)
    result = fit(both, default, penalty)
    np.testing.assert_allclose(pd_of(result, number, level), oracle.predict_proba(wide)[:, 1], atol=1e-6)


def test_bins_average_nothing_and_those_without_rows_add_nothing(drawn):
    number, level, default = drawn
    both = [evidence(c, default, b, steps=True) for c, b in ((number, NUMBER), (level, LEVEL))]
    result = fit(both, default, 5.0)
    for item, margins in zip(both, result.margins, strict=True):
        assert item.rows @ margins == pytest.approx(0, abs=1e-9)
        assert (margins[item.rows == 0] == 0).all()
        assert (margins[item.rows > 0] != 0).all()


def test_a_feature_with_the_wrong_sign_is_dropped_and_the_rest_refitted():
    """By itself the second feature raises the log-odds, as it goes with the first; beside the first it lowers them."""
    draw = np.random.default_rng(0)
    first = draw.integers(0, 3, 4000)
    second = np.where(draw.random(4000) < 0.8, first, draw.integers(0, 3, 4000))
    default = (draw.random(4000) < 1 / (1 + np.exp(2 - 1.6 * (first - 1) + 0.8 * (second - 1)))).astype(np.int8)
    bins = FeatureBins(edges=(0.0, 1.0))
    both = [evidence(codes, default, bins, steps=False) for codes in (first, second)]
    oracle = LogisticRegression(C=1.0).fit(np.column_stack([e.woe[e.codes] for e in both]), default)
    assert oracle.coef_[0][1] < -0.1
    result = fit(both, default, 1.0)
    assert not result.margins[1].any()
    alone = fit(both[:1], default, 1.0)
    assert result.intercept == alone.intercept
    np.testing.assert_array_equal(result.margins[0], alone.margins[0])


def test_features_that_say_nothing_leave_the_bad_rate():
    default = np.array([0, 1, 0, 0], np.int8)
    result = fit([evidence(np.zeros(4, int), default, FeatureBins(), steps=True)], default, 1.0)
    assert result.intercept == pytest.approx(-np.log(3))
    assert not result.margins[0].any()
