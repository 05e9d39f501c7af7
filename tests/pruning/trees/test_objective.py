"""The mixed target and its log-loss, against finite differences and sklearn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import log_loss

from riskmodel.errors import RiskModelError
from riskmodel.pruning.algorithms.trees.objective import Objective, mixed

MARGIN = np.array([-3.0, -0.4, 0.0, 0.7, 5.0])
DEFAULT = np.array([0, 1, 0, 1, 1], np.int8)
PD = np.array([0.1, 0.6, 0.3, 0.2, 0.9])
WEIGHT = np.array([1.0, 0.0, 2.0, 0.5, 3.0])


def test_the_target_moves_from_the_labels_to_the_teacher():
    np.testing.assert_array_equal(mixed(DEFAULT, PD, 0).target, DEFAULT)
    np.testing.assert_allclose(mixed(DEFAULT, PD, 0.25).target, 0.75 * DEFAULT + 0.25 * PD)
    np.testing.assert_array_equal(mixed(DEFAULT, PD, 1).target, PD)


def test_with_the_teacher_alone_labels_are_not_looked_at():
    np.testing.assert_array_equal(mixed(np.full(5, -1, np.int8), PD, 1).target, PD)


def test_a_row_without_outcome_has_the_teachers_pd_for_a_target_at_any_mix():
    labelled = np.array([True, False, True, True, False])
    target = mixed(DEFAULT, PD, 0.25, labelled=labelled).target
    np.testing.assert_allclose(target, np.where(labelled, 0.75 * DEFAULT + 0.25 * PD, PD))


def test_log_loss_is_sklearns():
    pd = 1 / (1 + np.exp(-MARGIN))
    ours = mixed(DEFAULT, PD, 0, WEIGHT).loss(MARGIN)
    assert ours == pytest.approx(log_loss(DEFAULT, pd, sample_weight=WEIGHT), abs=1e-12)


@pytest.mark.parametrize("mix", [0.0, 0.3, 1.0])
def test_residual_and_hessian_are_the_derivatives(mix):
    objective, step = mixed(DEFAULT, PD, mix, WEIGHT), 1e-4
    for i in range(5):
        step_taken = np.eye(5)[i] * step
        up, here, down = (objective.loss(m) for m in (MARGIN + step_taken, MARGIN, MARGIN - step_taken))
        assert objective.residual(MARGIN)[i] == pytest.approx(-(up - down) / (2 * step), abs=1e-8)
        assert objective.hessian(MARGIN)[i] == pytest.approx((up - 2 * here + down) / step**2, abs=1e-6)


@given(st.floats(-30, 30), st.floats(-30, 30), st.floats(0, 1))
def test_the_parabola_of_the_bound_touches_the_loss_and_lies_above_it(start, end, target):
    objective = Objective(np.array([target]), np.ones(1))
    here, there = np.array([start]), np.array([end])
    step = end - start
    parabola = objective.loss(here) - objective.residual(here)[0] * step + objective.bound(here)[0] * step**2 / 2
    assert objective.loss(there) <= parabola + 1e-9
    assert objective.bound(here)[0] >= objective.hessian(here)[0] - 1e-12


def test_the_base_is_the_best_constant_and_finite_without_goods():
    objective = mixed(DEFAULT, PD, 0.5, WEIGHT)
    assert objective.residual(np.full(5, objective.base)).sum() == pytest.approx(0, abs=1e-12)
    assert np.isfinite(mixed(np.ones(5, np.int8), PD, 0).base)


@pytest.mark.parametrize("mix", [-0.1, 1.1, float("nan")])
def test_an_impossible_mix_is_refused(mix):
    with pytest.raises(RiskModelError, match=r"mix must be in \[0, 1\], however"):
        mixed(DEFAULT, PD, mix)


@pytest.mark.parametrize("weight", [[1, 1, 1, 1, -1], [0, 0, 0, 0, 0], [1, 1, 1, 1, np.nan]])
def test_impossible_weights_are_refused(weight):
    with pytest.raises(RiskModelError, match="weights must be finite"):
        mixed(DEFAULT, PD, 0.5, np.array(weight, float))
