"""Bad rates of a period whose outcomes go together: one systematic factor, as in the capital rule of banks.

Given the factor z of a period the PD of a loan is Phi((Phi^-1(PD) + sqrt(rho) z) / sqrt(1 - rho)) (Vasicek 2002, Risk
15, 160-162). With rho 0 outcomes are independent, and every figure here is the usual one.
"""

from __future__ import annotations

import numpy as np
from scipy.special import betainc, ndtr, ndtri

from riskmodel.core import Matrix, Vector

DRAWS = 9999  # with a fixed seed: the same data give the same p-value
_EDGE = 1e-12


def conditional(pd: Vector, factor: Vector, rho: float) -> Matrix:
    """PDs (k) given each factor (draws): draws x k."""
    inside = ndtri(np.clip(pd, _EDGE, 1 - _EDGE))
    given: Matrix = ndtr((inside[None, :] + np.sqrt(rho) * factor[:, None]) / np.sqrt(1 - rho))
    return given


def jeffreys_p(bads: int, rows: int, pd: float, rho: float = 0.0, periods: Vector | None = None) -> float:
    """The p-value of H0: the PD is not below the true bad rate.

    Parameters
    ----------
    bads, rows
        How many there are, over all periods.
    pd
        The mean PD, in [0, 1].
    rho
        Asset correlation, in [0, 1).
    periods
        Rows of each period (T), each with a factor of its own; None says that all rows are of one.

    Returns
    -------
    float
        F(PD), F the distribution of Beta(D + 1/2, N - D + 1/2) (ECB 2019, 2.5.3.1), as a mean over the factors.
    """
    if not rho:
        return float(betainc(bads + 0.5, rows - bads + 0.5, pd))
    weight = np.ones(1) if periods is None else periods / periods.sum()
    factors = np.random.default_rng(0).standard_normal((DRAWS, len(weight)))
    rate = sum(w * conditional(np.array([pd]), z, rho)[:, 0] for w, z in zip(weight, factors.T, strict=True))
    return float(betainc(bads + 0.5, rows - bads + 0.5, rate).mean())


def hosmer_lemeshow_p(statistic: float, pd: Vector, rows: Matrix, rho: float) -> float:
    """The share of draws whose statistic is at least as large, were the PDs right.

    Parameters
    ----------
    statistic
        Sum over G groups of (O - E)^2 / (E (1 - E / n)).
    pd
        Mean PD of each group (G).
    rows
        How many each period and group has (T x G).
    rho
        Asset correlation, in (0, 1).
    """
    rng, bads = np.random.default_rng(0), np.zeros((DRAWS, len(pd)))
    for counts in rows:
        given = conditional(pd, rng.standard_normal(DRAWS), rho)
        bads += rng.binomial(counts.astype(np.int64), given)
    expected = rows.sum(axis=0) * pd
    drawn = ((bads - expected) ** 2 / (expected * (1 - pd))).sum(axis=1)
    return float((1 + (drawn >= statistic).sum()) / (DRAWS + 1))
