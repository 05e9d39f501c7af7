"""How much better than nothing a scorer is: what a margin is a share of."""

from __future__ import annotations

import numpy as np

from riskmodel.core import Outcome, Vector
from riskmodel.evaluation.metrics.calibration import brier, log_loss
from riskmodel.evaluation.metrics.discrimination import auc
from riskmodel.stats import weighted


def skill(default: Outcome, pd: Vector, weight: Vector | None = None) -> dict[str, float]:
    """AUC less .5, and Brier score and log-loss below those of the bad rate alone, on rows (n) new to the scorer.

    Parameters
    ----------
    default, pd
        Outcomes (n, 1 is a bad) and probabilities of default (n).
    weight
        How much each row (n) counts.

    Returns
    -------
    dict
        By auc, brier and log_loss; a scorer that is no better than the bad rate has 0.
    """
    base = np.full(len(default), weighted.mean(default, weight))
    gained = {
        "auc": auc(default, pd, weight=weight).value - 0.5,
        "brier": brier(default, base, weight=weight).value - brier(default, pd, weight=weight).value,
        "log_loss": log_loss(default, base, weight=weight).value - log_loss(default, pd, weight=weight).value,
    }
    return {name: max(value, 0.0) for name, value in gained.items()}
