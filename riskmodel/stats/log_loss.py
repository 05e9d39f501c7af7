"""The log-loss of each row, in nats: from log-odds, or from a probability."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector

CLIP = float(np.finfo(np.float64).eps)  # as in scikit-learn: a PD of 0 for a bad costs 36 nats, not infinity


def of_margin(margin: Vector, target: NDArray[Any]) -> Vector:
    """The loss of each row.

    Parameters
    ----------
    margin
        Log-odds (n).
    target
        Outcomes, or probabilities to learn from (n), in [0, 1].
    """
    loss: Vector = np.logaddexp(0, margin) - target * margin
    return loss


def of_pd(default: NDArray[Any], pd: Vector) -> Vector:
    """The loss of each row; PDs are clipped to [2e-16, 1 - 2e-16], so that no row costs more than 36 nats.

    Parameters
    ----------
    default
        Outcomes (n), 1 is a bad.
    pd
        Probabilities of default (n), in [0, 1].
    """
    clipped = np.clip(pd, CLIP, 1 - CLIP)
    loss: Vector = -np.log(np.where(default == 1, clipped, 1 - clipped))
    return loss
