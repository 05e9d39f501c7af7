"""How near a scorer's answers stay to those of the approved one: PDs, decisions, reasons. Outcomes play no part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from riskmodel.core import Calibration, Matrix, Vector
from riskmodel.stats import weighted
from riskmodel.stats.logistic import rising_line

REASONS = 4  # convention: as many as an adverse action notice in the US commonly gives


@dataclass(frozen=True)
class Fidelity:
    """|dPD| over the rows of one sample, and the decisions that turn round."""

    rows: int
    mean: float
    median: float
    p90: float
    p99: float
    largest: float
    cutoff: float
    flips: int  # rows on the other side of the cutoff
    distinct_before: int  # PDs that differ: few of them make bands and cutoffs coarse
    distinct_after: int


def fidelity(given: Vector, other: Vector, cutoff: float, weight: Vector | None = None) -> Fidelity:
    """Two scorers' PDs (n) of the same rows; a PD at the cutoff is declined. `flips` are rows, whatever they weigh."""
    apart = np.abs(other - given)
    median, p90, p99 = weighted.quantile(apart, np.array([0.5, 0.9, 0.99]), weight).tolist()
    return Fidelity(
        rows=len(apart),
        mean=weighted.mean(apart, weight),
        median=median,
        p90=p90,
        p99=p99,
        largest=float(apart.max()),
        cutoff=cutoff,
        flips=int(((given >= cutoff) != (other >= cutoff)).sum()),
        distinct_before=len(np.unique(given)),
        distinct_after=len(np.unique(other)),
    )


def reason_overlap(given: Matrix, other: Matrix) -> float:
    """The mean share of a row's strongest reasons that both name; contributions are n x features, in log-odds.

    A reason is one of the four features (all, where there are fewer) that raise the margin most.
    """
    count = min(REASONS, given.shape[1])
    ours, theirs = (np.argsort(-values, axis=1, kind="stable")[:, :count] for values in (given, other))
    return float((ours[:, :, None] == theirs[:, None, :]).any(axis=2).mean())


def aligned(margin: Vector, pd: Vector, weight: Vector | None = None) -> Calibration:
    """The line from a margin (n) to the log-odds whose PDs come nearest to the given ones (n), by cross-entropy.

    The mean PD is then the mean of the given ones, which must lie within (0, 1). Where the best line falls or cannot be
    told, the slope stays 1, so that no ranking turns round.
    """
    return rising_line(margin, pd, weight)
