"""Variances of AUCs and of their differences are those of the pair at a time."""

import numpy as np
import pytest
from samples import drawn

from riskmodel.evaluation.metrics import many_auc
from riskmodel.evaluation.metrics.discrimination import placements


@pytest.mark.parametrize("by", ["rows", "weights", "clusters"])
def test_pairs_agree_with_delong_and_obuchowski(by):
    sample, random = drawn(500, 4), np.random.default_rng(0)
    clusters = random.integers(0, 120, 500) if by == "clusters" else None
    weight = random.uniform(1, 5, 500) if by == "weights" else None
    scores = [sample.matrix[:, 1] + random.normal(size=500) * s for s in (0.5, 1.0)]
    placed = [placements(sample.default, score, clusters, weight) for score in scores]
    areas, moves = zip(*(many_auc.influence(sample.default, s, clusters, weight) for s in scores), strict=True)
    covariance = many_auc.covariance(np.column_stack(moves), clusters)
    assert areas == tuple(one.auc for one in placed)
    for k in (0, 1):
        assert covariance[k, k] == pytest.approx(placed[k].standard_error ** 2, rel=0.02)
    difference = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    assert difference == pytest.approx((placed[0] - placed[1]).standard_error ** 2, rel=0.02)
