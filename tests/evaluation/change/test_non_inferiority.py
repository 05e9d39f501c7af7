"""Verdicts on a change as evidence, what recalibration repairs, and parity."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from riskmodel.config import Margins
from riskmodel.core.evidence import Mark
from riskmodel.evaluation import compare
from riskmodel.evaluation.change.non_inferiority import (
    calibration_change,
    margins_sha256,
    no_worse,
    no_worse_among_approved,
    parity,
)
from riskmodel.evaluation.change.swap_set import Cutoffs
from riskmodel.evaluation.metrics.calibration import fit_calibration


def verdicts(sample, challenger, champion, margins=Margins()):  # noqa: B008 - frozen
    change = compare("small", "lgbm", sample, challenger, champion, margins)
    result = no_worse(change, margins, len(sample), int(sample.default.sum()))
    return {evidence.method.id: evidence for evidence in result}, change


def test_the_three_states_are_three_marks(draw):
    sample, pd = draw(2000)
    noisy = expit(logit(pd) + np.random.default_rng(1).normal(0, 1.5, 2000))
    assert {e.mark for e in verdicts(sample, pd, pd)[0].values()} == {Mark.PASS}
    result, change = verdicts(sample, noisy, pd)
    assert result["change.auc"].mark is Mark.FAIL
    assert result["change.auc"].p_value == change.differences["auc"].p_value
    few = sample.take(np.arange(120))
    near = expit(logit(pd) + np.random.default_rng(1).normal(0, 0.3, 2000))
    assert verdicts(few, near[:120], pd[:120])[0]["change.auc"].mark is Mark.ATTENTION


def test_the_smallest_margin_and_the_hash_of_the_margins_are_told(draw):
    sample, pd = draw(300)
    result, change = verdicts(sample, pd**1.1, pd, Margins(auc=0.01))
    detectable = change.differences["brier"].detectable
    assert f"{detectable:.4g}" in result["change.brier"].reason
    assert margins_sha256(Margins(auc=0.01)) in result["change.auc"].threshold.source
    assert margins_sha256(Margins(auc=0.01)) != margins_sha256(Margins()) == margins_sha256(Margins(auc=0.005))


def test_among_the_approved_the_verdict_is_the_same_test_on_the_partial_auc(draw, limits):
    sample, pd = draw(3000)
    at = Cutoffs("equal cutoff", 0.3, 0.3)
    noisy = expit(logit(pd) + np.random.default_rng(1).normal(0, 1.5, 3000))
    assert no_worse_among_approved(sample.default, pd, pd, at, 0.005, limits).mark is Mark.PASS
    assert no_worse_among_approved(sample.default, pd, noisy, at, 0.005, limits).mark is Mark.FAIL
    nobody = no_worse_among_approved(sample.default, pd, pd, Cutoffs("", 0.0, 0.0), 0.005, limits)
    assert nobody.mark is Mark.NOT_EVALUATED


def test_recalibration_repairs_the_slope_that_pruning_bent(draw, limits):
    sample, pd = draw(6000)
    bent = expit(1.6 * logit(pd))
    half = np.arange(6000) % 2 == 0
    line = fit_calibration(logit(bent[half]), sample.default[half])
    straight = expit(line(logit(bent)))
    args = [values[~half] for values in (sample.default, pd, bent, straight)]
    result = calibration_change(*args, limits)
    slopes = [row[1] for row in result.tables[0].rows]
    assert slopes[1] == pytest.approx(slopes[0] / 1.6, rel=1e-3)
    assert result.value == slopes[2]
    assert result.mark is not Mark.FAIL
    assert calibration_change(*args[:3], bent[~half], limits).mark is Mark.FAIL


def test_one_decision_that_differs_fails_parity(draw, limits):
    _, pd = draw(500)
    near = pd.copy()
    near[3] += 1e-12
    (held,) = parity({"native": pd, "onnx": near, "batch": pd}, 0.3, limits)
    assert (held.mark, held.value, held.about) == (Mark.PASS, 0, "")
    assert held.reason == "Each of 500 rows is decided as by native: onnx, batch. No PD differs by more than 1e-12."
    other = pd.copy()
    other[7] = 1 - (pd[7] >= 0.3)
    (result,) = parity({"native": pd, "onnx": pd, "batch": other}, 0.3, limits)
    assert (result.mark, result.about, result.value) == (Mark.FAIL, "batch", 1)
    assert result.reason == "batch decides 1 of 500 rows otherwise than native."


def test_a_form_that_is_not_at_hand_is_told_beside_those_that_are(draw, limits):
    _, pd = draw(500)
    held, absent = parity({"native": pd, "onnx": "It is not installed.", "batch": pd}, 0.3, limits)
    assert held.mark is Mark.PASS
    assert [row[0] for row in held.tables[0].rows] == ["batch", "onnx"]
    assert (absent.mark, absent.about, absent.reason) == (Mark.NOT_EVALUATED, "onnx", "It is not installed.")


@pytest.mark.parametrize("forms", [{}, {"native": np.ones(3)}, {"native": np.ones(0), "batch": np.ones(0)}])
def test_parity_of_fewer_than_two_forms_with_rows_is_not_evaluated(limits, forms):
    (result,) = parity(forms, 0.3, limits)
    assert (result.mark, result.value) == (Mark.NOT_EVALUATED, None)
    assert result.reason == "There are not two forms with rows to compare."
