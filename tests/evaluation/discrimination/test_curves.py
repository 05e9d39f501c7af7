"""Evidence of ranking against scikit-learn's curves and a bootstrap."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score, roc_curve

from riskmodel.core.evidence import Mark
from riskmodel.errors import DataError
from riskmodel.evaluation.discrimination.curves import auc, cap, gini, ks, partial_auc, partial_placements


def slow_partial(default, score, cutoff):
    """The area under the ROC curve right of the cutoff, standardised by McClish's least and greatest area."""
    fpr, tpr, thresholds = roc_curve(default, score, drop_intermediate=False)
    start = np.flatnonzero(thresholds >= cutoff)[-1]
    area, e = np.trapezoid(tpr[start:], fpr[start:]), fpr[start]
    least, most = (1 - e**2) / 2, 1 - e
    return 0.5 * (1 + (area - least) / (most - least))


@pytest.mark.parametrize("ties", [False, True])
def test_the_partial_auc_is_the_area_under_sklearns_curve(draw, limits, ties):
    sample, pd = draw(701, ties=ties)
    result = partial_auc(sample.default, pd, 0.3, limits)
    assert result.value == pytest.approx(slow_partial(sample.default, pd, 0.3), abs=1e-9)


def test_with_nobody_declined_it_is_the_auc(draw, limits):
    sample, pd = draw(400)
    result = partial_auc(sample.default, pd, 2.0, limits)
    assert result.value == pytest.approx(roc_auc_score(sample.default, pd))
    assert result.low < result.value < result.high


def test_the_part_of_each_good_is_that_of_the_jackknife(draw):
    sample, pd = draw(400)
    result = partial_placements(sample.default, pd, 0.15)
    goods, least = np.flatnonzero(sample.default == 0), []
    for good in goods:
        kept = np.delete(np.arange(400), good)
        least.append(partial_placements(sample.default[kept], pd[kept], 0.15).auc)
    pseudo = len(goods) * result.auc - (len(goods) - 1) * np.array(least)
    np.testing.assert_allclose(result.goods, pseudo, atol=0.02)


@pytest.mark.parametrize("cutoff", [0.12, 0.3])
def test_its_standard_error_alone_and_paired_is_near_a_bootstrap(draw, cutoff):
    sample, pd = draw(1200, seed=3)
    other = np.clip(pd + np.random.default_rng(4).normal(0, 0.08, len(pd)), 0, 1)
    rng, drawn = np.random.default_rng(5), []
    bads, goods = np.flatnonzero(sample.default), np.flatnonzero(1 - sample.default)
    for _ in range(500):
        rows = np.concatenate([rng.choice(bads, len(bads)), rng.choice(goods, len(goods))])
        drawn.append([partial_placements(sample.default[rows], s[rows], cutoff).auc for s in (pd, other)])
    one, two = (partial_placements(sample.default, s, cutoff) for s in (pd, other))
    assert one.standard_error == pytest.approx(np.std([d[0] for d in drawn]), rel=0.12)
    assert (two - one).standard_error == pytest.approx(np.std([d[1] - d[0] for d in drawn]), rel=0.12)


def test_the_cap_starts_at_0_ends_at_1_and_its_ratio_is_the_gini(draw, limits):
    sample, pd = draw(903, ties=True)
    result = cap(sample.default, pd, limits, points=10)
    shares = [row[1] for row in result.tables[0].rows]
    assert result.value == gini(sample.default, pd, limits).value
    assert (shares[0], shares[-1]) == (0, 1)
    assert np.all(np.diff(shares) >= 0)


def test_the_area_over_the_diagonal_of_the_cap_gives_the_ratio(draw, limits):
    sample, pd = draw(500, ties=True)
    shares = [row[1] for row in cap(sample.default, pd, limits, points=500).tables[0].rows]
    area = np.trapezoid(shares, dx=1 / 500)
    ratio = (area - 0.5) / (0.5 * (1 - sample.default.mean()))
    assert ratio == pytest.approx(2 * roc_auc_score(sample.default, pd) - 1, abs=2e-3)


@pytest.mark.parametrize("of", [auc, gini, ks, cap])
def test_one_class_and_three_rows_are_not_evaluated(of, limits):
    for default in (np.zeros(200, np.int8), np.array([0, 1, 0], np.int8)):
        result = of(default, np.linspace(0, 1, len(default)), limits)
        assert (result.mark, result.value) == (Mark.NOT_EVALUATED, None)
        assert "at least 20" in result.reason


def test_scores_that_tie_everywhere_fail_and_do_not_break(limits):
    default = np.tile([0, 1], 50).astype(np.int8)
    assert auc(default, np.full(100, 0.4), limits).mark is Mark.FAIL
    assert partial_auc(default, np.full(100, 0.4), 0.3, limits).mark is Mark.NOT_EVALUATED
    assert partial_auc(default, np.full(100, 0.4), 0.5, limits).value == 0.5


@pytest.mark.parametrize(
    ("default", "score", "said"),
    [
        ([0, 1, 1], [0.1, 0.2], "score must have 3 rows as default has, however: shape"),
        ([0, 1], [0.1, np.nan], "score must have no missing value, however: row 1"),
        ([0, 2], [0.1, 0.2], "default must be 0 or 1, however: 2"),
    ],
)
def test_bad_columns_are_refused(limits, default, score, said):
    with pytest.raises(DataError, match=said):
        auc(np.array(default, np.int8), np.array(score), limits)
