"""What a pruned ensemble is fitted to: labels, the teacher's PD, or a mix of both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from riskmodel.core import Outcome, Vector
from riskmodel.errors import RiskModelError
from riskmodel.stats import log_loss


@dataclass(frozen=True, eq=False)
class Objective:
    """Weighted mean log-loss of margins against targets in [0, 1]; the weights add up to 1."""

    target: Vector
    weight: Vector

    def loss(self, margin: Vector) -> float:
        """Nats a row; `margin` is log-odds."""
        return float(self.weight @ log_loss.of_margin(margin, self.target))

    def residual(self, margin: Vector) -> Vector:
        """The negative gradient of the loss, a row."""
        residual: Vector = self.weight * (self.target - expit(margin))
        return residual

    def hessian(self, margin: Vector) -> Vector:
        """The second derivative of the loss, a row."""
        pd = expit(margin)
        hessian: Vector = self.weight * pd * (1 - pd)
        return hessian

    def bound(self, margin: Vector) -> Vector:
        """A curvature with which a parabola that touches the loss here lies above it everywhere.

        tanh(m / 2) / 2m (Jaakkola and Jordan 2000): a step with it cannot raise the loss, where Newton's may.
        """
        half = np.maximum(np.abs(margin) / 2, 1e-6)
        bound: Vector = self.weight * np.tanh(half) / (4 * half)
        return bound

    @property
    def base(self) -> float:
        """The best constant margin; finite even where all targets are 0 or 1."""
        return float(logit(np.clip(self.weight @ self.target, 1e-6, 1 - 1e-6)))


def mixed(
    default: Outcome,
    pd: Vector,
    mix: float,
    weight: Vector | None = None,
    labelled: NDArray[np.bool_] | None = None,
) -> Objective:
    """The target (1 - mix) * default + mix * pd, and pd where a row is not `labelled` (all are where None).

    `mix` 0 is the labels alone, 1 the teacher's PD alone (labels are then not looked at). `weight`: one a row, not
    negative, equal where None. Raises: RiskModelError for a mix outside [0, 1] or weights that cannot be.
    """
    if not 0 <= mix <= 1:
        raise RiskModelError(f"mix must be in [0, 1], however: {mix:g}")
    weight = np.ones(len(pd)) if weight is None else np.asarray(weight, np.float64)
    if not (np.isfinite(weight).all() and weight.min() >= 0 and weight.sum() > 0):
        raise RiskModelError("weights must be finite and not negative, and some above 0")
    target = pd if mix == 1 else (1 - mix) * default + mix * pd
    if labelled is not None:
        target = np.where(labelled, target, pd)
    return Objective(np.asarray(target, np.float64), weight / weight.sum())
