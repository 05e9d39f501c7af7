"""How much better than nothing a scorer is: what a margin is a share of."""

from __future__ import annotations

import numpy as np

from riskmodel.core import Outcome, Vector
from riskmodel.evaluation.metrics.calibration import brier, log_loss
from riskmodel.evaluation.metrics.discrimination import auc


def skill(default: Outcome, pd: Vector) -> dict[str, float]:
    """AUC less .5, and Brier score and log-loss below those of the bad rate alone, on rows (n) new to the scorer.

    Parameters
    ----------
    default, pd
        Outcomes (n, 1 is a bad) and probabilities of default (n).

    Returns
    -------
    dict
        By auc, brier and log_loss; a scorer that is no better than the bad rate has 0.
    """
    base = np.full(len(default), default.mean())
    gained = {
        "auc": auc(default, pd).value - 0.5,
        "brier": brier(default, base).value - brier(default, pd).value,
        "log_loss": log_loss(default, base).value - log_loss(default, pd).value,
    }
    return {name: max(value, 0.0) for name, value in gained.items()}
