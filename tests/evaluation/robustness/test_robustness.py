"""What perturbations, new rows and seeds cost."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from riskmodel.core.evidence import Mark
from riskmodel.errors import DataError
from riskmodel.evaluation.robustness.robustness import decay, excess_decay, overfit, seed_spread


def blurred(pd, by, seed=0):
    return pd + np.random.default_rng(100 + seed).normal(0, by, len(pd))


def test_the_costliest_perturbation_stands_in_front(draw, limits):
    sample, pd = draw(3000)
    worse = {"little": blurred(pd, 0.01), "much": blurred(pd, 0.5)}
    result = decay(sample.default, pd, worse, limits)
    lost = roc_auc_score(sample.default, pd) - roc_auc_score(sample.default, worse["much"])
    assert (result.about, result.mark) == ("much", Mark.FAIL)
    assert result.value == pytest.approx(lost)


def test_only_what_the_challenger_alone_loses_counts(draw, limits):
    sample, pd = draw(3000)
    both = {"noise": blurred(pd, 0.3)}
    assert excess_decay(sample.default, pd, pd, both, both, limits).mark is Mark.PASS
    result = excess_decay(sample.default, pd, pd, {"noise": pd}, both, limits)
    assert result.value == decay(sample.default, pd, both, limits).value
    with pytest.raises(DataError, match="same perturbations, however: shift"):
        excess_decay(sample.default, pd, pd, both, {**both, "shift": pd}, limits)


def test_overfit_counts_both_variances(draw, limits):
    (one, pd), (two, other) = draw(900), draw(700, seed=1)
    result = overfit(one.default, one.default + 0.1 * pd, two.default, other, limits)
    assert result.mark is Mark.FAIL
    assert result.value == pytest.approx(1 - roc_auc_score(two.default, other))
    assert overfit(one.default, pd, two.default[:30], other[:30], limits).mark is Mark.NOT_EVALUATED


def test_the_spread_over_seeds_is_the_standard_deviation(draw, limits):
    sample, pd = draw(2000)
    scores = [blurred(pd, 0.1, seed) for seed in range(6)]
    result = seed_spread(sample.default, scores, limits)
    assert result.value == pytest.approx(np.std([roc_auc_score(sample.default, s) for s in scores], ddof=1))
    assert result.low < result.value < result.high
    assert seed_spread(sample.default, scores[:2], limits).reason == "2 seeds; at least 3 are needed."
    assert seed_spread(sample.default, [pd, pd, pd], limits).value == 0
