"""Whether a challenger gives other reasons."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from riskmodel.core.evidence import Mark
from riskmodel.errors import DataError
from riskmodel.evaluation.change.reasons import attribution_agreement, named, orphan_reasons, reason_churn


@pytest.fixture
def shap():
    return np.random.default_rng(0).normal(0.1, [1.0, 0.7, 0.5, 0.3, 0.2, 0.1], (800, 6))


def test_only_what_raises_the_margin_is_a_reason():
    assert named(np.array([[0.1, -2.0, 0.5], [-1, -1, -1]]), 2).tolist() == [[2, 0], [-1, -1]]


def test_a_model_against_itself_gives_the_same_reasons(shap, limits):
    assert attribution_agreement(shap, shap, limits).value == pytest.approx(1)
    result = reason_churn(shap, shap, limits)
    assert (result.value, result.mark) == (1, Mark.PASS)
    assert [row[1] for row in result.tables[0].rows] == pytest.approx([1, 1])


def test_other_reasons_share_nothing(limits):
    one = np.tile([3.0, 2, 1, 0.5, -1, -1, -1, -1], (200, 1))
    result = reason_churn(one, one[:, ::-1], limits)
    assert (result.value, result.mark) == (0, Mark.FAIL)
    assert [row[1] for row in result.tables[0].rows] == [0, 0]


def test_agreement_is_spearmans_of_mean_sizes(shap, limits):
    other = shap[:, [1, 0, 2, 3, 5, 4]]
    result = attribution_agreement(shap, other, limits)
    means = [np.abs(values).mean(axis=0) for values in (shap, other)]
    assert result.value == pytest.approx(spearmanr(*means).statistic)
    row = spearmanr(shap[0], other[0]).statistic
    assert result.tables[0].rows[0][1] <= 1
    assert result.low <= result.value <= result.high
    assert -1 <= row <= 1


def test_rank_biased_overlap_by_hand(limits):
    """Tops 0 1 2 3 and 1 0 2 4: agreements 0, 2/2, 3/3 and 3/4, weighted by 1, 0.9, 0.81 and 0.729."""
    one = np.tile([6.0, 5, 4, 3, 2], (100, 1))
    other = np.tile([5.0, 6, 4, 2, 3], (100, 1))
    weight = np.array([1, 0.9, 0.81, 0.729])
    result = reason_churn(one, other, limits).tables[0].rows
    assert result[1][1] == pytest.approx(weight @ [0, 1, 1, 0.75] / weight.sum())
    assert result[0][1] == pytest.approx(3 / 5)


def test_orphans_are_those_whose_main_reason_is_gone(limits):
    values = np.tile([[2.0, 1.0, -1.0], [1.0, 2.0, -1.0], [-1.0, -1.0, -1.0]], (100, 1))
    result = orphan_reasons(values, ["a", "b", "c"], ["b", "c"], limits)
    assert result.value == pytest.approx(1 / 3)
    assert result.mark is Mark.FAIL
    assert result.tables[0].rows == (("b", 100), ("c", 0))
    assert orphan_reasons(values, ["a", "b", "c"], [], limits).mark is Mark.PASS
    with pytest.raises(DataError, match="among the champion's, however: d"):
        orphan_reasons(values, ["a", "b", "c"], ["d"], limits)


def test_too_little_and_other_shapes(shap, limits):
    assert reason_churn(shap[:3], shap[:3], limits).mark is Mark.NOT_EVALUATED
    assert attribution_agreement(shap[:, :2], shap[:, :2], limits).mark is Mark.NOT_EVALUATED
    assert "no ranks" in attribution_agreement(np.zeros((200, 4)), np.zeros((200, 4)), limits).reason
    with pytest.raises(DataError, match="same rows and features"):
        reason_churn(shap, shap[:, :3], limits)


def test_many_rows_are_redrawn_in_blocks(limits):
    """The interval from blocks is near that of single rows."""
    rng = np.random.default_rng(1)
    shap = rng.normal(0, [0.30, 0.295, 0.29, 0.285, 0.28, 0.275], (1500, 6))
    other = rng.normal(0, [0.30, 0.295, 0.29, 0.285, 0.28, 0.275], (1500, 6))
    result = attribution_agreement(shap, other, limits)
    assert result.low < result.high
