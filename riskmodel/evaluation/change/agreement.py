"""On which share of applications two models decide alike, with an exact bound; outcomes play no part."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log

from scipy.stats import binom

from riskmodel.core import Vector
from riskmodel.errors import RiskModelError
from riskmodel.stats import risk_control

ALPHA = 0.05


@dataclass(frozen=True)
class Agreement:
    """Decisions on one sample.

    Parameters
    ----------
    rows
        Applications that neither model was fitted or chosen on.
    approved, declined
        Those that the new model approves, or declines, and the given one did not.
    """

    rows: int
    approved: int
    declined: int

    @property
    def turned(self) -> int:
        """Those that the two models decide otherwise."""
        return self.approved + self.declined

    @property
    def share(self) -> float:
        """Of rows that are decided alike."""
        return 1 - self.turned / self.rows

    @property
    def lower(self) -> float:
        """One-sided 95 % bound of the share (Clopper and Pearson 1934): exact at any count."""
        return 1 - risk_control.upper(self.turned, self.rows, ALPHA)

    def p_value(self, share: float) -> float:
        """Of H0: at most this share is decided alike; 1 for a share of 1, which no rows show."""
        return float(binom.cdf(self.turned, self.rows, 1 - share)) if share < 1 else 1.0


def agreement(given: Vector, other: Vector, cutoff: float) -> Agreement:
    """Two models' PDs (n) of the same rows; a PD at the cutoff is declined. Raises: RiskModelError without rows."""
    if not len(given):
        raise RiskModelError("there must be rows to decide on, however: none")
    before, after = given >= cutoff, other >= cutoff
    return Agreement(len(given), int((before & ~after).sum()), int((~before & after).sum()))


def rows_needed(share: float) -> int:
    """How many rows without a turned decision show a share in (0, 1): n with share ** n at most 5 %."""
    return ceil(log(ALPHA) / log(share) - 1e-9)
