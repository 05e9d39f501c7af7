"""The band of the cheap PD in which a cascade asks its full model: as narrow as rows and policy allow."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit

from riskmodel import scorers
from riskmodel.core import Matrix, Policy, Scorer, Vector
from riskmodel.evaluation.change.decision_margins import decisions
from riskmodel.scorers import CascadeScorer
from riskmodel.stats import risk_control
from riskmodel.stats.risk_control import ControlledBand


def always_bought(cheap: Scorer, full: Scorer) -> CascadeScorer:
    """A cascade that asks the full scorer of every row. Raises: RiskModelError where they cannot be joined."""
    return scorers.composed(cheap, full, 0.0, 1.1, 1.0)


def banded(
    asked: CascadeScorer, matrix: Matrix, policy: Policy, differ: float, alpha: float
) -> tuple[CascadeScorer, ControlledBand] | None:
    """The cascade with the narrowest band that these rows show to decide as its full model does.

    Parameters
    ----------
    asked
        The two scorers; its own band is not looked at.
    matrix
        Rows (n x features of the cascade).
    policy
        The full model's.
    differ, alpha
        The most that may be decided otherwise, as a share of all rows, and the probability of more.

    Returns
    -------
    The cascade, and what the rows show; None where no step passes.

    Raises
    ------
    RiskModelError
        For `differ` or `alpha` outside (0, 1), or no rows.
    """
    cheap, full = asked.of_cheap(matrix), always_bought(asked.cheap, asked.full).margin(matrix)
    differs = decisions(expit(cheap), policy) != decisions(expit(full), policy)
    band = risk_control.controlled_band(_doubt(cheap, policy), differs, differ, alpha)
    if band is None:
        return None
    low, high = _edges(policy, band.below)
    return scorers.composed(asked.cheap, asked.full, low, high, 1 - band.left / band.rows), band


def _inner(policy: Policy) -> Vector:
    edges: Vector = logit(np.clip([policy.refer_from, policy.cutoff], 1e-12, 1 - 1e-12))
    return edges


def _doubt(margin: Vector, policy: Policy) -> Vector:
    """How near to being decided otherwise, in log-odds: 0 between the referral's edge and the cutoff, then falling."""
    inner = _inner(policy)
    doubt: Vector = -np.maximum(0.0, np.maximum(inner[0] - margin, margin - inner[1]))
    return doubt


def _edges(policy: Policy, below: float) -> tuple[float, float]:
    """The PDs between which doubt is not below the edge."""
    inner = _inner(policy)
    return float(expit(inner[0] + below)), float(expit(inner[1] - below))
