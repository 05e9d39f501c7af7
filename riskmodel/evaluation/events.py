"""What can be judged at all: PDs that are probabilities, and enough bads and goods; anything else is refused."""

from __future__ import annotations

import numpy as np

from riskmodel.core import Sample, Vector
from riskmodel.errors import DataError

AT_LEAST = 2  # of each: one bad, or one good, leaves a variance undefined


def require_events(sample: Sample) -> None:
    """Raises: DataError unless the sample has two bads and two goods."""
    bads = int(sample.default.sum())
    goods = len(sample) - bads
    if min(bads, goods) < AT_LEAST:
        raise DataError(
            f"sample {sample.name} must have at least {AT_LEAST} bads and {AT_LEAST} goods to judge a scorer, "
            f"however: {bads} and {goods}"
        )


def require_pd(variant: str, sample: Sample, pd: Vector) -> None:
    """Raises: DataError unless `pd` has one probability for each row of the sample."""
    if pd.shape != (len(sample),):
        raise DataError(f"{variant}: sample {sample.name} must have {len(sample)} PDs, however: shape {pd.shape}")
    wrong = ~((pd >= 0) & (pd <= 1))  # also true for NaN
    if wrong.any():
        row = int(np.argmax(wrong))
        raise DataError(f"{variant}: a PD must be in [0, 1], however: {pd[row]:g} in row {row} of sample {sample.name}")
